"""The PROXY protocol: taken from load balancers that are trusted, and sent to services."""
import socket
import ssl
import struct

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.php import openssl
from lib.raw_http import RawClient, ResponseError
from processes import free_port, wait_until

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
REQUEST = b"GET /x HTTP/1.1\r\nHost: example.test\r\n\r\n"


def block(command, family, payload):
    return SIGNATURE + bytes([0x20 | command, family]) + struct.pack(">H", len(payload)) + payload


def ipv4(source, destination, source_port, destination_port):
    return (socket.inet_aton(source) + socket.inet_aton(destination)
            + struct.pack(">HH", source_port, destination_port))


class ListenerTest(GatewayCase):
    def start(self, trusted="127.0.0.0/8", tls=""):
        self.upstream = self.start_upstream()
        self.address = f"127.0.0.1:{free_port()}"
        return self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.upstream.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", {"trusted_proxies": f'["{trusted}"]'},
            [f'{{address: "{self.address}", proxy_protocol: true{tls}}}'])

    def ask(self, data, parts=1):
        """What the upstream was told of the client, or None where the connection was closed."""
        with RawClient(self.address) as client:
            size = max(1, -(-len(data) // parts))
            try:
                for start in range(0, len(data), size):
                    client.send(data[start:start + size])
                answer = client.read_response()
            except (ResponseError, OSError):
                return None
        self.assertEqual(answer.body, b"ok")
        lines = self.upstream.heads[-1].decode().split("\r\n")
        return next(line.partition(": ")[2] for line in lines if line.lower().startswith("x-forwarded-for:"))

    def test_both_versions_tell_the_client(self):
        gateway = self.start()
        line = b"PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n"
        self.assertEqual(self.ask(line + REQUEST), "192.0.2.7")
        self.assertEqual(self.ask(line + REQUEST, parts=len(line + REQUEST)), "192.0.2.7")
        self.assertEqual(self.ask(b"PROXY TCP6 2001:db8::7 ::1 4711 80\r\n" + REQUEST), "2001:db8::7")
        addresses = ipv4("192.0.2.8", "192.0.2.1", 4711, 80)
        self.assertEqual(self.ask(block(1, 0x11, addresses) + REQUEST), "192.0.2.8")
        added = addresses + b"\x04\x00\x03abc"
        self.assertEqual(self.ask(block(1, 0x11, added) + REQUEST, parts=7), "192.0.2.8")
        self.assertEqual({entry["client"] for entry in gateway.wait_access_log(5)},
                         {"192.0.2.7", "192.0.2.8", "2001:db8::7"})

    def test_a_client_that_names_no_host_gets_the_address_it_came_to(self):
        """As a Host has it (RFC 9110 section 7.2): an address of IPv6 in brackets."""
        self.start()
        for line, host in ((b"PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n", "192.0.2.1"),
                           (b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n", "[2001:db8::1]")):
            self.ask(line + b"GET / HTTP/1.0\r\n\r\n")
            self.assertIn(f"\r\nHost: {host}\r\n", self.upstream.heads[-1].decode())

    def test_a_header_that_tells_nothing_leaves_the_connections_own_address(self):
        self.start()
        for header in (b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN 1 2 3 4\r\n",
                       block(0, 0x11, ipv4("9.9.9.9", "1.1.1.1", 1, 2)), block(1, 0x00, b""),
                       block(1, 0x31, bytes(216))):
            with self.subTest(header):
                self.assertEqual(self.ask(header + REQUEST), "127.0.0.1")

    def test_anything_else_is_refused(self):
        gateway = self.start()
        for header in (b"", b"PROXY TCP4 192.0.2.7 192.0.2.1 4711\r\n", b"PROXY TCP4 192.0.2.7 192.0.2.1 04711 80\r\n",
                       b"PROXY TCP4 2001:db8::7 ::1 1 2\r\n", b"PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n",
                       b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", b"PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n",
                       b"proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", b"PROXY UNKNOWN" + b" " * 200 + b"\r\n",
                       block(2, 0x11, ipv4("1.1.1.1", "1.1.1.1", 1, 1)), block(1, 0x11, b"short"),
                       block(1, 0x11, bytes(60000))):
            with self.subTest(header):
                self.assertIsNone(self.ask(header + REQUEST))
        self.assertEqual(self.upstream.requests, 0)
        wait_until(lambda: "proxy_header_refused" in gateway.log(), 60, "the refusal in the log")

    def test_only_trusted_proxies_may_connect(self):
        gateway = self.start(trusted="10.0.0.0/8")
        self.assertIsNone(self.ask(b"PROXY TCP4 10.0.0.1 192.0.2.1 4711 80\r\n" + REQUEST))
        wait_until(lambda: "trusted_proxies" in gateway.log(), 60, "the reason in the log")

    def test_tls_begins_after_it(self):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", self.path("key.pem"), "-out", self.path("one.pem"))
        gateway = self.start(tls=", tls: {certificate: one.pem, key: key.pem}")
        client = RawClient(self.address)
        client.send(block(1, 0x11, ipv4("192.0.2.9", "192.0.2.1", 4711, 443)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client.sock = context.wrap_socket(client.sock)
        with client:
            self.assertEqual(client.request("GET", "/").body, b"ok")
        self.assertEqual(gateway.wait_access_log(1)[0]["client"], "192.0.2.9")


class ClusterTest(GatewayCase):
    def test_services_are_told_of_the_client(self):
        for version in ("v1", "v2"):
            with self.subTest(version):
                upstream = self.start_upstream(self.skip_signature)
                gateway = self.proxy(upstream, cluster=f", proxy_protocol: {version}")
                with RawClient(gateway.address) as client:
                    port = client.sock.getsockname()[1]
                    for _ in range(2):
                        self.assertEqual(client.request("GET", "/").body, b"ok")
                own = int(gateway.address.rpartition(":")[2])
                line = f"PROXY TCP4 127.0.0.1 127.0.0.1 {port} {own}\r\n".encode()
                header = line if version == "v1" else block(1, 0x11, ipv4("127.0.0.1", "127.0.0.1", port, own))
                self.assertEqual([bytes(sent[:len(header)]) for sent in upstream.connections], [header, header])
                gateway.stop()

    @staticmethod
    def skip_signature(exchange):
        """The blank line within the signature of version 2 is not the end of a head."""
        if exchange.head != b"\r\n\r\n":
            answers()(exchange)

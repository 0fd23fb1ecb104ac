"""TLS towards services: verification, SNI, ALPN, resumed sessions, certificates of both sides; and certificates that
clients show to the gateway."""
import hashlib
import shutil
import ssl

from lib.case import GatewayCase
from lib.faulty_upstream import FaultyUpstream, answers
from lib.raw_http import RawClient, ResponseError
from lib.tls_upstream import Certificates, TlsUpstream
from processes import free_port, wait_until


def answers_and_closes(exchange):
    answers(headers=[("Connection", "close")])(exchange)
    exchange.close()


class PlainUpstream(FaultyUpstream):
    """Answers the beginning of a handshake as a server of HTTP does."""

    def serve(self, sock, received):
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        sock.close()


def ssl_digest(path):
    with open(path, encoding="ascii") as file:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()


class UpstreamTlsTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.path)
        self.certificates.sign("good", "/CN=service.test", "DNS:service.test,IP:127.0.0.1")

    def start_service(self, name="good", **options):
        upstream = TlsUpstream(self.path(name + ".pem"), self.path(name + ".key"), **options)
        self.addCleanup(upstream.stop)
        return upstream

    def gateway_to(self, upstream, tls, protocol="http1", settings=None):
        return self.start_gateway(
            f'clusters:\n  up: {{protocol: {protocol}, endpoints: ["{upstream.address}"], connect_timeout: 1m, '
            f'tls: {{{tls}}}}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", settings)

    def assert_refused(self, gateway, why):
        answer = gateway.fetch("/")
        self.assertEqual(answer.status, 502, answer)
        self.assertIn(why, gateway.wait_access_log(1)[-1]["error"])
        return answer

    def test_a_verified_service_by_its_address_and_by_its_name(self):
        upstream = self.start_service()
        gateway = self.gateway_to(upstream, "ca: ca.pem")
        self.assertEqual(gateway.fetch("/").body, b"ok")
        self.assertEqual(upstream.names, [None])  # an address is no server name
        gateway.stop()
        gateway = self.gateway_to(upstream, "ca: ca.pem, server_name: service.test")
        self.assertEqual(gateway.fetch("/").body, b"ok")
        self.assertEqual(upstream.names[-1], "service.test")
        self.assertEqual(upstream.handshakes[-1][:2], ("http/1.1", None))

    def test_sessions_are_resumed(self):
        upstream = self.start_service(behaviour=answers_and_closes)
        gateway = self.gateway_to(upstream, "ca: ca.pem", settings={"workers": "1"})
        for _ in range(4):
            self.assertEqual(gateway.fetch("/").body, b"ok")
        self.assertEqual([resumed for _, _, resumed in upstream.handshakes], [False, True, True, True])

    def test_another_name_is_refused(self):
        gateway = self.gateway_to(self.start_service(), "ca: ca.pem, server_name: other.test")
        self.assert_refused(gateway, "mismatch")
        wait_until(lambda: "upstream_tls_failed" in gateway.log(), 60, "the failure in the log")

    def test_an_expired_certificate_is_refused(self):
        self.certificates.sign("old", "/CN=service.test", "IP:127.0.0.1", days=-1)
        self.assert_refused(self.gateway_to(self.start_service("old"), "ca: ca.pem"), "expired")

    def test_an_authority_nobody_named_is_refused_until_it_is(self):
        Certificates(self.path, "other").sign("stranger", "/CN=service.test", "IP:127.0.0.1")
        upstream = self.start_service("stranger")
        gateway = self.gateway_to(upstream, "ca: ca.pem")
        self.assert_refused(gateway, "not trusted")
        shutil.copy(self.path("other.pem"), self.path("ca.pem"))
        wait_until(lambda: gateway.fetch("/").status == 200, 60, "the new authority in use")

    def test_verification_can_be_turned_off(self):
        Certificates(self.path, "other").sign("stranger", "/CN=x", "DNS:x")
        self.assertEqual(self.gateway_to(self.start_service("stranger"), "verify: false").fetch("/").body, b"ok")

    def test_the_gateway_shows_its_own_certificate(self):
        self.certificates.sign("gateway", "/CN=gateway.test", "DNS:gateway.test")
        upstream = self.start_service(client_ca=self.path("ca.pem"))
        gateway = self.gateway_to(upstream, "ca: ca.pem, certificate: gateway.pem, key: gateway.key")
        self.assertEqual(gateway.fetch("/").body, b"ok")
        self.assertEqual(upstream.handshakes[-1][1], "gateway.test")
        gateway.stop()
        gateway = self.gateway_to(upstream, "ca: ca.pem")
        self.assertEqual(gateway.fetch("/").status, 502)
        wait_until(lambda: upstream.refused, 60, "the service noting whom it refused")

    def test_checks_of_health_verify_certificates_too(self):
        self.certificates.sign("old", "/CN=service.test", "IP:127.0.0.1", days=-1)
        good, old = self.start_service(behaviour=answers_and_closes), self.start_service("old")
        gateway = self.start_gateway(
            f'clusters:\n  up:\n    protocol: http1\n    endpoints: ["{good.address}", "{old.address}"]\n'
            "    connect_timeout: 1m\n    tls: {ca: ca.pem}\n"
            "    health: {type: http, path: /healthz, interval: 100ms, timeout: 20s, "
            "healthy_after: 1, unhealthy_after: 1}\nroutes:\n  - {id: all, match: {prefix: /}, to: up}\n")
        healthy = lambda: [one["healthy"] for one in gateway.status()["clusters"][0]["endpoints"]]
        wait_until(lambda: healthy() == [True, False], 60, "the expired certificate found")
        self.assertTrue(good.heads[-1].startswith(b"GET /healthz "), good.heads[-1])
        self.assertEqual([gateway.fetch("/").status for _ in range(4)], [200] * 4)

    def test_a_service_that_does_not_agree_on_http2(self):
        gateway = self.gateway_to(self.start_service(), "ca: ca.pem", protocol="http2")
        self.assertEqual(gateway.fetch("/").status, 502)
        self.assertIn("error", gateway.wait_access_log(1)[-1])

    def test_a_service_that_speaks_no_tls(self):
        upstream = PlainUpstream()
        self.addCleanup(upstream.stop)
        self.assert_refused(self.gateway_to(upstream, "ca: ca.pem"), "TLS")


class ClientCertificateTest(GatewayCase):
    def start(self, auth):
        certificates = Certificates(self.path)
        certificates.sign("site", "/CN=site.test", "DNS:site.test")
        certificates.sign("client", "/CN=shop/O=Example", "DNS:shop.test,URI:spiffe://example/shop")
        self.upstream = self.start_upstream()
        self.address = f"127.0.0.1:{free_port()}"
        listen = (f'{{address: "{self.address}", tls: {{certificate: site.pem, key: site.key}}, client_ca: ca.pem'
                  f'{auth}}}')
        return self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.upstream.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", listen=[listen])

    def ask(self, certificate=None, headers=()):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(self.path(certificate + ".pem"), self.path(certificate + ".key"))
        with RawClient(self.address, tls=context, server_name="site.test") as client:
            answer = client.request("GET", "/", headers=headers)
        lines = [line for line in self.upstream.heads[-1].decode("latin-1").split("\r\n")
                 if line.lower().startswith("x-forwarded-client-cert:")]
        return answer.status, [line.partition(": ")[2] for line in lines]

    def test_a_verified_client_is_told_of_and_cannot_lie(self):
        self.start("")
        forged = [("X-Forwarded-Client-Cert", "Subject=\"CN=admin\"")]
        status, told = self.ask("client", forged)
        self.assertEqual(status, 200)
        self.assertEqual(len(told), 1)
        digest = ssl_digest(self.path("client.pem"))
        self.assertEqual(told[0], f'Hash={digest};Subject="O=Example,CN=shop";URI=spiffe://example/shop;DNS=shop.test')

    def test_nobody_gets_in_without_one(self):
        self.start("")
        with self.assertRaises((ResponseError, OSError)):
            self.ask()
        self.assertEqual(self.upstream.requests, 0)

    def test_where_it_is_only_asked_for(self):
        gateway = self.start(", client_auth: request")
        forged = [("X-Forwarded-Client-Cert", "Subject=\"CN=admin\"")]
        self.assertEqual(self.ask(None, forged), (200, []))
        self.assertEqual(len(self.ask("client")[1]), 1)
        self.assertEqual(gateway.fetch("/", headers=forged).status, 200)
        self.assertNotIn(b"forwarded-client-cert", self.upstream.heads[-1].lower())


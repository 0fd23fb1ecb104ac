"""Clients that are slow, greedy or wrong: each is answered as RFC 9110 says or cut off, and others are served
meanwhile."""
import time

from lib.case import GatewayCase
from lib.faulty_upstream import sends
from lib.raw_http import RawClient, request_bytes
from processes import wait_until

LIMITS = {"limits": "{head_bytes: 8KiB, body_bytes: 100KiB, memory: 64MiB}"}
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class LimitTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream()
        self.gateway = self.proxy(self.upstream, LIMITS)

    def answer_to(self, data):
        with RawClient(self.gateway.address) as client:
            client.send(data)
            return client.read_response()

    def assert_refused(self, status, data):
        """Answered with STATUS, the connection closed, and nothing passed on."""
        before = self.upstream.requests
        with RawClient(self.gateway.address) as client:
            client.send(data)
            self.assertEqual(client.read_response().status, status)
            self.assertTrue(client.at_end())
        self.assertEqual(self.upstream.requests, before)
        self.assertEqual(self.gateway.fetch("/").status, 200)

    def test_a_head_over_the_limit_is_431(self):
        self.assert_refused(431, request_bytes("GET", "/", [("X", "v" * 9000)]))
        self.assert_refused(431, request_bytes("GET", "/", [(f"X-{number}", "v") for number in range(2000)]))
        self.assertEqual(self.answer_to(request_bytes("GET", "/", [("X", "v" * 7000)])).status, 200)

    def test_a_target_over_the_limit_is_414(self):
        self.assert_refused(414, request_bytes("GET", "/" + "x" * 9000))

    def test_a_body_over_the_limit_is_413(self):
        self.assert_refused(413, request_bytes("POST", "/", [("Content-Length", "102401")]))
        self.assert_refused(413, request_bytes("POST", "/", [("Content-Length", "9" * 18)]))
        self.assertEqual(self.answer_to(request_bytes("POST", "/", body=b"x" * 102400)).status, 200)

    def test_a_chunked_body_over_the_limit_is_413(self):
        with RawClient(self.gateway.address) as client:
            client.send(request_bytes("POST", "/", [("Transfer-Encoding",
                                                     "chunked")]) + b"20000\r\n" + b"x" * 0x20000 + b"\r\n")
            self.assertEqual(client.read_response().status, 413)

    def test_expect_continue_for_too_much_is_413_without_100(self):
        with RawClient(self.gateway.address) as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n")
            self.assertEqual(client.read_head().status, 413)

    def test_methods_versions_and_hosts(self):
        for status, data in ((400, b"GET / HTTP/1.1\r\n\r\n"), (400, b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
                             (400, b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), (505, b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
                             (505, b"GET / HTTP/3.1\r\nHost: a\r\n\r\n"), (400, b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
                             (400, b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n"),
                             (400, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"),
                             (400, b"GET relative HTTP/1.1\r\nHost: a\r\n\r\n"),
                             (400, b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
                             (400, b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"),
                             (417, b"GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n")):
            with self.subTest(data):
                self.assert_refused(status, data)


class SlowTest(GatewayCase):
    """How long a connection lasts is counted from before it is opened, so that it is never less than what the gateway
    counts."""

    def start(self, limits):
        self.upstream = self.start_upstream()
        self.gateway = self.proxy(self.upstream, {"limits": limits})

    def drip(self, data, pause, limit):
        """Sends DATA byte by byte; seconds until the gateway closes, at most LIMIT, and what it said."""
        started, said = time.monotonic(), b""
        with RawClient(self.gateway.address) as client:
            client.sock.settimeout(0.001)
            position = 0
            while time.monotonic() - started < limit:
                try:
                    client.send(data[position % len(data):][:1])
                    position += 1
                    received = client.sock.recv(65536)
                    if not received:
                        break
                    said += received
                except TimeoutError:
                    pass
                except OSError:
                    break
                time.sleep(pause)
            return time.monotonic() - started, said

    def test_a_head_that_drips_is_408_or_cut(self):
        self.start("{header_timeout: 1s}")
        seconds, said = self.drip(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 1000, 0.05, 100)
        self.assertTrue(0.8 < seconds < 100, seconds)
        if said:
            self.assertTrue(said.startswith(b"HTTP/1.1 408 "), said)

    def assert_closed_by_and_by(self, data):
        """DATA, which gets an answer unless it is empty, and then nothing: the connection is closed after a second."""
        started = time.monotonic()
        with RawClient(self.gateway.address) as client:
            client.send(data)
            if data:
                self.assertEqual(client.read_response().status, 200)
            self.assertTrue(client.at_end())
        self.assertGreater(time.monotonic() - started, 0.8)

    def test_a_silent_connection_is_closed(self):
        self.start("{idle_timeout: 1s}")
        self.assert_closed_by_and_by(b"")

    def test_an_idle_kept_connection_is_closed_without_a_word(self):
        self.start("{idle_timeout: 6s}")
        self.assert_closed_by_and_by(GET)

    def test_a_body_that_stops_is_408_or_cut(self):
        self.start("{body_timeout: 2s}")
        started = time.monotonic()
        with RawClient(self.gateway.address) as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome")
            data = client.sock.recv(65536)
            self.assertGreater(time.monotonic() - started, 1.8)
            self.assertTrue(not data or data.startswith(b"HTTP/1.1 408 "), data)

    def test_two_hundred_slow_clients_stop_nobody(self):
        """A gateway that waited for one of them would answer nobody else meanwhile."""
        self.start("{header_timeout: 1h}")
        clients = [RawClient(self.gateway.address) for _ in range(200)]
        for client in clients:
            self.addCleanup(client.close)
            client.send(b"GET / HTTP/1.1\r\nHost:")
        self.assertEqual([self.gateway.fetch("/").status for _ in range(20)], [200] * 20)

    def test_a_client_that_does_not_read_holds_bounded_memory(self):
        self.start("{memory: 64MiB}")
        body = b"x" * 1000
        chunk = b"3e8\r\n" + body + b"\r\n"
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        upstream = self.start_upstream(sends(head + chunk * 100_000, "hang"))
        self.gateway.write_config(self.gateway.body.replace(self.gateway.body.split('"')[1], upstream.address))
        self.gateway.wait_revision(2)
        before = self.gateway.resident_bytes()
        clients = [RawClient(self.gateway.address) for _ in range(5)]
        for client in clients:
            self.addCleanup(client.close)
            client.send(GET)
        wait_until(lambda: upstream.requests == 5, 60, "the requests at the upstream")
        time.sleep(1)
        self.assertLess(self.gateway.resident_bytes() - before, 20 << 20)

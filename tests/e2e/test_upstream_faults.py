"""Upstreams that are gone, hang, reset, lie about lengths or send garbage: each has its answer, and the next request
is well."""
import threading

from lib.case import GatewayCase
from lib.faulty_upstream import OK, answers, by_target, closes, elapsed, hangs, resets, sends
from lib.raw_http import RawClient, ResponseError, chunked
from processes import free_port

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

# Faults before a whole head has come: the client gets 502.
BAD_HEADS = {
    "closes": closes(), "resets": resets(), "half a head": sends(HEAD + b"Content-Le"),
    "garbage": sends(b"\x00\xff garbage\r\n\r\n"), "another protocol": sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "HTTP/2 preface": sends(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "no version": sends(b"200 OK\r\n\r\n"),
    "status of four digits": sends(b"HTTP/1.1 2000 OK\r\n\r\n"), "status below 100": sends(b"HTTP/1.1 099 No\r\n\r\n"),
    "space before colon": sends(HEAD + b"A : b\r\n\r\n"), "folded line": sends(HEAD + b"A: b\r\n c\r\n\r\n"),
    "bare LF": sends(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
    "NUL in a value": sends(HEAD + b"A: \0\r\nContent-Length: 0\r\n\r\n"),
    "two lengths": sends(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
    "negative length": sends(HEAD + b"Content-Length: -2\r\n\r\nok"),
    "length and coding": sends(HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    "unknown coding": sends(HEAD + b"Transfer-Encoding: gzip\r\n\r\nok"),
    "huge head": sends(HEAD + b"".join(b"X-%d: %s\r\n" % (number, b"v" * 1000) for number in range(2000)) + b"\r\n"),
    "endless status line": sends(b"HTTP/1.1 200 " + b"O" * 1_000_000),
    "interim answers without end": sends(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000),
    "an upgrade nobody asked for": sends(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
}
# Faults within the body: the client has the head already, so it must see the answer cut, never a whole one.
BAD_BODIES = {
    "short body": sends(HEAD + b"Content-Length: 10\r\n\r\nshort"),
    "short body, reset": sends(HEAD + b"Content-Length: 10\r\n\r\nx", "reset"),
    "no last chunk": sends(CHUNKED + b"2\r\nok\r\n"),
    "bad chunk size": sends(CHUNKED + b"2\r\nok\r\nxyz\r\nok\r\n0\r\n\r\n"),
    "huge chunk size": sends(CHUNKED + b"fffffffffffffffff\r\nok"),
    "negative chunk size": sends(CHUNKED + b"-2\r\nok\r\n0\r\n\r\n"),
    "chunk longer than said": sends(CHUNKED + b"2\r\nokay\r\n0\r\n\r\n"),
    "closed within a chunk": sends(CHUNKED + b"a\r\nok"),
    "bad trailer": sends(CHUNKED + b"2\r\nok\r\n0\r\nbad trailer\r\n\r\n"),
}
# Odd but whole answers: the client gets 200 "ok" and nothing more.
GOOD = {
    "well": answers(), "byte by byte": sends(OK, "keep", 0.001, len(OK)), "until close": sends(HEAD + b"\r\nok"),
    "chunk by chunk": sends(CHUNKED + chunked([b"o", b"k"]), "keep"),
    "chunk extension": sends(CHUNKED + b"2;a=b\r\nok\r\n0\r\n\r\n", "keep"),
    "more than promised": sends(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", "keep"),
    "rubbish after it": sends(OK + b"rubbish", "keep"),
    "interim answer first": sends(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, "keep"),
    "no reason": sends(OK.replace(b" OK", b" "), "keep"), "HTTP/1.0": sends(b"HTTP/1.0 200 OK\r\n\r\nok"),
}


class FaultTest(GatewayCase):
    def start(self, faults):
        self.paths = {name: f"/{number}" for number, name in enumerate(faults)}
        self.upstream = self.start_upstream(by_target({self.paths[name]: fault for name, fault in faults.items()}))
        self.gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.upstream.address}"]}}\nroutes:\n'
            "  - {id: hasty, match: {header: {x-hasty: \"1\"}, prefix: /}, to: up, timeout: 1s}\n"
            "  - {id: all, match: {prefix: /}, to: up}\n")

    def assert_well(self):
        """The gateway serves the next request, and what it gets is that request's own answer."""
        for _ in range(3):
            answer = self.gateway.fetch("/well")
            self.assertEqual((answer.status, answer.body), (200, b"ok"))

    def test_faults_before_the_head_are_502(self):
        self.start(BAD_HEADS)
        for name, path in self.paths.items():
            with self.subTest(name):
                self.assertEqual(self.gateway.fetch(path).status, 502)
                self.assert_well()

    def test_a_502_keeps_the_clients_connection(self):
        self.start(BAD_HEADS)
        with RawClient(self.gateway.address) as client:
            self.assertEqual(client.request("GET", self.paths["garbage"]).status, 502)
            self.assertEqual(client.request("GET", "/well").status, 200)

    def test_faults_in_the_body_cut_the_answer(self):
        self.start(BAD_BODIES)
        for name, path in self.paths.items():
            with self.subTest(name):
                try:
                    self.assertEqual(self.gateway.fetch(path).status, 502)
                except ResponseError:
                    pass
                self.assert_well()

    def test_odd_but_whole_answers_pass_and_leave_nothing_behind(self):
        self.start(GOOD)
        with RawClient(self.gateway.address) as client:
            for name, path in self.paths.items():
                with self.subTest(name):
                    for _ in range(2):
                        answer = client.request("GET", path)
                        self.assertEqual((answer.status, answer.body), (200, b"ok"))
                    self.assertEqual(client.request("GET", "/well").body, b"ok")

    def test_an_answer_nobody_asked_for_is_not_given_to_the_next(self):
        """RFC 9112 section 9.2: it comes when the connection waits for its next request."""
        sent = threading.Event()

        def behaviour(exchange):
            exchange.send(HEAD + b"Content-Length: 6\r\n\r\n")
            gateway.wait_access_log(1)  # the answer has been passed on, and its connection is kept
            exchange.send(HEAD + b"Content-Length: 6\r\n\r\npoison")
            sent.set()

        self.upstream = self.start_upstream(by_target({"/head": behaviour}))
        self.gateway = gateway = self.proxy(self.upstream, {"workers": "1"})
        self.assertEqual(gateway.fetch("/head", method="HEAD").status, 200)
        self.assertTrue(sent.wait(120))
        self.assert_well()

    def test_nobody_listening_is_502_until_somebody_does(self):
        port = free_port()
        gateway = self.start_gateway(f'clusters:\n  up: {{protocol: http1, endpoints: ["127.0.0.1:{port}"]}}\n'
                                     "routes:\n  - {id: all, match: {prefix: /}, to: up}\n")
        self.assertEqual(gateway.fetch("/").status, 502)
        self.start_upstream(port=port)
        self.assertEqual(gateway.fetch("/").status, 200)

    def test_a_hung_upstream_is_504_at_the_routes_timeout(self):
        self.start({"hang": hangs(), "hang in head": sends(HEAD, "hang")})
        for name, path in self.paths.items():
            with self.subTest(name):
                seconds, answer = elapsed(lambda path=path: self.gateway.fetch(path, headers=[("X-Hasty", "1")]))
                self.assertEqual(answer.status, 504)
                self.assertGreater(seconds, 0.8)
                self.assert_well()

    def test_a_body_may_take_longer_than_the_routes_timeout(self):
        """The timeout ends with the answer's head: a download is not cut for being long."""
        def slow(exchange):
            exchange.send(HEAD + b"Content-Length: 4\r\n\r\npa")
            exchange.sleep(8)
            exchange.send(b"rt")
        gateway = self.proxy(self.start_upstream(slow), route="to: up, timeout: 6s")
        answer = gateway.fetch("/")
        self.assertEqual((answer.status, answer.body), (200, b"part"))

    def test_an_answer_that_stops_is_cut_off_at_the_routes_read_timeout(self):
        """The time is for each silence: one that goes on slowly is not cut."""
        def stops(exchange):
            exchange.send(HEAD + b"Content-Length: 4\r\n\r\npa")
            exchange.sleep(600)

        def slow(exchange):
            exchange.send(HEAD + b"Content-Length: 4\r\n\r\n")
            for byte in (b"p", b"a", b"r", b"t"):
                exchange.sleep(2)
                exchange.send(byte)
        gateway = self.proxy(self.start_upstream(by_target({"/stops": stops, "/slow": slow})),
                             route="to: up, timeout: 60s, read_timeout: 7s")
        with RawClient(gateway.address) as client:
            def cut():
                client.send(b"GET /stops HTTP/1.1\r\nHost: a\r\n\r\n")
                with self.assertRaises(ResponseError):
                    client.read_response()
            seconds, _ = elapsed(cut)
        self.assertGreater(seconds, 6)
        self.assertEqual(gateway.fetch("/slow").body, b"part")

    def test_the_head_is_waited_for_as_long_as_the_route_says(self):
        gateway = self.proxy(self.start_upstream(answers(delay=1.5)), route="to: up, timeout: 60s, read_timeout: 1s")
        self.assertEqual(gateway.fetch("/").status, 200)

    def test_one_of_two_endpoints_dead_costs_safe_requests_nothing(self):
        one, two = self.start_upstream(), self.start_upstream()
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{one.address}", "{two.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n")
        one.stop()
        self.assertEqual([gateway.fetch("/").status for _ in range(20)], [200] * 20)

    def test_an_upstream_restarted_between_requests_is_not_noticed(self):
        upstream = self.start_upstream()
        gateway = self.proxy(upstream)
        with RawClient(gateway.address) as client:
            for _ in range(5):
                self.assertEqual(client.request("GET", "/").status, 200)
                upstream.stop()
                upstream = self.start_upstream(port=upstream.port)

    def test_a_post_is_never_sent_twice(self):
        upstream = self.start_upstream(resets())
        gateway = self.proxy(upstream)
        self.assertEqual(gateway.fetch("/", method="POST", body=b"once").status, 502)
        self.assertEqual(upstream.requests, 1)

    def test_an_early_answer_to_an_upload_reaches_the_client(self):
        def early(exchange):
            exchange.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            exchange.sleep(0.2)
            exchange.close()
        gateway = self.proxy(self.start_upstream(early))
        with RawClient(gateway.address) as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 1000)
            self.assertEqual(client.read_response().status, 413)

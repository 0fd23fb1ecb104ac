"""Request smuggling: the upstream must see exactly the requests the gateway logged, however the client frames them.

Every vector carries a second request that a laxer parser would find inside the first one's body, or the other way
round. Allowed is a refusal (400 or 501, connection closed, nothing passed on), or an unambiguous request of which the
hidden part stays body.
"""
from lib.case import GatewayCase
from lib.faulty_upstream import echoes
from lib.raw_http import RawClient, ResponseError, chunked
from processes import wait_until

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /front HTTP/1.1\r\nHost: a\r\n"
TE = b"Transfer-Encoding: chunked\r\n"


def length(value):
    return b"Content-Length: " + value + b"\r\n"


# What must be refused with 400 (501 for codings), as bytes.
REFUSED = {
    "length and chunked": POST + length(b"5") + TE + b"\r\n0\r\n\r\n" + HIDDEN,
    "chunked and length": POST + TE + length(b"5") + b"\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": POST + length(b"0") + length(b"%d" % len(HIDDEN)) + b"\r\n" + HIDDEN,
    "list of lengths": POST + length(b"0, 34") + b"\r\n" + HIDDEN,
    "signed length": POST + length(b"+34") + b"\r\n" + HIDDEN,
    "negative length": POST + length(b"-1") + b"\r\n" + HIDDEN,
    "hexadecimal length": POST + length(b"0x22") + b"\r\n" + HIDDEN,
    "length beyond 64 bits": POST + length(b"18446744073709551616") + b"\r\n" + HIDDEN,
    "empty length": POST + length(b"") + b"\r\n" + HIDDEN,
    "space in a length": POST + length(b"3 4") + b"\r\n" + HIDDEN,
    "space before the colon": POST + b"Transfer-Encoding : chunked\r\n" + length(b"34") + b"\r\n" + HIDDEN,
    "tab before the colon": POST + b"Content-Length\t: 34\r\n\r\n" + HIDDEN,
    "folded line": POST + b"X: y\r\n Transfer-Encoding: chunked\r\n" + length(b"3") + b"\r\n0\r\n\r\n",
    "folded first line": b"POST / HTTP/1.1\r\n Host: a\r\n\r\n",
    "coding not chunked": POST + b"Transfer-Encoding: identity\r\n\r\n" + HIDDEN,
    "coding misspelt": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked not last": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked in two lines": POST + TE + TE + b"\r\n0\r\n\r\n" + HIDDEN,
    "vertical tab before chunked": POST + b"Transfer-Encoding: \x0bchunked\r\n" + length(b"34") + b"\r\n" + HIDDEN,
    "chunked in HTTP/1.0": POST.replace(b"1.1", b"1.0") + TE + b"\r\n0\r\n\r\n" + HIDDEN,
    "bare LF after a line": b"POST / HTTP/1.1\nHost: a\r\n\r\n",
    "bare LF in the head": POST + b"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bare CR in a value": POST + b"X: y\rTransfer-Encoding: chunked\r\n\r\n",
    "NUL in a value": POST + b"X: y\0z\r\n\r\n",
    "NUL in a name": POST + b"X\0: y\r\n\r\n",
    "line without colon": POST + b"Nonsense\r\n\r\n",
    "empty name": POST + b": value\r\n\r\n",
    "name with a bracket": POST + b"X[]: 1\r\n\r\n",
    "8-bit name": POST + b"X\xe9: 1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "host against target": b"GET http://b/ HTTP/1.1\r\nHost: a b\r\n\r\n",
    "tab between words": b"GET\t/front\tHTTP/1.1\r\nHost: a\r\n\r\n",
    "two spaces": b"GET  /front HTTP/1.1\r\nHost: a\r\n\r\n",
    "lower-case version": b"GET /front http/1.1\r\nHost: a\r\n\r\n",
}
# Bodies whose chunks are wrong: 400 or the connection cut; what follows is never a request.
BAD_CHUNKS = {
    "bare LF after the size": b"0\n\r\n" + HIDDEN, "bare LF after the data": b"1\r\nx\n0\r\n\r\n" + HIDDEN,
    "size with 0x": b"0x0\r\n\r\n" + HIDDEN, "signed size": b"+0\r\n\r\n" + HIDDEN,
    "space before the size": b" 0\r\n\r\n" + HIDDEN, "size beyond 64 bits": b"10000000000000000\r\n\r\n" + HIDDEN,
    "empty size": b"\r\n\r\n" + HIDDEN, "data longer than said": b"1\r\nxyz\r\n0\r\n\r\n" + HIDDEN,
    "bare CR in an extension": b"0;a\rb\r\n\r\n" + HIDDEN, "LF in an extension": b"0;a\n\r\n\r\n" + HIDDEN,
    "trailer with a length": b"0\r\nContent-Length : 3\r\n\r\n" + HIDDEN,
}


class SmugglingTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream(echoes())
        self.gateway = self.proxy(self.upstream)

    def statuses(self, data):
        """The statuses answered to DATA until the gateway closes."""
        found = []
        with RawClient(self.gateway.address) as client:
            client.send(data)
            try:
                while True:
                    found.append(client.read_response().status)
            except (ResponseError, OSError):
                return found

    def seen(self):
        """The request lines the upstream saw and, per log, those the gateway passed on."""
        requests = [head.split(b" HTTP/")[0].decode() for head in self.upstream.heads]
        return requests

    def logged(self):
        return [f"{entry['method']} {entry['target']}" for entry in self.gateway.access_log() if entry.get("cluster")]

    def test_what_is_ambiguous_is_refused_and_never_passed_on(self):
        for name, data in REFUSED.items():
            with self.subTest(name):
                statuses = self.statuses(data)
                self.assertEqual(len(statuses), 1, statuses)
                self.assertIn(statuses[0], (400, 501, 505))
                self.assertEqual(self.seen(), [])

    def test_bad_chunks_end_the_connection(self):
        for name, body in BAD_CHUNKS.items():
            with self.subTest(name):
                statuses = self.statuses(POST + TE + b"\r\n" + body)
                self.assertNotIn(200, statuses)
                self.assertNotIn("GET /hidden", self.seen())

    def test_a_hidden_request_in_a_well_framed_body_stays_a_body(self):
        for data in (POST + length(b"%d" % len(HIDDEN)) + b"\r\n" + HIDDEN, POST + TE + b"\r\n" + chunked([HIDDEN])):
            with RawClient(self.gateway.address) as client:
                client.send(data + b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertTrue(client.read_response().body.endswith(b"\r\n\r\n" + HIDDEN))
                self.assertTrue(client.read_response().body.startswith(b"GET /next "))
        self.assertEqual(self.seen(), ["POST /front", "GET /next"] * 2)

    def test_trailers_do_not_become_headers(self):
        with RawClient(self.gateway.address) as client:
            client.send(POST + TE + b"\r\n" + chunked([b"x"], b"X-Forwarded-For: 1.2.3.4\r\nX-Note: 5\r\n"))
            self.assertEqual(client.read_response().status, 200)
        self.assertNotIn(b"1.2.3.4", self.upstream.heads[0])
        self.assertEqual(self.seen(), ["POST /front"])

    def test_trailers_that_would_frame_or_route_are_refused(self):
        for trailer in (b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: b\r\n"):
            with self.subTest(trailer):
                self.assertEqual(self.statuses(POST + TE + b"\r\n" + chunked([b"x"], trailer) + HIDDEN), [400])
                self.assertNotIn("GET /hidden", self.seen())

    def test_names_a_connection_header_lists_cannot_unframe_the_request(self):
        with RawClient(self.gateway.address) as client:
            listed = b"Connection: Content-Length, Host, X-Request-Id\r\n"
            client.send(POST + listed + length(b"%d" % len(HIDDEN)) + b"\r\n" + HIDDEN)
            client.read_response()
        self.assertEqual(self.seen(), ["POST /front"])
        self.assertIn(b"host: ", self.upstream.heads[0].lower())

    def test_the_upstream_saw_what_was_logged_and_nothing_else(self):
        whole = [POST + length(b"%d" % len(HIDDEN)) + b"\r\n" + HIDDEN, POST + TE + b"\r\n" + chunked([HIDDEN, b"x"])]
        for data in [*REFUSED.values(), *(POST + TE + b"\r\n" + body for body in BAD_CHUNKS.values()),
                     *(data + b"GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" for data in whole)]:
            self.statuses(data)
        self.gateway.fetch("/last")
        wait_until(lambda: "GET /last" in self.logged(), 60, "the last request being logged")
        wait_until(lambda: sorted(self.seen()) == sorted(self.logged()), 60, "one line for each request seen")
        for connection in self.upstream.connections:
            self.assertNotIn(b"\nTransfer-Encoding : ", bytes(connection))

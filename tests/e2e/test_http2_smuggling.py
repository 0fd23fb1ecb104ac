"""What a client of HTTP/2 may try so that a service behind, over HTTP/1.1, sees another request than the gateway."""
from lib.case import GatewayCase
from lib.faulty_upstream import echoes
from lib.raw_http2 import (CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, Http2Client, block, frame, literal,
                           request)

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


def field(name, value):
    return request(extra=[(name, value)])


# Requests of a head alone that must not reach the service.
REFUSED = {
    "CRLF in a value": field(b"x", b"y\r\nTransfer-Encoding: chunked"),
    "LF in a value": field(b"x", b"y\nz: 1"),
    "CR in a value": field(b"x", b"y\rz"),
    "NUL in a value": field(b"x", b"y\0z"),
    "a whole request in a value": field(b"x", b"y\r\n\r\n" + HIDDEN),
    "CRLF in a name": field(b"x: y\r\nz", b"1"),
    "colon in a name": field(b"x:y", b"1"),
    "space in a name": field(b"x y", b"1"),
    "upper case in a name": field(b"X-A", b"1"),
    "empty name": field(b"", b"1"),
    "8-bit name": field(b"x\xe9", b"1"),
    "transfer coding": field(b"transfer-encoding", b"chunked"),
    "connection": field(b"connection", b"close"),
    "keep-alive": field(b"keep-alive", b"5"),
    "proxy-connection": field(b"proxy-connection", b"close"),
    "upgrade": field(b"upgrade", b"websocket"),
    "te beyond trailers": field(b"te", b"gzip"),
    "length of a request without a body": field(b"content-length", b"5"),
    "signed length": field(b"content-length", b"+0"),
    "list of lengths": field(b"content-length", b"0, 0"),
    "two lengths": request(extra=[(b"content-length", b"0"), (b"content-length", b"0")]),
    "no path": [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"a")],
    "no method": [(b":scheme", b"http"), (b":path", b"/"), (b":authority", b"a")],
    "no scheme": [(b":method", b"GET"), (b":path", b"/"), (b":authority", b"a")],
    "empty path": request(path=b""),
    "path without a slash": request(path=b"x"),
    "path with a space": request(path=b"/ HTTP/1.1"),
    "path with a request": request(path=b"/ HTTP/1.1\r\nHost: b\r\n\r\nGET /hidden"),
    "path with a fragment": request(path=b"/a#b"),
    "path of 8 bits": request(path=b"/\xe9"),
    "asterisk for GET": request(path=b"*"),
    "two paths": request(extra=[]) + [(b":path", b"/b")],
    "two methods": request(extra=[]) + [(b":method", b"POST")],
    "unknown pseudo field": [(b":foo", b"bar"), *request()],
    "pseudo field of an answer": [(b":status", b"200"), *request()],
    "pseudo field after others": [(b":method", b"GET"), (b":scheme", b"http"), (b"x", b"y"), (b":path", b"/"),
                                  (b":authority", b"a")],
    "method with a request": request(method=b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\nGET"),
    "method with a space": request(method=b"GET /hidden"),
    "authority with CRLF": request(authority=b"a\r\nX: y"),
    "authority with a user": request(authority=b"user@a"),
    "authority with a path": request(authority=b"a/b"),
    "authority against host": request(authority=b"a", extra=[(b"host", b"b")]),
    "two hosts": [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/"), (b"host", b"a"), (b"host", b"a")],
    "no authority at all": [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/")],
    "CONNECT": [(b":method", b"CONNECT"), (b":authority", b"a:80")],
    "CONNECT with a path": request(method=b"CONNECT"),
    "CONNECT by an unknown protocol": request(method=b"CONNECT", extra=[]) + [(b":protocol", b"smtp")],
}


class Http2SmugglingTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.upstream = self.start_upstream(echoes())
        self.gateway = self.proxy(self.upstream)

    def assert_refused(self, outcome):
        if outcome[0] == "answer":
            self.assertIn(outcome[1], (400, 405, 501), outcome)
        else:
            self.assertIn(outcome[0], ("reset", "goaway"), outcome)

    def seen(self, path):
        return [head for head in self.upstream.heads if path in head.split(b"\r\n")[0]]

    def test_malformed_heads_never_reach_the_service(self):
        for name, fields in REFUSED.items():
            with self.subTest(name), Http2Client(self.gateway.address) as client:
                self.assert_refused(client.ask(fields))
                self.assertEqual(self.upstream.requests, 0)
        with Http2Client(self.gateway.address) as client:
            self.assertEqual(client.ask(request(path=b"/good"))[:2], ("answer", 200))
        self.assertEqual(self.upstream.requests, 1)

    def test_a_refused_stream_leaves_the_connection_to_others(self):
        with Http2Client(self.gateway.address) as client:
            self.assert_refused(client.ask(field(b"x", b"y\r\nz: 1")))
            self.assertEqual(client.ask(request(path=b"/good"), stream=3)[:2], ("answer", 200))

    def test_bodies_of_another_length_than_stated_are_no_requests(self):
        post = [(b"content-length", b"5")]
        for name, body in {"longer": b"12345" + HIDDEN, "shorter": b"123"}.items():
            with self.subTest(name), Http2Client(self.gateway.address) as client:
                self.assert_refused(client.ask(request(b"POST", b"/front", extra=post), body))
        self.assertEqual(self.seen(b"/hidden"), [])
        with Http2Client(self.gateway.address) as client:
            self.assertEqual(client.ask(request(path=b"/good"))[:2], ("answer", 200))

    def test_a_body_without_a_length_is_sent_in_chunks_and_stays_a_body(self):
        with Http2Client(self.gateway.address) as client:
            outcome = client.ask(request(b"POST", b"/front"), b"0\r\n\r\n" + HIDDEN)
        self.assertEqual(outcome[:2], ("answer", 200))
        self.assertTrue(outcome[2].endswith(b"0\r\n\r\n" + HIDDEN))
        self.assertEqual((len(self.seen(b"/front")), self.seen(b"/hidden")), (1, []))

    def test_trailers_cannot_name_a_length_or_a_coding(self):
        for name, trailer in {"pseudo field": (b":path", b"/hidden"), "coding": (b"transfer-encoding", b"chunked"),
                              "line break": (b"x", b"y\r\n\r\n" + HIDDEN)}.items():
            with self.subTest(name), Http2Client(self.gateway.address) as client:
                client.send(frame(HEADERS, END_HEADERS, 1, block(request(b"POST", b"/front"))))
                client.send(frame(DATA, 0, 1, b"body"))
                client.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, literal(*trailer)))
                self.assert_refused(client.outcome())
        self.assertEqual(self.seen(b"/hidden"), [])

    def test_trailers_cannot_be_what_only_a_head_may_say(self):
        """RFC 9110 section 6.5.1: services that add trailers to the head would believe them."""
        forged = [(b"host", b"b"), (b"authorization", b"Bearer x"), (b"cookie", b"a=1"),
                  (b"x-forwarded-for", b"9.9.9.9"), (b"x-real-ip", b"9.9.9.9"), (b"x-gray-tag", b"new")]
        with Http2Client(self.gateway.address) as client:
            client.send(frame(HEADERS, END_HEADERS, 1, block(request(b"POST", b"/front"))))
            client.send(frame(DATA, 0, 1, b"body"))
            client.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, block([*forged, (b"x-note", b"5")])))
            self.assertEqual(client.outcome()[:2], ("answer", 200))
        trailers = bytes(self.upstream.connections[0]).partition(b"\r\n0\r\n")[2]
        self.assertEqual(trailers, b"x-note: 5\r\n\r\n")

    def test_one_request_has_one_form_over_http1(self):
        fields = [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/a?b=c"), (b":authority", b"example.test"),
                  (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-a", b"y"), (b"te", b"trailers")]
        whole = block(fields)
        with Http2Client(self.gateway.address) as client:
            client.send(frame(HEADERS, END_STREAM, 1, whole[:20]) + frame(CONTINUATION, 0, 1, whole[20:40])
                        + frame(CONTINUATION, END_HEADERS, 1, whole[40:]))
            self.assertEqual(client.outcome()[:2], ("answer", 200))
        lines = self.upstream.heads[0].split(b"\r\n")
        self.assertEqual(lines[0], b"GET /a?b=c HTTP/1.1")
        lower = [line.lower() for line in lines]
        self.assertEqual([line for line in lower if line.startswith((b"host:", b"cookie:", b"te:"))],
                         [b"host: example.test", b"cookie: a=1; b=2"])

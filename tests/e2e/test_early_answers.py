"""Answers that begin before the request's body has ended: refusals, conversations, and bodies nobody asked for."""
import threading

from lib.case import GatewayCase
from lib.raw_http import RawClient
from processes import free_port, wait_until

CHUNKED = b"POST /talk HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


class EarlyAnswerTest(GatewayCase):
    def connect(self, gateway):
        client = RawClient(gateway.address)
        self.addCleanup(client.close)
        return client

    def test_a_refusal_does_not_wait_for_the_rest_of_the_body(self):
        upstream = self.start_upstream(lambda exchange: exchange.reply(b"too big", "413 Content Too Large"))
        gateway = self.proxy(upstream)
        client = self.connect(gateway)
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegin")
        answer = client.read_response()
        self.assertEqual((answer.status, answer.body), (413, b"too big"))
        wait_until(lambda: not upstream.open_sockets, 60, "the connection with half a request being given up")
        self.assertEqual(self.connect_and_ask(gateway), 413)
        self.assertEqual(upstream.requests, 2, "the refused request was not sent again")

    def connect_and_ask(self, gateway):
        client = self.connect(gateway)
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return client.read_response().status

    def test_interim_answers_come_to_the_client_before_the_answer(self):
        """Over HTTP/1.1, and on a second route over HTTP/2 by way of the gateway itself."""
        go_on = threading.Event()

        def hints(exchange):
            exchange.read_body()
            exchange.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n"
                          b"Connection: X-Hop\r\nX-Hop: 1\r\n\r\n")
            go_on.wait(20)
            exchange.reply()

        upstream, itself = self.start_upstream(hints), f"127.0.0.1:{free_port()}"
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
            f'  itself: {{protocol: http2, endpoints: ["{itself}"]}}\nroutes:\n'
            "  - {id: loop, match: {prefix: /loop/}, to: itself, filters: [{rewrite: {strip_prefix: /loop}}]}\n"
            "  - {id: rest, match: {prefix: /}, to: up}\n", listen=[f'"{itself}"'])
        for target in (b"/", b"/loop/x"):
            for request in (b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n",
                            b"PUT %s HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"):
                client = self.connect(gateway)
                go_on.clear()
                client.send(request % target)
                hint = client.read_head()
                self.assertEqual((hint.status, hint.get("link"), hint.get("x-hop")), (103, "</a.css>", None))
                go_on.set()
                self.assertEqual(client.read_response().body, b"ok")
        client = self.connect(gateway)
        client.send(b"GET / HTTP/1.0\r\n\r\n")
        self.assertEqual(client.read_head().status, 200, "HTTP/1.0 knows no interim answers")

    def test_a_conversation_over_http1(self):
        def echo(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while size := int(exchange.take_line(), 16):
                data = exchange.take(size)
                exchange.take_line()
                exchange.send(b"%x\r\n%s\r\n" % (size, data))
            exchange.take_line()
            exchange.send(b"0\r\n\r\n")

        upstream = self.start_upstream(echo)
        client = self.connect(self.proxy(upstream))
        for _ in range(2):
            client.send(CHUNKED)
            self.assertEqual(client.read_head().status, 200)
            for word in (b"one", b"two", b"x" * 70000):
                client.send(b"%x\r\n%s\r\n" % (len(word), word))
                echoed = b""
                while len(echoed) < len(word):  # the next word is said only when this one has come back
                    echoed += client.read_exactly(int(client.read_line(), 16))
                    client.read_line()
                self.assertEqual(echoed, word)
            client.send(b"0\r\n\r\n")
            self.assertEqual((client.read_line(), client.read_line()), (b"0", b""))
        self.assertEqual(len(upstream.connections), 1, "both conversations over one kept connection")

    def test_a_request_accepted_early_is_sent_to_its_end(self):
        bodies = []

        def accept(exchange):
            exchange.reply(b"accepted", "202 Accepted")
            bodies.append(exchange.read_body())

        upstream = self.start_upstream(accept)
        client = self.connect(self.proxy(upstream))
        for _ in range(2):
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\nbegin")
            self.assertEqual(client.read_response().status, 202)
            client.send(b"x" * 399995)
        wait_until(lambda: len(bodies) == 2, 60, "both bodies")
        self.assertEqual([len(body) for body in bodies], [400000, 400000])
        self.assertEqual(len(upstream.connections), 1)

    def test_a_body_that_breaks_off_is_400_at_once(self):
        upstream = self.start_upstream(lambda exchange: exchange.read_body())
        client = self.connect(self.proxy(upstream))
        client.send(CHUNKED + b"3\r\nabc\r\n")
        wait_until(lambda: upstream.requests, 60, "the request's head")
        client.send(b"no chunk\r\n")
        self.assertEqual(client.read_response().status, 400)

    def test_a_body_that_the_service_refuses_is_not_asked_for(self):
        expected = []

        def refuse(exchange):
            expected.append(exchange.header("expect"))
            exchange.reply(b"who are you?", "401 Unauthorized")

        client = self.connect(self.proxy(self.start_upstream(refuse)))
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        self.assertEqual(client.read_head().status, 401)  # and no 100 before it
        self.assertEqual(expected, ["100-continue"])

    def test_a_body_that_the_service_wants_is_asked_for(self):
        def welcome(exchange):
            exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            exchange.reply(exchange.read_body())

        client = self.connect(self.proxy(self.start_upstream(welcome)))
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        self.assertEqual(client.read_head().status, 100)
        client.send(b"hello")
        self.assertEqual(client.read_response().body, b"hello")

    def test_an_early_failure_is_tried_elsewhere_with_the_whole_body(self):
        bodies = []

        def take(exchange):
            bodies.append(exchange.read_body())
            exchange.reply(b"taken")

        failing = self.start_upstream(lambda exchange: exchange.reply(b"", "503 Service Unavailable"))
        working = self.start_upstream(take)
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{failing.address}", '
            f'"{working.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up, retries: {attempts: 2, on: [503]}}\n")
        for _ in range(2):
            client = self.connect(gateway)
            client.send(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nbegin")
            wait_until(lambda: working.requests > len(bodies), 60, "the working service being asked")
            client.send(b"-end.")
            self.assertEqual(client.read_response().body, b"taken")
        self.assertEqual(bodies, [b"begin-end."] * 2)

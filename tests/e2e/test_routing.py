"""Which route takes a request, and which endpoint of its cluster."""
from collections import Counter

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.raw_http import RawClient

ROUTES = """routes:
  - {id: versioned, match: {path: /item, header: {x-version: "2"}}, to: b}
  - {id: queried, match: {path: /item, query: {variant: new}}, to: c}
  - {id: created, match: {method: POST, path: /item}, to: d}
  - {id: item, match: {path: /item}, to: a}
  - {id: one-user, match: {path: "/user/:id"}, to: b}
  - {id: user-post, match: {path: "/user/:id/post/:post"}, to: c}
  - {id: other-host, match: {host: other.test, prefix: /}, to: d}
  - {id: docs, match: {prefix: /docs/}, to: c}
"""

# target, other headers, method, the letter of the answering upstream, or None for 404.
TABLE = [("/item", [], "GET", "a"), ("/item?x=1", [], "GET", "a"), ("/item", [("X-Version", "2")], "GET", "b"),
         ("/item", [("X-Version", "3")], "GET", "a"), ("/item?variant=new", [], "GET", "c"),
         ("/item?x=1&variant=new&y=2", [], "GET", "c"), ("/item?variant=newer", [], "GET", "a"),
         ("/item?notvariant=new", [], "GET", "a"), ("/item", [], "POST", "d"), ("/item", [], "PUT", "a"),
         ("/item/", [], "GET", None), ("/items", [], "GET", None), ("/user/7", [], "GET", "b"),
         ("/user/a%20b", [], "GET", "b"), ("/user/", [], "GET", None), ("/user", [], "GET", None),
         ("/user/7/", [], "GET", None), ("/user/7/post/8", [], "GET", "c"), ("/user/7/post", [], "GET", None),
         ("/docs/", [], "GET", "c"), ("/docs/a/b?c", [], "GET", "c"), ("/docs", [], "GET", None),
         ("/docsx", [], "GET", None), ("/anything", [("Host", "other.test")], "GET", "d"),
         ("/anything", [("Host", "OTHER.test:8080")], "GET", "d"),
         ("/anything", [("Host", "x.other.test")], "GET", None), ("/item", [("Host", "other.test")], "GET", "a"),
         ("/", [], "GET", None)]


class RoutingTest(GatewayCase):
    def test_the_first_route_that_matches_takes_the_request(self):
        upstreams = {letter: self.start_upstream(answers(letter.encode())) for letter in "abcd"}
        clusters = "".join(f'  {letter}: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
                           for letter, upstream in upstreams.items())
        gateway = self.start_gateway(f"clusters:\n{clusters}{ROUTES}")
        with RawClient(gateway.address) as client:
            for target, headers, method, expected in TABLE:
                with self.subTest(f"{method} {target} {headers}"):
                    answer = client.request(method, target, headers, b"" if method in ("POST", "PUT") else None)
                    if expected is None:
                        self.assertEqual(answer.status, 404)
                    else:
                        self.assertEqual((answer.status, answer.body), (200, expected.encode()))

    def test_round_robin_obeys_weights(self):
        one, two = self.start_upstream(answers(b"1")), self.start_upstream(answers(b"2"))
        endpoints = f'["{one.address}", {{address: "{two.address}", weight: 2}}]'
        gateway = self.start_gateway(f"clusters:\n  up: {{protocol: http1, endpoints: {endpoints}}}\n"
                                     "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", {"workers": "1"})
        with RawClient(gateway.address) as client:
            counts = Counter(client.request("GET", "/").body for _ in range(300))
        self.assertEqual(counts, {b"1": 100, b"2": 200})

    def test_connections_to_the_upstream_are_kept(self):
        upstream = self.start_upstream()
        gateway = self.proxy(upstream, {"workers": "1"})
        for _ in range(50):
            self.assertEqual(gateway.fetch("/").status, 200)
        self.assertLessEqual(len(upstream.connections), 2)

    def test_a_cluster_over_a_name_and_over_a_unix_socket(self):
        upstream = self.start_upstream()
        gateway = self.start_gateway(f'clusters:\n  up: {{protocol: http1, endpoints: ["localhost:{upstream.port}"]}}\n'
                                     "routes:\n  - {id: all, match: {prefix: /}, to: up}\n")
        self.assertEqual(gateway.fetch("/").body, b"ok")

    def test_pipelined_requests_are_answered_in_order(self):
        def by_number(exchange):
            exchange.sleep(0.2 if exchange.target == "/0" else 0)
            exchange.reply(exchange.target.encode())
        gateway = self.proxy(self.start_upstream(by_number))
        with RawClient(gateway.address) as client:
            client.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(20)))
            self.assertEqual([client.read_response().body for _ in range(20)],
                             [b"/%d" % number for number in range(20)])

    def test_head_and_empty_answers(self):
        def behaviour(exchange):
            if exchange.target == "/204":
                exchange.send(b"HTTP/1.1 204 No Content\r\n\r\n")
            elif exchange.target == "/304":
                exchange.send(b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n')
            else:
                exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        gateway = self.proxy(self.start_upstream(behaviour))
        with RawClient(gateway.address) as client:
            head = client.request("HEAD", "/")
            self.assertEqual((head.status, head.get("content-length"), head.body), (200, "1000", b""))
            self.assertEqual(client.request("GET", "/204").status, 204)
            self.assertEqual(client.request("GET", "/304").get("etag"), '"x"')

    def test_expect_100_continue(self):
        gateway = self.proxy(self.start_upstream())
        with RawClient(gateway.address) as client:
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            self.assertEqual(client.read_head().status, 100)
            client.send(b"hello")
            self.assertEqual(client.read_response().status, 200)

    def test_http_1_0_is_answered_and_closed(self):
        gateway = self.proxy(self.start_upstream())
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.0\r\n\r\n")
            answer = client.read_response()
            self.assertEqual((answer.status, answer.body), (200, b"ok"))
            self.assertTrue(client.at_end())

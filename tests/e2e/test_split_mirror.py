"""The move: shares of a split, a mirror that the client cannot feel, and two answers compared."""
import json

from lib.case import GatewayCase
from lib.faulty_upstream import answers, by_target, hangs, resets, sends
from lib.gateway import memory_factor
from lib.raw_http import Load, RawClient
from processes import wait_until

JSON = [("Content-Type", "application/json")]


class MoveCase(GatewayCase):
    def start_move(self, legacy, native, route):
        """A gateway over two upstreams, with one route `all` that has ROUTE's keys."""
        self.legacy, self.native = self.start_upstream(legacy), self.start_upstream(native)
        return self.start_gateway(f'clusters:\n  legacy: {{protocol: http1, endpoints: ["{self.legacy.address}"]}}\n'
                                  f'  native: {{protocol: http1, endpoints: ["{self.native.address}"]}}\n'
                                  f"routes:\n  - {{id: all, match: {{prefix: /}}, {route}}}\n")

    def mirror_reaches(self, gateway, name, count):
        wait_until(lambda: gateway.route("all")["mirror"][name] >= count, 60, f"mirror.{name} reaching {count}")
        return gateway.route("all")["mirror"]


class SplitTest(MoveCase):
    REQUESTS = 4000

    def test_shares_are_those_of_the_file(self):
        gateway = self.start_move(answers(b"old"), answers(b"new"),
                                  "split: [{cluster: legacy, percent: 95}, {cluster: native, percent: 5}]")
        with RawClient(gateway.address) as client:
            new = sum(client.request("GET", f"/?{number}").body == b"new" for number in range(self.REQUESTS))
        # 200 expected; a fair coin of 5 % has a standard deviation of 13.8, so this is five of them either way.
        self.assertGreater(new, 130)
        self.assertLess(new, 270)
        clusters = gateway.wait_requests("all", self.REQUESTS)["clusters"]
        self.assertEqual((clusters["legacy"]["requests"], clusters["native"]["requests"]), (self.REQUESTS - new, new))
        self.assertGreaterEqual(clusters["native"]["p99_ms"], clusters["native"]["p50_ms"])

    def test_zero_and_hundred_percent_are_exact(self):
        gateway = self.start_move(answers(b"old"), answers(b"new"),
                                  "split: [{cluster: legacy, percent: 0}, {cluster: native, percent: 100}]")
        with RawClient(gateway.address) as client:
            self.assertEqual({client.request("GET", "/").body for _ in range(300)}, {b"new"})
        self.assertEqual(self.legacy.requests, 0)


class MirrorTest(MoveCase):
    ROUTE = "to: legacy, mirror: {cluster: native, percent: 100, timeout: 60s}"

    def test_a_hung_slow_or_dead_mirror_never_delays_the_client(self):
        """Who waited for it would get no answer in time."""
        gateway = self.start_move(answers(b"old"), hangs(), self.ROUTE)
        faults = {"hung": hangs(), "slow": answers(b"old", delay=50), "resetting": resets(),
                  "endless": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "hang")}
        for name, behaviour in faults.items():
            self.native.behaviour = behaviour
            with self.subTest(name), RawClient(gateway.address, timeout=30) as client:
                self.assertEqual({client.request("GET", "/").body for _ in range(20)}, {b"old"})
        self.native.stop()
        with self.subTest("dead"), RawClient(gateway.address, timeout=30) as client:
            self.assertEqual({client.request("GET", "/").body for _ in range(20)}, {b"old"})
        self.assertGreaterEqual(self.mirror_reaches(gateway, "errors", 1)["errors"], 1)
        self.assertEqual(gateway.route("all")["clusters"]["legacy"]["errors"], 0)

    def test_a_hung_mirror_under_load_holds_no_memory_without_bound(self):
        gateway = self.start_move(answers(b"x" * 20000), hangs(), self.ROUTE.replace("60s", "300ms"))
        with Load(gateway.address, clients=8) as load:
            load.wait_answers(500)
            before = gateway.resident_bytes()
            load.wait_answers(3000, 120)
            self.assertEqual(load.failures, [])
        self.assertLess(gateway.resident_bytes() - before, (64 << 20) * memory_factor())
        mirror = self.mirror_reaches(gateway, "errors", 1)
        total = load.answers
        wait_until(lambda: sum(gateway.route("all")["mirror"][key]
                               for key in ("compared", "errors", "dropped")) == total, 60,
                   f"all {total} mirrored requests being accounted for, now {mirror}")

    def test_percent_of_requests_mirrored(self):
        gateway = self.start_move(answers(), answers(),
                                  "to: legacy, mirror: {cluster: native, percent: 20, timeout: 60s}")
        with RawClient(gateway.address) as client:
            for number in range(1000):
                client.request("GET", f"/?{number}")
        wait_until(lambda: self.native.requests > 130, 60, "more than 130 copies")
        self.assertLess(self.native.requests, 270)

    def test_the_copy_is_the_request_and_says_that_it_is_a_copy_of_it(self):
        gateway = self.start_move(answers(), answers(), self.ROUTE + ", safe: true")
        body = json.dumps({"ids": list(range(100))}).encode()
        gateway.fetch("/user/batch?a=b", method="POST", headers=[*JSON, ("X-Own", "1"), ("X-Request-Id", "the-same")],
                      body=body)
        wait_until(lambda: self.native.connections and bytes(self.native.connections[0]).endswith(body), 60, "the copy")
        for upstream in (self.legacy, self.native):
            self.assertTrue(bytes(upstream.connections[0]).endswith(body))
            head = upstream.heads[0].lower()
            for part in (b"post /user/batch?a=b http/1.1\r\n", b"x-own: 1", b"x-request-id: the-same",
                         b"host: example.test"):
                self.assertIn(part, head)

    def test_a_post_is_not_copied_unless_the_route_says_that_it_is_safe(self):
        gateway = self.start_move(answers(), answers(), self.ROUTE)
        gateway.fetch("/", method="POST", body=b"once")
        gateway.fetch("/")
        self.mirror_reaches(gateway, "compared", 1)
        self.assertEqual([head.split(b" ")[0] for head in self.native.heads], [b"GET"])

    def test_a_client_that_goes_away_takes_no_comparison_into_error(self):
        gateway = self.start_move(answers(delay=0.2), answers(), self.ROUTE)
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        gateway.fetch("/")
        mirror = self.mirror_reaches(gateway, "compared", 1)
        self.assertEqual(mirror["different"], 0)


class CompareTest(MoveCase):
    # name, legacy's status and body, native's, whether they differ
    PAIRS = [
        ("equal", "200 OK", b'{"a":1}', "200 OK", b'{"a":1}', False),
        ("order of keys and spaces", "200 OK", b'{"a":1,"b":[1,2]}', "200 OK", b' { "b" : [1, 2],\n"a":1 } ', False),
        ("escapes", "200 OK", b'{"a":"\\u00e9\\/"}', "200 OK", '{"a":"é/"}'.encode(), False),
        ("status", "200 OK", b'{"a":1}', "201 Created", b'{"a":1}', True),
        ("value", "200 OK", b'{"a":1}', "200 OK", b'{"a":2}', True),
        ("type", "200 OK", b'{"a":1}', "200 OK", b'{"a":"1"}', True),
        ("missing key", "200 OK", b'{"a":1,"b":null}', "200 OK", b'{"a":1}', True),
        ("order of a list", "200 OK", b"[1,2]", "200 OK", b"[2,1]", True),
        ("not JSON on one side", "200 OK", b'{"a":1}', "200 OK", b"<html>", True),
        ("empty on one side", "200 OK", b'{"a":1}', "200 OK", b"", True),
    ]

    def test_pairs(self):
        def side(status, body):
            return {f"/{number}": answers(pair[body], pair[status], JSON) for number, pair in enumerate(self.PAIRS)}
        gateway = self.start_move(by_target(side(1, 2)), by_target(side(3, 4)),
                                  "to: legacy, mirror: {cluster: native, percent: 100, timeout: 60s}")
        different = 0
        for number, pair in enumerate(self.PAIRS):
            with self.subTest(pair[0]):
                self.assertEqual(gateway.fetch(f"/{number}").body, pair[2])
                mirror = self.mirror_reaches(gateway, "compared", number + 1)
                different += pair[5]
                self.assertEqual(mirror["different"], different)

"""What the upstream is told besides the request: who asked, under which id and trace; and what never crosses the
gateway."""
import re

from lib.case import GatewayCase
from lib.faulty_upstream import echoes, sends
from lib.raw_http import RawClient, parse_headers

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class ForwardedCase(GatewayCase):
    def forwarded(self, headers, settings=None):
        """The headers the upstream saw, lower-case name to list of values, of a request with HEADERS; and the client's
        answer."""
        gateway = self.proxy(self.start_upstream(echoes()), settings)
        with RawClient(gateway.address) as client:
            answer = client.request("GET", "/x", headers)
        self.assertEqual(answer.status, 200, answer)
        seen = {}
        for name, value in parse_headers(answer.body.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]):
            seen.setdefault(name.lower(), []).append(value)
        return seen, answer


class ForwardedForTest(ForwardedCase):
    FORGED = [("X-Forwarded-For", "203.0.113.9, 127.0.0.5"), ("X-Forwarded-Proto", "https"),
              ("X-Forwarded-Host", "public.test"),
              ("Host", "inner.test")]

    def test_a_trusted_proxy_is_believed_and_added_to(self):
        seen, _ = self.forwarded(self.FORGED, {"trusted_proxies": '["127.0.0.0/8"]'})
        self.assertEqual(", ".join(seen["x-forwarded-for"]), "203.0.113.9, 127.0.0.5, 127.0.0.1")
        self.assertEqual(seen["x-forwarded-proto"], ["https"])
        self.assertEqual(seen["x-forwarded-host"], ["public.test"])
        self.assertEqual(seen["host"], ["inner.test"])

    def test_anybody_else_is_not(self):
        seen, _ = self.forwarded(self.FORGED, {"trusted_proxies": '["10.0.0.0/8"]'})
        self.assertEqual(seen["x-forwarded-for"], ["127.0.0.1"])
        self.assertEqual(seen["x-forwarded-proto"], ["http"])
        self.assertEqual(seen["x-forwarded-host"], ["inner.test"])

    def test_the_client_in_the_log_is_the_first_untrusted_address_from_the_right(self):
        gateway = self.proxy(self.start_upstream(), {"trusted_proxies": '["127.0.0.0/8"]'})
        gateway.fetch("/", headers=[("X-Forwarded-For", "1.2.3.4, 203.0.113.9, 127.0.0.5")])
        self.assertEqual(gateway.wait_access_log(1)[0]["client"], "203.0.113.9")


class IdTest(ForwardedCase):
    def test_a_request_id_is_made_and_told_to_both_sides(self):
        seen, answer = self.forwarded([])
        self.assertEqual(len(seen["x-request-id"]), 1)
        self.assertRegex(seen["x-request-id"][0], r"^[0-9A-Za-z-]{16,}$")
        self.assertEqual(answer.get("x-request-id"), seen["x-request-id"][0])

    def test_a_good_request_id_is_kept_and_a_bad_one_replaced(self):
        seen, _ = self.forwarded([("X-Request-Id", "abc-123")])
        self.assertEqual(seen["x-request-id"], ["abc-123"])
        for bad in ("x" * 300, "a b", "\xe9", ""):
            with self.subTest(bad):
                seen, _ = self.forwarded([("X-Request-Id", bad)])
                self.assertNotEqual(seen["x-request-id"], [bad])

    def test_a_trace_is_passed_on_with_a_span_of_our_own(self):
        seen, _ = self.forwarded([("traceparent", TRACE), ("tracestate", "vendor=1")])
        version, trace, span, flags = seen["traceparent"][0].split("-")
        self.assertEqual((version, trace, flags), ("00", TRACE.split("-")[1], "01"))
        self.assertRegex(span, "^[0-9a-f]{16}$")
        self.assertNotEqual(span, TRACE.split("-")[2])
        self.assertEqual(seen["tracestate"], ["vendor=1"])

    def test_a_trace_is_made_when_there_is_none_or_a_bad_one(self):
        bad = ["", "00-" + "0" * 32 + "-b7ad6b7169203331-01", TRACE.upper(), TRACE + "-00", "ff" + TRACE[2:],
               TRACE[:-1],
               TRACE.replace("b7ad6b7169203331", "0" * 16)]
        for value in [None, *bad]:
            with self.subTest(value):
                seen, _ = self.forwarded([("traceparent", value), ("tracestate", "vendor=1")]
                                         if value is not None else [])
                match = re.fullmatch("00-([0-9a-f]{32})-([0-9a-f]{16})-0[0-3]", seen["traceparent"][0])
                self.assertTrue(match and int(match[1], 16) and int(match[2], 16), seen)
                self.assertNotEqual(match[1], TRACE.split("-")[1])
                self.assertNotIn("tracestate", seen)


class HopTest(ForwardedCase):
    def test_hop_by_hop_headers_end_at_the_gateway(self):
        seen, _ = self.forwarded([("Connection", "keep-alive, X-Private"), ("X-Private", "1"),
                                  ("Keep-Alive", "timeout=5"), ("TE", "gzip"),
                                  ("Proxy-Connection", "keep-alive"), ("Upgrade", "foo"), ("X-Public", "1")])
        self.assertEqual(seen["x-public"], ["1"])
        for name in ("x-private", "keep-alive", "te", "proxy-connection", "upgrade"):
            self.assertNotIn(name, seen)

    def test_what_looks_like_another_field_ends_there_too(self):
        odd = [("X_Forwarded_For", "203.0.113.9"), ("X-Forwarded_Proto", "https"), ("x_request_id", "r"),
               ("X_Forwarded_Client_Cert", "Hash=0"), ("Content_Length", "5"), ("X_Own", "2"), ("X-Own", "1"),
               ("api_key", "k")]
        seen, _ = self.forwarded(odd)
        self.assertEqual([name for name in seen if "_" in name], ["api_key"])
        self.assertEqual((seen["x-own"], seen["x-forwarded-for"]), (["1"], ["127.0.0.1"]))
        seen, _ = self.forwarded([*odd, ("Content-Type", "application/grpc")])
        self.assertEqual((seen["x_own"], seen["x-own"], seen["x_request_id"]), (["2"], ["1"], ["r"]))

    def test_and_those_of_the_upstream_too(self):
        data = (b"HTTP/1.1 200 OK\r\nConnection: X-Private\r\nX-Private: 1\r\nKeep-Alive: 5\r\nX-Public: 1\r\n"
                b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok")
        answer = self.proxy(self.start_upstream(sends(data))).fetch("/")
        self.assertEqual((answer.get("x-public"), answer.get("x-private"), answer.get("keep-alive")), ("1", None, None))
        self.assertEqual(answer.all("set-cookie"), ["a=1", "b=2"])

    def test_what_may_go_no_further_is_answered_here(self):
        upstream = self.start_upstream(echoes())
        gateway = self.proxy(upstream)
        last = [("Max-Forwards", "0")]
        for target, headers in (("*", []), ("*", last), ("/a", last)):
            answer = gateway.fetch(target, method="OPTIONS", headers=headers)
            self.assertEqual((answer.status, "OPTIONS" in answer.get("allow")), (204, True))
        self.assertEqual(gateway.fetch("/a", method="TRACE", headers=last).status, 405)
        self.assertEqual(upstream.requests, 0)
        cases = (("OPTIONS", "7", "6"), ("TRACE", "1", "0"), ("GET", "0", "0"), ("OPTIONS", "x", "x"))
        for method, hops, left in cases:
            seen = gateway.fetch("/a", method=method, headers=[("Max-Forwards", hops)]).body.decode().lower()
            self.assertIn(f"max-forwards: {left}\r\n", seen, method)

    def test_the_target_reaches_the_upstream_as_it_came(self):
        upstream = self.start_upstream()
        gateway = self.proxy(upstream)
        for target in ("/a%2Fb?x=%00&y=+", "/a//b/./c", "/a;p=1?q=a?b", "/%e4?", "/user/@x:y"):
            self.assertEqual(gateway.fetch(target).status, 200)
            self.assertEqual(upstream.heads[-1].split(b" ")[1].decode(), target)

    def test_many_headers_arrive_whole_and_in_order(self):
        headers = [(f"X-{number}", "v" * number) for number in range(80)]
        seen, _ = self.forwarded(headers)
        self.assertEqual([seen[name.lower()] for name, _ in headers], [[value] for _, value in headers])

"""The filter `cache` through the real gateway: what is kept, for whom, and for how long."""
import hashlib
import ssl
import threading
import time

from lib.faulty_upstream import answers
from lib.filters import FilterCase, signed
from lib.php import openssl
from lib.raw_http import RawClient
from processes import free_port, wait_until


class CacheTest(FilterCase):
    """RFC 9111 through the gateway; the rules one by one are in src/filters/cache_rules_test.cpp."""

    def caching(self, behaviour, options="{}"):
        return self.filtered(f"[{{cache: {options}}}]", behaviour)

    def numbered(self, control="max-age=60", status="200 OK", headers=()):
        """Answers with the number of the request."""
        def behaviour(exchange):
            exchange.read_body()
            exchange.reply(str(self.upstream.requests).encode(), status, [("Cache-Control", control), *headers])
        return behaviour

    def test_a_fresh_answer_is_used_again(self):
        gateway = self.caching(self.numbered())
        answers_ = [gateway.fetch("/a?x=1") for _ in range(3)]
        self.assertEqual([answer.body for answer in answers_], [b"1", b"1", b"1"])
        self.assertEqual(answers_[0].get("cache-status"), "banyan; fwd=uri-miss")
        self.assertRegex(answers_[1].get("cache-status"), r"^banyan; hit; ttl=\d+$")
        self.assertIn(int(answers_[2].get("age")), range(20))
        self.assertEqual(gateway.fetch("/a?x=2").body, b"2")
        for host in ("other.test", "Other.TEST"):  # one host (RFC 9110 section 4.2.3)
            self.assertEqual(gateway.fetch("/a?x=1", headers=[("Host", host)]).body, b"3")
        head = gateway.fetch("/a?x=1", method="HEAD")
        self.assertEqual((head.get("content-length"), self.upstream.requests), ("1", 3))
        self.assertEqual({entry.get("cache") for entry in gateway.wait_access_log(7)}, {"miss", "hit"})
        self.assertIn('filter="cache",event="hit"} 4', gateway.metrics())

    def test_what_is_not_kept(self):
        for behaviour, headers in ((self.numbered("no-store"), []), (self.numbered("private, max-age=60"), []),
                                   (self.numbered(headers=[("Set-Cookie", "a=1")]), []),
                                   (self.numbered(), [("Authorization", "Basic x")]),
                                   (self.numbered(headers=[("Vary", "*")]), []),
                                   (self.numbered(), [("Range", "bytes=0-")])):
            gateway = self.caching(behaviour)
            self.assertEqual([gateway.fetch("/", headers=headers).body for _ in range(2)], [b"1", b"2"])

    def test_validation(self):
        def behaviour(exchange):
            exchange.read_body()
            if exchange.header("if-none-match") == '"v"':
                exchange.send(b"HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\nX-Fresh: 1\r\n"
                              b"Cache-Control: max-age=0\r\n\r\n")
            else:
                exchange.reply(b"body", headers=[("ETag", '"v"'), ("Cache-Control", "max-age=0")])

        gateway = self.caching(behaviour)
        first, second = gateway.fetch("/"), gateway.fetch("/")
        self.assertEqual((first.status, second.status, second.body, second.get("x-fresh")), (200, 200, b"body", "1"))
        self.assertEqual(second.get("cache-status"), "banyan; fwd=stale; fwd-status=304")
        self.assertEqual(gateway.fetch("/", headers=[("If-None-Match", '"v"')]).status, 304)
        self.assertEqual(gateway.fetch("/", headers=[("If-None-Match", '"w"')]).body, b"body")

    def test_a_client_that_has_it_gets_304_from_the_cache(self):
        gateway = self.caching(self.numbered(headers=[("ETag", '"v"')]))
        gateway.fetch("/")
        answer = gateway.fetch("/", headers=[("If-None-Match", 'W/"v"')])
        self.assertEqual((answer.status, answer.get("etag"), self.upstream.requests), (304, '"v"', 1))

    def test_parts_of_what_is_kept_whole(self):
        date = "Wed, 21 Oct 2015 07:28:00 GMT"
        gateway = self.caching(answers(b"0123456789", headers=[("Cache-Control", "max-age=600"), ("ETag", '"v"'),
                                                               ("Last-Modified", date)]))
        get = lambda *headers, **more: gateway.fetch("/", headers=list(headers), **more)
        two = ("Range", "bytes=0-1")
        self.assertEqual(get(two, ("Cache-Control", "only-if-cached")).status, 504)
        self.assertEqual(get(two).get("cache-status"), "banyan; fwd=bypass")
        self.assertIn("miss", get().get("cache-status"))
        for asked, status, body, told in (("bytes=2-4", 206, b"234", "bytes 2-4/10"),
                                          ("bytes=-3", 206, b"789", "bytes 7-9/10"),
                                          ("bytes=0-99", 206, b"0123456789", "bytes 0-9/10"),
                                          ("bytes=10-", 416, b"", "bytes */10"),
                                          ("bytes=0-1,3-4", 200, b"0123456789", None)):
            answer = get(("Range", asked))
            self.assertEqual((answer.status, answer.body, answer.get("content-range")), (status, body, told))
            self.assertIn("hit", answer.get("cache-status"))
        for known, status in (('"v"', 206), ('"w"', 200), ('W/"v"', 200), (date, 206)):
            self.assertEqual(get(two, ("If-Range", known)).status, status)
        self.assertEqual(get(two, ("If-None-Match", '"v"')).status, 304)
        self.assertEqual(get(two, method="HEAD").status, 200)
        self.assertEqual(self.upstream.requests, 2)
        self.assertEqual(get(two, ("If-Match", '"w"')).get("cache-status"), "banyan; fwd=bypass")

    def test_vary(self):
        def behaviour(exchange):
            exchange.read_body()
            exchange.reply((exchange.header("accept-language") or "none").encode(),
                           headers=[("Cache-Control", "max-age=60"), ("Vary", "Accept-Language")])

        gateway = self.caching(behaviour)
        for language in ("de", "fr", "de", "fr", "de"):
            self.assertEqual(gateway.fetch("/", headers=[("Accept-Language", language)]).body, language.encode())
        self.assertEqual(gateway.fetch("/").body, b"none")
        self.assertEqual(self.upstream.requests, 3)
        self.assertEqual(gateway.fetch("/", method="POST", body=b"").body, b"none")
        gateway.fetch("/", headers=[("Accept-Language", "de")])
        self.assertEqual(self.upstream.requests, 5)  # the POST made all variants out of date

    def test_stale_while_revalidating(self):
        gateway = self.caching(self.numbered("max-age=0, stale-while-revalidate=600"))
        self.assertEqual(gateway.fetch("/").body, b"1")
        self.assertEqual(gateway.fetch("/").body, b"1")
        wait_until(lambda: self.upstream.requests >= 2, 60, "the refresh")
        wait_until(lambda: int(gateway.fetch("/").body) >= 2, 60, "the refreshed answer")
        wait_until(lambda: "stale" in {entry.get("cache") for entry in gateway.access_log()}, 60,
                   "the stale answer in the log")

    def test_stale_if_error(self):
        gateway = self.caching(self.numbered("max-age=0, stale-if-error=600"))
        self.assertEqual(gateway.fetch("/").body, b"1")
        self.upstream.behaviour = answers(b"oops", "503 No")
        answer = gateway.fetch("/")
        self.assertEqual((answer.status, answer.body), (200, b"1"))
        self.upstream.stop()
        self.assertEqual(gateway.fetch("/").body, b"1")
        self.assertEqual(gateway.fetch("/other").status, 502)

    def test_one_fetches_for_all(self):
        gate = threading.Event()

        def behaviour(exchange):
            exchange.read_body()
            gate.wait(120)
            exchange.reply(b"x" * 50000, headers=[("Cache-Control", "max-age=60")])

        gateway = self.caching(behaviour, "{wait: 1m}")
        bodies = []
        threads = [threading.Thread(target=lambda: bodies.append(gateway.fetch("/").body)) for _ in range(20)]
        for thread in threads:
            thread.start()
        wait_until(lambda: gateway.status()["requests_in_flight"] >= 20, 60, "20 requests")
        gate.set()
        for thread in threads:
            thread.join(120)
        self.assertEqual((len(bodies), set(bodies)), (20, {b"x" * 50000}))
        self.assertEqual(self.upstream.requests, 1)

    def test_what_was_asked_for_with_a_key_is_nobody_elses(self):
        with open(self.path("keys"), "w", encoding="ascii") as file:
            file.write("".join(f"{name} {hashlib.sha256(key).hexdigest()}\n"
                               for name, key in (("shop", b"k-1"), ("app", b"k-2"))))
        owner = lambda exchange: exchange.reply(exchange.header("x-owner").encode(),
                                                headers=[("Cache-Control", "max-age=60")])
        for options, header, prefix in ((", header: authorization", "Authorization", "Bearer "), ("", "X-Api-Key", "")):
            gateway = self.filtered(f"[{{api_key: {{keys_file: keys, pass: x-owner{options}}}}}, cache]", owner)
            for key, name in (("k-1", b"shop"), ("k-2", b"app")):
                self.assertEqual(gateway.fetch("/", headers=[(header, prefix + key)]).body, name)

    def test_nor_what_a_service_or_a_token_in_a_cookie_has_let_in(self):
        user = lambda exchange: exchange.reply(exchange.header("x-user").encode(),
                                               headers=[("Cache-Control", exchange.header("x-control"))])
        auth = self.start_upstream(lambda exchange: exchange.reply(headers=[("X-User", exchange.header("cookie"))]))
        with open(self.path("secret"), "w", encoding="ascii") as file:
            file.write("s" * 40 + "\n")
        token = lambda name: "t=" + signed({"sub": name, "exp": time.time() + 600}, b"s" * 40)
        for guard, cookie in (("ext_auth: {cluster: auth, pass: [x-user], timeout: 1m}", lambda name: name),
                              ("jwt: {algorithms: HS256, secret_file: secret, cookie: t, pass: {sub: x-user}}", token)):
            gateway = self.filtered(f"[{{{guard}}}, cache]", user,
                                    more=f'  auth: {{protocol: http1, endpoints: ["{auth.address}"]}}\n')
            for control, bodies in (("max-age=60", (b"ann", b"bob")), ("max-age=60, public", (b"ann", b"ann"))):
                for name, body in zip(("ann", "bob"), bodies, strict=True):
                    answer = gateway.fetch(f"/{len(control)}", headers=[("Cookie", cookie(name)),
                                                                        ("X-Control", control)])
                    self.assertEqual(answer.body, body)

    def test_a_colour_has_answers_of_its_own(self):
        old, new = (self.start_upstream(answers(body, headers=[("Cache-Control", "max-age=60")]))
                    for body in (b"old", b"new"))
        gateway = self.start_gateway(
            "gray: {trust: [127.0.0.1]}\n"
            f'clusters:\n  old: {{protocol: http1, endpoints: ["{old.address}"]}}\n'
            f'  new: {{protocol: http1, endpoints: ["{new.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, filters: [cache], split: [{cluster: old, percent: 100, "
            "colour: old}, {cluster: new, percent: 0, colour: new}]}\n")
        tagged = [("X-Gray-Tag", "new")]
        for _ in range(2):
            self.assertEqual(gateway.fetch("/").body, b"old")
            self.assertEqual(gateway.fetch("/", headers=tagged).body, b"new")
        self.assertEqual((old.requests, new.requests), (1, 1))
        # What is changed under one colour is out of date under all.
        for changing in (tagged, []):
            self.assertEqual(gateway.fetch("/", method="POST", headers=changing, body=b"x").status, 200)
            for reading in (tagged, []):
                self.assertIn("miss", gateway.fetch("/", headers=reading).get("cache-status"))

    def test_versions_of_a_split_never_share_an_answer(self):
        old, new = (self.start_upstream(answers(body, headers=[("Cache-Control", "max-age=60")]))
                    for body in (b"old", b"new"))
        gateway = self.start_gateway(
            f'clusters:\n  old: {{protocol: http1, endpoints: ["{old.address}"]}}\n'
            f'  new: {{protocol: http1, endpoints: ["{new.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, filters: [cache], sticky: {keys: [\"header:x-user\"]}, "
            "always: {new: [ann]}, never: {new: [bob]}, "
            "split: [{cluster: old, percent: 50}, {cluster: new, percent: 50}]}\n")
        ann, bob = [("X-User", "ann")], [("X-User", "bob")]
        for hit in ("uri-miss", "hit"):
            for user, body in ((ann, b"new"), (bob, b"old")):
                answer = gateway.fetch("/", headers=user)
                self.assertEqual((answer.body, answer.get("x-gray-tag")), (body, body.decode()))
                self.assertIn(hit, answer.get("cache-status"))
        self.assertEqual((old.requests, new.requests), (1, 1))
        colours = [(entry.get("colour"), entry.get("cluster"), entry["cache"]) for entry in gateway.wait_access_log(4)]
        # Each worker writes its lines by itself, so they need not stand in the order of the requests.
        self.assertCountEqual(colours, [("new", "new", "miss"), ("old", "old", "miss"), ("new", None, "hit"),
                                        ("old", None, "hit")])
        # What one user changes is out of date for all.
        self.assertEqual(gateway.fetch("/", method="POST", headers=ann, body=b"x").status, 200)
        for user in (ann, bob):
            self.assertIn("miss", gateway.fetch("/", headers=user).get("cache-status"))

    def test_what_one_route_changes_another_no_longer_has(self):
        upstream = self.start_upstream(answers(headers=[("Cache-Control", "max-age=60")]))
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\nfilters: [cache]\n'
            "routes:\n  - {id: write, match: {prefix: /, method: [PUT, DELETE]}, to: up}\n"
            "  - {id: read, match: {prefix: /}, to: up}\n")
        for method in ("PUT", "DELETE"):
            self.assertIn("miss", gateway.fetch("/a").get("cache-status"))
            self.assertIn("hit", gateway.fetch("/a").get("cache-status"))
            self.assertEqual(gateway.fetch("/a", method=method).status, 200)
        self.assertIn("miss", gateway.fetch("/a").get("cache-status"))

    def test_what_was_asked_for_before_a_change_is_not_kept_after_it(self):
        asked, gate = threading.Event(), threading.Event()

        def behaviour(exchange):
            exchange.read_body()
            if exchange.head.startswith(b"GET"):
                asked.set()
                gate.wait(120)
            exchange.reply(headers=[("Cache-Control", "max-age=60")])

        gateway = self.caching(behaviour)
        reader = threading.Thread(target=gateway.fetch, args=("/",))
        reader.start()
        self.assertTrue(asked.wait(60))
        self.assertEqual(gateway.fetch("/", method="POST", body=b"x").status, 200)
        gate.set()
        reader.join(120)
        self.assertIn("miss", gateway.fetch("/").get("cache-status"))
        self.assertIn("hit", gateway.fetch("/").get("cache-status"))

    def test_http_and_https_are_two_addresses(self):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=a.test", "-keyout", self.path("a.key"), "-out", self.path("a.pem"))
        upstream = self.start_upstream(answers(headers=[("Cache-Control", "max-age=60")]))
        address = f"127.0.0.1:{free_port()}"
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up, filters: [cache]}\n",
            listen=[f'{{address: "{address}", tls: {{certificate: a.pem, key: a.key}}}}'])
        self.assertEqual(gateway.fetch("/", headers=[("Host", "shop.test")]).status, 200)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with RawClient(address, tls=context) as client:
            for host in ("shop.test", "hop.test"):
                self.assertIn("miss", client.request("GET", "/", [("Host", host)]).get("cache-status"))

    def test_what_breaks_off_is_not_kept(self):
        def behaviour(exchange):
            exchange.read_body()
            exchange.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nhalf")
            exchange.close()

        gateway = self.caching(behaviour)
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(client.read_head().status, 200)
        self.upstream.behaviour = answers(b"whole")
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: " + gateway.address.encode() + b"\r\n\r\n")
            self.assertEqual(client.read_response().body, b"whole")

    def test_memory_is_bounded(self):
        gateway = self.caching(answers(b"x" * 60000, headers=[("Cache-Control", "max-age=60")]),
                               "{memory: 1MiB, body_bytes: 64KiB}")
        with RawClient(gateway.address) as client:
            for number in range(200):
                self.assertEqual(client.request("GET", f"/{number}", []).status, 200)
        found = [line for line in gateway.metrics().splitlines() if 'event="evicted"' in line]
        self.assertGreater(int(found[0].split()[-1]), 150)

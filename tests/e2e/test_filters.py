"""Filters through the real gateway: what each does to requests and answers, over HTTP/1.1 and HTTP/2."""
import gzip
import hashlib
import json
import os
import re
import subprocess
import threading
import time
import zlib

from lib.faulty_upstream import answers, echoes
from lib.filters import FilterCase, base64url, signed
from lib.gateway import Gateway, run_banyan
from lib.php import openssl
from lib.raw_http import RawClient
from processes import Child, find_program, wait_until


class PipelineTest(FilterCase):
    def test_filters_run_in_order_those_of_every_route_first(self):
        upstream = self.start_upstream(echoes())
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
            "filters:\n  - headers: {request: {add: {x-order: global}}, answer: {add: {x-back: global}}}\n"
            "routes:\n  - {id: own, match: {prefix: /own}, to: up, filters: [{headers: {request: {add: {x-order: own}},"
            " answer: {add: {x-back: own}}}}]}\n"
            "  - {id: rest, match: {prefix: /}, to: up}\n")
        answer = gateway.fetch("/own")
        self.assertEqual(self.seen(answer)[1]["x-order"], ["global", "own"])
        self.assertEqual(answer.all("x-back"), ["own", "global"])
        self.assertEqual(self.seen(gateway.fetch("/"))[1]["x-order"], ["global"])

    def test_answers_of_the_gateway_and_of_files_pass_through_them_too(self):
        root = self.make_directory("www")
        with open(os.path.join(root, "file.txt"), "wb") as file:
            file.write(b"x" * 100000)
        gateway = self.start_gateway(
            'clusters:\n  gone: {protocol: http1, endpoints: ["127.0.0.1:1"]}\n'
            "filters: [{headers: {answer: {set: {x-filter: \"${route}\"}}}}]\n"
            f"routes:\n  - {{id: files, match: {{prefix: /file}}, static: {{root: \"{root}\"}}}}\n"
            "  - {id: gone, match: {prefix: /}, to: gone}\n")
        files = gateway.fetch("/file.txt")
        self.assertEqual((files.status, len(files.body), files.get("x-filter")), (200, 100000, "files"))
        self.assertEqual(gateway.fetch("/file.txt", headers=[("Range", "bytes=1-3")]).body, b"xxx")
        gone = gateway.fetch("/")
        self.assertEqual((gone.status, gone.get("x-filter")), (502, "gone"))
        self.assertEqual(gateway.fetch("/file.txt", method="HEAD").get("content-length"), "100000")

    def test_a_client_cannot_have_their_fields_taken_away(self):
        gateway = self.filtered('[{headers: {request: {set: {x-user: ann}}}}]')
        for named in ("x-user", "close, X-User", "keep-alive, x-other, x-user"):
            answer = gateway.fetch("/", headers=[("Connection", named), ("X-Other", "client's"), ("X-User", "forged")])
            fields = self.seen(answer)[1]
            self.assertEqual(fields.get("x-user"), ["ann"], named)
            self.assertEqual("x-other" in fields, "x-other" not in named)
            self.assertNotIn("connection", fields)

    def test_http2_passes_through_them(self):
        gateway = self.filtered('[{headers: {request: {set: {x-in: "1"}}, answer: {set: {x-out: "2"}}}}]')
        program = find_program(["curl"], "apt-get install curl")
        done = subprocess.run([program, "-sS", "-i", "--max-time", "120", "--http2-prior-knowledge", "-d", "body",
                               f"http://{gateway.address}/a"], capture_output=True, check=True)
        self.assertIn(b"HTTP/2 200", done.stdout)
        self.assertIn(b"x-out: 2", done.stdout)
        self.assertIn(b"x-in: 1", done.stdout)
        self.assertTrue(done.stdout.endswith(b"body"), done.stdout)

    def test_a_tunnel_passes_through_them(self):
        def behaviour(exchange):
            self.assertEqual(exchange.header("x-in"), "1")
            exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            exchange.send(exchange.take(5).upper())
            exchange.close()

        gateway = self.filtered('[{headers: {request: {set: {x-in: "1"}}}}, cache, compress]', behaviour)
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            self.assertEqual(client.read_head().status, 101)
            client.send(b"hello")
            self.assertEqual(client.read_exactly(5), b"HELLO")
        self.assertEqual(gateway.wait_access_log(1)[0]["status"], 101)

    def test_a_refresh_under_way_does_not_hold_up_the_end(self):
        def behaviour(exchange):
            exchange.read_body()
            if self.upstream.requests > 1:
                exchange.sleep(1)
            exchange.reply(b"x", headers=[("Cache-Control", "max-age=0, stale-while-revalidate=600")])

        gateway = self.filtered("[cache]", behaviour)
        self.assertEqual([gateway.fetch("/").status for _ in range(2)], [200, 200])
        wait_until(lambda: self.upstream.requests >= 2, 60, "the refresh")
        self.assertEqual(gateway.stop(), 0)

    def test_a_connection_lives_on_after_a_filter_answered(self):
        gateway = self.filtered("[{ip: {deny: [127.0.0.1]}}]")
        with RawClient(gateway.address) as client:
            for _ in range(3):
                self.assertEqual(client.request("POST", "/", [], b"body").status, 403)

    def test_who_answered_is_logged_and_counted(self):
        gateway = self.filtered("[{ip: {deny: [127.0.0.1]}}]")
        self.assertEqual(gateway.fetch("/").status, 403)
        entry = gateway.wait_access_log(1)[0]
        self.assertEqual((entry["filter"], entry["status"], entry["route"]), ("ip", 403, "all"))
        self.assertNotIn("endpoint", entry)
        self.assertIn('banyan_filter_events_total{route="all",filter="ip",event="answered"} 1', gateway.metrics())

    def test_mistakes_have_their_place(self):
        path = self.path("bad.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write('version: 1\ngateway: {listen: ["127.0.0.1:1"]}\n'
                       'clusters: {up: {protocol: http1, endpoints: ["127.0.0.1:1"]}}\n'
                       "filters: [{cros: {}}, {cors: {}}]\n"
                       "routes: [{id: a, match: {prefix: /}, to: up, filters: [{ip: {alow: [::1]}}, {jwt: {algorithms: "
                       "none}}, 7, {headers: {request: {set: {te: x, x-a: \"${nobody}\"}}}}]}]\n")
        done = run_banyan("check", "-c", path)
        self.assertEqual(done.returncode, 2)
        for place in ("4:12: unknown filter 'cros', did you mean 'cors'?", "4:30: the key 'origins' is missing",
                      "5:62: unknown key 'alow', did you mean 'allow'?", "unknown algorithm 'none'",
                      "unknown filter '7'", "the gateway alone writes 'te'", "unknown variable 'nobody'"):
            self.assertIn(place, done.stderr)

    def test_a_cache_before_who_decides_who_may_come_is_warned_of(self):
        path = self.path("order.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write('version: 1\ngateway: {listen: ["127.0.0.1:1"]}\n'
                       'clusters: {up: {protocol: http1, endpoints: ["127.0.0.1:2"]}}\n'
                       "filters: [{ip: {deny: [192.0.2.0/24]}}, cache]\n"
                       "routes:\n"
                       "  - {id: a, match: {prefix: /a}, to: up, filters: [{ext_auth: {cluster: up}}, cache]}\n"
                       "  - {id: b, match: {prefix: /}, to: up, filters: [cache, {cors: {origins: '*'}}, "
                       "{ip: {deny: [192.0.2.0/24]}}]}\n")
        done = run_banyan("check", "-c", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        warned = [line.split("order.yaml:")[1] for line in done.stdout.splitlines() if "warning" in line]
        self.assertEqual([line.split(": ")[0] for line in warned], ["4:41", "7:51"], warned)
        self.assertIn("put 'ext_auth' before 'cache'", warned[0])
        self.assertIn("put 'ip' before 'cache'", warned[1])

    def test_a_cluster_that_only_a_filter_asks_is_used(self):
        path = self.path("asked.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write('version: 1\ngateway: {listen: ["127.0.0.1:1"]}\nclusters:\n' + "".join(
                f'  {name}: {{protocol: http1, endpoints: ["127.0.0.1:{port}"]}}\n'
                for port, name in enumerate(("up", "of_all", "of_one", "of_none"), 2)) +
                       "filters: [{ext_auth: {cluster: of_all}}]\n"
                       "routes: [{id: a, match: {prefix: /}, to: up, filters: [{ext_auth: {cluster: of_one}}]}]\n")
        done = run_banyan("check", "-c", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        warned = [line for line in done.stdout.splitlines() if "warning" in line]
        self.assertEqual(len(warned), 1, warned)
        self.assertIn(":7:3: warning: no route uses the cluster 'of_none'", warned[0])


class HeadTest(FilterCase):
    def test_headers_set_add_and_remove(self):
        gateway = self.filtered('[{headers: {request: {remove: [cookie], set: {x-client: "${client}", host: in.test}, '
                                'add: {x-tag: "${route}-${header:x-tag}"}}, answer: {remove: server, set: '
                                '{x-id: "${request_id}", strict-transport-security: max-age=1}}}}]')
        answer = gateway.fetch("/", headers=[("Cookie", "a=1"), ("X-Client", "9.9.9.9"), ("X-Tag", "t"),
                                             ("X-Request-Id", "id-1")])
        _, fields = self.seen(answer)
        self.assertNotIn("cookie", fields)
        self.assertEqual(fields["x-client"], ["127.0.0.1"])
        self.assertEqual(fields["host"], ["in.test"])
        self.assertEqual(fields["x-tag"], ["t", "all-t"])
        self.assertEqual((answer.get("x-id"), answer.get("strict-transport-security")), ("id-1", "max-age=1"))

    def test_what_looks_like_a_field_that_is_set_or_removed_goes_too(self):
        with open(self.path("secret"), "w", encoding="ascii") as file:
            file.write("s" * 40 + "\n")
        gateway = self.filtered("[{headers: {request: {remove: [x-inner], set: {x-set: a}}}}, "
                                "{jwt: {algorithms: HS256, secret_file: secret, pass: {sub: x-user, role: x-role}}}]")
        token = signed({"sub": "ann", "exp": time.time() + 600}, b"s" * 40)
        names = ("X_Inner", "X_Set", "X_User", "X_Role", "X_Other")
        answer = gateway.fetch("/", headers=[("Authorization", f"Bearer {token}"), *((name, "evil") for name in names)])
        fields = self.seen(answer)[1]
        self.assertEqual([name for name in fields if "_" in name], ["x_other"])
        self.assertEqual((fields["x-set"], fields["x-user"], "x-role" in fields), (["a"], ["ann"], False))

    def test_rewrite(self):
        cases = [("{strip_prefix: /api}", {"/api/user?x=1": "/user?x=1", "/api": "/", "/apis": "/apis",
                                           "/api/../api/a//b": "/a/b", "/api/a%20b%C3%A9": "/a%20b%C3%A9",
                                           "/api/a%3Fadmin=1?x": "/a%3Fadmin=1?x", "/api/%23": "/%23"}),
                 ("{add_prefix: /v2}", {"/user": "/v2/user", "/%3f": "/v2/%3F"}),
                 ("{add_prefix: /th\xe9}", {"/%c3%a9": "/th%C3%A9/%C3%A9"}),
                 ('{from: "/caf\xe9/:id", to: "/th\xe9/:id"}', {"/caf%C3%A9/%E8%8C%B6": "/th%C3%A9/%E8%8C%B6"}),
                 ('{from: "/shop/:id/*rest", to: "/items/:id/*rest?from=shop"}',
                  {"/shop/7/a%2Fb/c?x=1": "/items/7/a%2Fb/c?from=shop&x=1", "/shop/7/": "/items/7/?from=shop",
                   "/shop/7%3F/%22": "/items/7%3F/%22?from=shop",
                   "/shop/7": "/items/7/?from=shop", "/other": "/other"})]
        for options, targets in cases:
            gateway = self.filtered(f"[{{rewrite: {options}}}]")
            for target, expected in targets.items():
                with self.subTest(options=options, target=target):
                    self.assertEqual(self.seen(gateway.fetch(target))[0], expected)

    def test_redirect(self):
        gateway = self.filtered('[{redirect: {from: "/old/:id", to: "/new/:id", status: 301}}]')
        moved = gateway.fetch("/old/5?q=1")
        self.assertEqual((moved.status, moved.get("location")), (301, "/new/5?q=1"))
        self.assertEqual(gateway.fetch("/old/a%20b%3Fc").get("location"), "/new/a%20b%3Fc")
        self.assertEqual(gateway.fetch("/older/5").status, 200)
        gateway = self.filtered("[{redirect: {https: true}}]")
        moved = gateway.fetch("//evil.test/a?b", headers=[("Host", "site.test")])
        self.assertEqual((moved.status, moved.get("location")), (308, "https://site.test/evil.test/a?b"))
        moved = gateway.fetch("/a%20b%3fc?d%20e", headers=[("Host", "site.test")])
        self.assertEqual(moved.get("location"), "https://site.test/a%20b%3Fc?d%20e")

    def test_ip_lists(self):
        trusted = {"trusted_proxies": '["127.0.0.1"]'}
        gateway = self.filtered("[{ip: {allow: [10.0.0.0/8, \"fd00::/8\"], deny: 10.9.0.0/16}}]", settings=trusted)
        for client, status in (("10.1.2.3", 200), ("10.9.2.3", 403), ("fd00::1", 200), ("11.0.0.1", 403),
                               ("::ffff:10.1.1.1", 200)):
            with self.subTest(client):
                self.assertEqual(gateway.fetch("/", headers=[("X-Forwarded-For", client)]).status, status)

    def test_faults(self):
        gateway = self.filtered("[{fault: {header: x-fault, delay: 200ms, abort: 503}}]")
        self.assertEqual(gateway.fetch("/").status, 200)
        begin = time.monotonic()
        self.assertEqual(gateway.fetch("/", headers=[("X-Fault", "1")]).status, 503)
        self.assertGreaterEqual(time.monotonic() - begin, 0.2)
        gateway = self.filtered("[{fault: {abort: 500, abort_percent: 50}}]")
        found = {gateway.fetch("/").status for _ in range(60)}
        self.assertEqual(found, {200, 500})


class CorsTest(FilterCase):
    def cors(self, options, headers, method="GET"):
        return self.gateway_of(options).fetch("/", method=method, headers=headers)

    def gateway_of(self, options):
        return self.filtered(f"[{{cors: {options}}}]",
                             answers(headers=[("Access-Control-Allow-Origin", "*"), ("Vary", "Accept")]))

    def preflight(self, gateway, origin, method="PUT", headers="x-a"):
        asked = [("Origin", origin), ("Access-Control-Request-Method", method),
                 ("Access-Control-Request-Headers", headers)]
        return gateway.fetch("/", method="OPTIONS", headers=asked)

    def test_a_named_origin_with_credentials(self):
        gateway = self.gateway_of('{origins: ["https://a.test", "https://*.b.test"], methods: [PUT], headers: "*", '
                                  "expose: [x-total], credentials: true, max_age: 10m}")
        for origin in ("https://a.test", "https://x.b.test", "https://y.x.b.test"):
            answer = gateway.fetch("/", headers=[("Origin", origin)])
            self.assertEqual(answer.all("access-control-allow-origin"), [origin])
            self.assertEqual(answer.get("access-control-allow-credentials"), "true")
            self.assertEqual(answer.get("access-control-expose-headers"), "x-total")
            self.assertEqual(answer.get("vary"), "Accept, Origin")
        flight = self.preflight(gateway, "https://a.test", headers="Authorization, X-B")
        self.assertEqual((flight.status, flight.get("access-control-allow-methods")), (204, "PUT"))
        self.assertEqual(flight.get("access-control-allow-headers"), "Authorization, X-B")
        self.assertEqual(flight.get("access-control-max-age"), "600")
        self.assertEqual(self.upstream.requests, 3)  # the preflight did not reach it

    def test_other_origins_get_no_permission(self):
        gateway = self.gateway_of('{origins: ["https://a.test", "https://*.b.test"]}')
        for origin in ("http://a.test", "https://a.test:444", "https://a.test.evil", "https://b.test", "null",
                       "https://evil/.b.test", "https://xb.test", "HTTPS://A.TEST"):
            with self.subTest(origin):
                answer = gateway.fetch("/", headers=[("Origin", origin)])
                self.assertEqual((answer.status, answer.get("access-control-allow-origin")), (200, None))
                self.assertIn("Origin", answer.get("vary"))
                self.assertEqual(self.preflight(gateway, origin).status, 403)
        self.assertIn("Origin", gateway.fetch("/").get("vary"))

    def test_all_origins_without_credentials(self):
        gateway = self.gateway_of('{origins: "*", methods: "*"}')
        answer = gateway.fetch("/", headers=[("Origin", "https://any.test")])
        self.assertEqual((answer.get("access-control-allow-origin"), answer.get("vary")), ("*", "Accept"))
        self.assertIsNone(answer.get("access-control-allow-credentials"))
        self.assertEqual(self.preflight(gateway, "https://any.test", "DELETE").get("access-control-allow-methods"),
                         "DELETE")
        # OPTIONS without a method asked for is no preflight.
        self.assertEqual(gateway.fetch("/", method="OPTIONS", headers=[("Origin", "https://any.test")]).status, 200)


class CredentialTest(FilterCase):
    SECRET = b"0123456789abcdef0123456789abcdef"

    def jwt_gateway(self, more=""):
        with open(self.path("secret"), "wb") as file:
            file.write(self.SECRET + b"\n")
        return self.filtered("[{jwt: {algorithms: HS256, secret_file: secret, pass: {sub: x-user, n: x-n}"
                             f"{more}}}}}]")

    def ask(self, gateway, token, headers=()):
        return gateway.fetch("/", headers=[("Authorization", f"Bearer {token}"), *headers])

    def test_a_good_token_passes_with_its_claims(self):
        gateway = self.jwt_gateway()
        claims = {"sub": "ann", "n": 7, "exp": time.time() + 600}
        answer = self.ask(gateway, signed(claims, self.SECRET), [("X-User", "forged"), ("X-N", "forged")])
        self.assertEqual(answer.status, 200)
        self.assertEqual((self.seen(answer)[1]["x-user"], self.seen(answer)[1]["x-n"]), (["ann"], ["7"]))

    def test_all_others_are_refused(self):
        gateway = self.jwt_gateway()
        good = {"sub": "ann", "exp": time.time() + 600}
        none = f'{base64url(b"{%salg%s:%snone%s}" % ((b"%c" % 34,) * 4))}.{base64url(json.dumps(good).encode())}.'
        for token, why in ((signed(good, b"another secret of thirty-two byte"), "signature"),
                           (signed({**good, "exp": time.time() - 90}, self.SECRET), "expired"),
                           (signed({"sub": "ann"}, self.SECRET), "no expiry"), (none, "algorithm"),
                           (signed(good, self.SECRET, "HS512"), "algorithm"), ("abc", "malformed")):
            with self.subTest(why):
                answer = self.ask(gateway, token)
                self.assertEqual(answer.status, 401)
                self.assertIn(why, answer.json()["error"])
                self.assertIn('error="invalid_token"', answer.get("www-authenticate"))
        self.assertEqual(gateway.fetch("/").get("www-authenticate"), "Bearer")
        two = [("Authorization", "Bearer " + signed(good, self.SECRET)), ("Authorization", "Bearer a.b.c")]
        self.assertEqual(gateway.fetch("/", headers=two).status, 401, "the service might read the other one")
        self.assertEqual(self.upstream.requests, 0)

    def test_a_token_in_a_cookie_is_the_only_one(self):
        gateway = self.jwt_gateway(", cookie: session")
        good = signed({"sub": "ann", "exp": time.time() + 600}, self.SECRET)
        ask = lambda *lines: gateway.fetch("/", headers=[("Cookie", line) for line in lines]).status
        self.assertEqual(ask(f"a=1; session={good}; xsession=a.b.c"), 200)
        for lines in ((f"session={good}; session=a.b.c",), (f"session={good}", "session=a.b.c")):
            self.assertEqual(ask(*lines), 401, "the service might read the other one")
        self.assertEqual(self.upstream.requests, 1)

    def test_a_token_openssl_signed_and_the_key_replaced(self):
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path("private.pem"))
        openssl("pkey", "-in", self.path("private.pem"), "-pubout", "-out", self.path("public.pem"))
        gateway = self.filtered("[{jwt: {algorithms: RS256, key_file: public.pem, require_expiry: false}}]")
        text = f'{base64url(b"{%salg%s:%sRS256%s}" % ((b"%c" % 34,) * 4))}.{base64url(b"{}")}'
        with open(self.path("text"), "w", encoding="ascii") as file:
            file.write(text)
        openssl("dgst", "-sha256", "-sign", self.path("private.pem"), "-out", self.path("signature"), self.path("text"))
        with open(self.path("signature"), "rb") as file:
            token = f"{text}.{base64url(file.read())}"
        self.assertEqual(self.ask(gateway, token).status, 200)
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path("other.pem"))
        openssl("pkey", "-in", self.path("other.pem"), "-pubout", "-out", self.path("public.new"))
        os.replace(self.path("public.new"), self.path("public.pem"))
        wait_until(lambda: self.ask(gateway, token).status == 401, 60, "the new key in force")

    def test_api_keys(self):
        with open(self.path("keys"), "w", encoding="ascii") as file:
            file.write(f"# keys\nshop {hashlib.sha256(b'k-1').hexdigest()}\napp {hashlib.sha256(b'k-2').hexdigest()}\n")
        gateway = self.filtered("[{api_key: {keys_file: keys, pass: x-owner}}]")
        answer = gateway.fetch("/", headers=[("X-Api-Key", "k-2"), ("X-Owner", "forged")])
        self.assertEqual((answer.status, self.seen(answer)[1]["x-owner"]), (200, ["app"]))
        self.assertNotIn("x-api-key", self.seen(answer)[1])
        for key in ("k-3", "", "k-1 ", hashlib.sha256(b"k-1").hexdigest()):
            with self.subTest(key):
                status = gateway.fetch("/", headers=[("X-Api-Key", key)]).status
                self.assertEqual(status, 200 if key.strip() == "k-1" else 401)

    def test_of_two_api_keys_none_is_passed_on(self):
        with open(self.path("keys"), "w", encoding="ascii") as file:
            file.write(f"shop {hashlib.sha256(b'k-1').hexdigest()}\n")
        for field, form in (("X-Api-Key", "%s"), ("Authorization", "Bearer %s")):
            gateway = self.filtered(f"[{{api_key: {{keys_file: keys, keep: true, header: {field.lower()}}}}}]")
            one, other = (field, form % "k-1"), (field.lower(), form % "k-2")
            answer = gateway.fetch("/", headers=[one])
            self.assertEqual((answer.status, self.seen(answer)[1][field.lower()]), (200, [one[1]]))
            for keys in ([one, other], [other, one], [one, one]):
                answer = gateway.fetch("/", headers=keys)
                self.assertEqual((answer.status, answer.get("www-authenticate")), (401, "ApiKey"))
            self.assertEqual(self.upstream.requests, 1)


class RateLimitTest(FilterCase):
    def test_a_burst_passes_and_the_rest_waits(self):
        gateway = self.filtered("[{rate_limit: {requests: 3, period: 10m, key: \"header:x-user\"}}]")
        ann = [gateway.fetch("/", headers=[("X-User", "ann")]) for _ in range(5)]
        self.assertEqual([answer.status for answer in ann], [200, 200, 200, 429, 429])
        self.assertEqual([answer.get("ratelimit") for answer in ann[:3]],
                         [f'"default";r={left}' for left in (2, 1, 0)])
        self.assertEqual(ann[0].get("ratelimit-policy"), '"default";q=3;w=600')
        self.assertIn(int(ann[4].get("retry-after")), range(150, 201))
        self.assertEqual(gateway.fetch("/", headers=[("X-User", "bob")]).status, 200)
        wait_until(lambda: 'filter="rate_limit",event="answered"} 2' in gateway.metrics(), 60, "two limited requests")

    def test_one_path_and_one_host_have_one_count_however_they_are_written(self):
        for key, ways in (("path", [(path, "a.test") for path in ("/a/b", "//a/b", "/a/./b", "/a/%62")]),
                          ("host", [("/", host) for host in ("a.test", "A.test", "a.TEST")])):
            gateway = self.filtered(f"[{{rate_limit: {{requests: 1, period: 10m, key: {key}}}}}]")
            statuses = [gateway.fetch(target, headers=[("Host", host)]).status for target, host in ways]
            self.assertEqual(statuses, [200] + [429] * (len(ways) - 1), key)
            gateway.stop()

    def test_the_count_outlives_a_reload(self):
        gateway = self.filtered("[{rate_limit: {requests: 1, period: 10m}}]")
        self.assertEqual([gateway.fetch("/").status for _ in range(2)], [200, 429])
        gateway.write_config(gateway.body.replace("prefix: /}", "prefix: /, method: GET}"))
        gateway.wait_revision(2)
        self.assertEqual(gateway.fetch("/").status, 429)

    def test_a_claim_is_a_key(self):
        gateway = self.filtered('[{rate_limit: {requests: 1, period: 10m, key: "jwt:sub"}}]')
        statuses = [gateway.fetch("/", headers=[("Authorization", f"Bearer {signed({'sub': who}, b'x')}")]).status
                    for who in ("ann", "bob", "ann")]
        self.assertEqual(statuses, [200, 200, 429])


class CompressTest(FilterCase):
    TEXT = b"all work and no play " * 500

    def compressing(self, options="{}", headers=(), body=TEXT, content_type="text/plain; charset=utf-8"):
        return self.filtered(f"[{{compress: {options}}}]",
                             answers(body, headers=[("Content-Type", content_type), *headers]))

    def fetch(self, gateway, accept, **arguments):
        return gateway.fetch("/", headers=[("Accept-Encoding", accept)], **arguments)

    def test_gzip_is_undone_by_others(self):
        gateway = self.compressing(headers=[("ETag", '"a"'), ("Accept-Ranges", "bytes")])
        answer = self.fetch(gateway, "gzip")
        self.assertEqual(gzip.decompress(answer.body), self.TEXT)
        self.assertLess(len(answer.body), 500)
        self.assertEqual((answer.get("content-encoding"), answer.get("etag"), answer.get("vary")),
                         ("gzip", 'W/"a"', "Accept-Encoding"))
        self.assertIsNone(answer.get("accept-ranges"))
        plain = self.fetch(gateway, "identity")
        self.assertEqual((plain.body, plain.get("etag"), plain.get("vary")), (self.TEXT, '"a"', "Accept-Encoding"))
        head = self.fetch(gateway, "gzip", method="HEAD")
        self.assertEqual((head.get("content-encoding"), head.get("content-length")), ("gzip", None))

    def test_curl_decodes_what_it_asked_for_over_http2(self):
        gateway = self.compressing()
        program = find_program(["curl"], "apt-get install curl")
        for coding in ("gzip", "br", "zstd"):
            supported = subprocess.run([program, "--version"], capture_output=True, check=True).stdout
            if {"gzip": b"libz", "br": b"brotli", "zstd": b"zstd"}[coding] not in supported:
                continue
            done = subprocess.run([program, "-sS", "-i", "--max-time", "120", "--http2-prior-knowledge", "--compressed",
                                   "-H", f"Accept-Encoding: {coding}", f"http://{gateway.address}/"],
                                  capture_output=True, check=True)
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            self.assertIn(b"content-encoding: " + coding.encode(), head.lower())
            self.assertEqual(body, self.TEXT)

    def test_what_is_left_as_it_is(self):
        for headers, body, content_type in (([("Content-Encoding", "x")], self.TEXT, "text/plain"),
                                            ([("Cache-Control", "no-transform")], self.TEXT, "text/plain"),
                                            ([], self.TEXT, "image/png"), ([], b"short", "text/plain"),
                                            ([], self.TEXT, "text/event-stream")):
            with self.subTest(headers=headers, content_type=content_type, size=len(body)):
                answer = self.fetch(self.compressing(headers=headers, body=body, content_type=content_type), "gzip")
                self.assertEqual(answer.body, body)
                self.assertNotEqual(answer.get("content-encoding"), "gzip")
        asked = [("Accept-Encoding", "gzip"), ("Cache-Control", "no-cache, no-transform")]
        answer = self.compressing(body=self.TEXT).fetch("/", headers=asked)
        self.assertEqual((answer.body, answer.get("vary")), (self.TEXT, "Accept-Encoding"))

    def unchanging(self, exchange):
        exchange.read_body()
        control = b'ETag: "a"\r\nVary: Cookie\r\nCache-Control: max-age=0\r\n\r\n'
        if exchange.header("if-none-match"):
            exchange.send(b"HTTP/1.1 304 Not Modified\r\n" + control)
        else:
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n%s%s"
                          % (len(self.TEXT), control, self.TEXT))

    def test_an_unchanged_answer_has_the_name_of_the_one_it_stands_for(self):
        gateway = self.filtered("[compress]", self.unchanging)
        for accept, name in (("gzip", 'W/"a"'), ("identity", '"a"')):
            whole = self.fetch(gateway, accept)
            for known in (name, f'"b", {name}'):
                unchanged = gateway.fetch("/", headers=[("Accept-Encoding", accept), ("If-None-Match", known)])
                self.assertEqual(unchanged.status, 304)
                for answer in (whole, unchanged):
                    self.assertEqual((answer.get("etag"), answer.get("vary")), (name, "Cookie, Accept-Encoding"))
        # What the client has may be of another coding than it accepts now.
        for accept, known, name in (("identity", 'W/"a"', 'W/"a"'), ("gzip", '"a"', '"a"'), ("gzip", "*", 'W/"a"')):
            unchanged = gateway.fetch("/", headers=[("Accept-Encoding", accept), ("If-None-Match", known)])
            self.assertEqual((unchanged.status, unchanged.get("etag")), (304, name))

    def test_what_a_cache_before_it_has_validated_stays_in_its_coding(self):
        gateway = self.filtered("[cache, compress]", self.unchanging)
        for accept in ("gzip", "gzip", "identity", "identity", "gzip"):
            answer = self.fetch(gateway, accept)
            coding, name = ("gzip", 'W/"a"') if accept == "gzip" else (None, '"a"')
            self.assertEqual((answer.get("content-encoding"), answer.get("etag")), (coding, name))
            self.assertEqual(gzip.decompress(answer.body) if coding else answer.body, self.TEXT)

    def test_what_has_come_is_not_held_back(self):
        first = threading.Event()

        def behaviour(exchange):
            exchange.read_body()
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                          b"5\r\nhello\r\n")
            first.wait(120)
            exchange.send(b"6\r\n world\r\n0\r\n\r\n")

        gateway = self.filtered("[{compress: {codings: gzip}}]", behaviour)
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            self.assertEqual(client.read_head().get("content-encoding"), "gzip")
            size = int(client.read_line(), 16)
            begin = client.read_exactly(size)
            decoder = zlib.decompressobj(31)
            self.assertEqual(decoder.decompress(begin), b"hello")
            first.set()


class ExtAuthTest(FilterCase):
    def guarded(self, auth, options=""):
        self.auth = self.start_upstream(auth)
        options = options or ", timeout: 1m"
        return self.filtered(f"[{{ext_auth: {{cluster: auth, path: /check, pass: [x-user]{options}}}}}]",
                             more=f'  auth: {{protocol: http1, endpoints: ["{self.auth.address}"]}}\n')

    def test_the_question_and_a_yes(self):
        gateway = self.guarded(answers(headers=[("X-User", "ann")]))
        answer = gateway.fetch("/a?b", method="POST", body=b"kept",
                               headers=[("Authorization", "open"), ("X-User", "forged"), ("X-Private", "1")])
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.seen(answer)[1]["x-user"], ["ann"])
        self.assertTrue(answer.body.endswith(b"\r\n\r\nkept"))
        question = self.auth.heads[0].decode().lower()
        self.assertTrue(question.startswith("get /check http/1.1"), question)
        for line in ("authorization: open", "x-forwarded-method: post", "x-forwarded-uri: /a?b",
                     "x-forwarded-for: 127.0.0.1"):
            self.assertIn(line, question)
        self.assertNotIn("x-private", question)

    def test_a_no_is_the_clients_answer(self):
        gateway = self.guarded(answers(b"log in", "302 Found", [("Location", "/login"), ("Set-Cookie", "a=1")]))
        answer = gateway.fetch("/")
        self.assertEqual((answer.status, answer.body, answer.get("location"), answer.get("set-cookie")),
                         (302, b"log in", "/login", "a=1"))
        self.assertEqual(self.upstream.requests, 0)

    def test_nobody_there(self):
        broken = answers(b"", "500 Oops")
        for behaviour, options, status in ((broken, "", 503), (answers(delay=60), ", timeout: 100ms", 503),
                                           (broken, ", fail_open: true", 200)):
            with self.subTest(options):
                self.assertEqual(self.guarded(behaviour, options).fetch("/").status, status)


class DocsTest(FilterCase):
    """Every example of docs/filters.md, with the requests below it."""
    ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

    def service(self, exchange):
        exchange.read_body()
        exchange.reply(b"text" * 500, headers=[("Content-Type", "text/plain"), ("Cache-Control", "max-age=60"),
                                               ("X-Target", exchange.target)])

    def authority(self, exchange):
        exchange.read_body()
        let_in = exchange.header("authorization") == "open"
        exchange.reply(b"", "200 OK" if let_in else "401 Unauthorized", [("X-User", "ann")])

    def run_line(self, gateway, line):
        found = re.fullmatch(r"# (\w+) (\S+)(?: \((.*?)\))? -> (\d+)(?: \((.*)\))?", line)
        self.assertTrue(found, line)
        method, target, sent, status, expected = found.groups()
        headers = [part.split(": ", 1) for part in (sent or "").split("; ") if part]
        answer = gateway.fetch(target, method=method, headers=headers)
        self.assertEqual(answer.status, int(status), line)
        if expected:
            name, value = expected.split(": ", 1)
            self.assertTrue((answer.get(name) or "").startswith(value), f"{line}: {answer}")

    def test_the_examples_do_what_they_say(self):
        with open(os.path.join(self.ROOT, "docs", "filters.md"), encoding="utf-8") as file:
            examples = re.findall(r"```yaml\n(.*?)```", file.read(), re.DOTALL)
        self.assertGreaterEqual(len(examples), 12)
        with open(self.path("api.keys"), "w", encoding="ascii") as file:
            file.write(f"shop {hashlib.sha256(b'the-key-of-the-example').hexdigest()}\n")
        with open(self.path("jwt.secret"), "w", encoding="ascii") as file:
            file.write("s" * 40 + "\n")
        app, auth = self.start_upstream(self.service), self.start_upstream(self.authority)
        clusters = (f'clusters:\n  app: {{protocol: http1, endpoints: ["{app.address}"]}}\n'
                    f'  auth: {{protocol: http1, endpoints: ["{auth.address}"]}}\n')
        for example in examples:
            example = example.replace("ext_auth: {", "ext_auth: {timeout: 1m, ")  # a busy machine may need it
            gateway = self.start_gateway(clusters + example)
            lines = [line for line in example.splitlines() if line.startswith("# ")]
            self.assertTrue(lines, example)
            for line in lines:
                self.run_line(gateway, line)
            gateway.stop()


class CustomFilterTest(FilterCase):
    """The gateway of examples/custom_filter."""

    def test_it_has_a_filter_more(self):
        program = os.environ.get("CUSTOM_FILTER_BIN")
        if not program:
            self.skipTest("CUSTOM_FILTER_BIN is not set: run this through ctest")
        upstream = self.start_upstream()
        gateway = Gateway(self.directory, f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
                          "filters: [{maintenance: {word: sesame}}]\n"
                          "routes:\n  - {id: all, match: {prefix: /}, to: up}\n")
        gateway.child = Child("custom", [program, gateway.config], self.path("custom.log"))
        self.addCleanup(gateway.stop)
        gateway.child.wait_listening(gateway.address, 60)
        self.assertEqual(gateway.fetch("/").status, 503)
        answer = gateway.fetch("/", headers=[("X-Word", "sesame")])
        self.assertEqual((answer.status, answer.get("x-maintenance")), (200, "yes"))

"""Several endpoints: how one is chosen, who is left out, and what a route does about a request that failed."""
import hashlib
import json
import os
import shutil
import subprocess
import time

from lib.case import GatewayCase
from lib.faulty_upstream import answers, by_target, hangs, resets
from lib.gateway import run_banyan
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import Load
from processes import free_port, wait_until


class UpstreamsCase(GatewayCase):
    def start(self, upstreams, cluster="", route="", more="", settings=None):
        """A gateway before UPSTREAMS, each an address or a mapping in YAML."""
        endpoints = ", ".join(one if isinstance(one, str) else f'"{one.address}"' for one in upstreams)
        return self.start_gateway(
            f"clusters:\n  up: {{protocol: http1, endpoints: [{endpoints}]{cluster}}}\n{more}"
            f"routes:\n  - {{id: all, match: {{prefix: /}}, to: up, timeout: 1m{route}}}\n", settings)

    def cluster(self, gateway, name="up"):
        return next(one for one in gateway.status()["clusters"] if one["name"] == name)

    def endpoint(self, gateway, upstream):
        return next(one for one in self.cluster(gateway)["endpoints"] if upstream.address in one["address"])


class BalanceTest(UpstreamsCase):
    def test_maglev_keeps_a_key_with_its_endpoint(self):
        ups = [self.start_upstream(answers(str(number).encode())) for number in range(4)]
        gateway = self.start(ups, ', balance: maglev, hash: "cookie:uid"')
        bodies = set()
        for user in range(30):
            ask = lambda user=user: gateway.fetch("/", headers=[("Cookie", f"a=b; uid=u{user}")]).body
            one = {ask() for _ in range(3)}
            self.assertEqual(len(one), 1)
            bodies |= one
        self.assertGreater(len(bodies), 2)

    def test_attempts_are_counted_at_each_endpoint_and_outlive_a_reload(self):
        one, failing = self.start_upstream(), self.start_upstream(answers(status="503 No"))
        gateway = self.start([one, failing], route=", retries: {attempts: 2, on: [503]}")
        self.assertEqual({gateway.fetch("/").status for _ in range(10)}, {200})
        attempts = lambda: [self.endpoint(gateway, up)["attempts"] for up in (one, failing)]
        self.assertEqual(attempts(), [one.requests, failing.requests])
        self.assertGreater(failing.requests, 0)
        gateway.write_config(gateway.body.replace("timeout: 1m", "timeout: 2m"))
        gateway.wait_revision(2)
        self.assertEqual(gateway.fetch("/").status, 200)
        self.assertEqual(attempts(), [one.requests, failing.requests])

    def test_least_request_avoids_the_busy_endpoint(self):
        slow, fast = self.start_upstream(answers(delay=300)), self.start_upstream()
        gateway = self.start([slow, fast], ", balance: least_request", settings={"workers": "1"})

        def held():
            self.hold(gateway)
            return slow.requests
        wait_until(held, 60, "a request at the slow endpoint")
        wait_until(lambda: gateway.status()["requests_in_flight"] == slow.requests, 60, "the others being over")
        before = slow.requests
        for _ in range(20):
            self.assertEqual(gateway.fetch("/").status, 200)
        self.assertEqual(slow.requests, before)

    def hold(self, gateway):
        from lib.raw_http import RawClient
        client = RawClient(gateway.address)
        self.addCleanup(client.close)
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return client

    def test_ewma_prefers_the_fast_endpoint(self):
        slow, fast = self.start_upstream(answers(delay=0.2)), self.start_upstream()
        gateway = self.start([slow, fast], ", balance: ewma", settings={"workers": "1"})

        def preferred():
            """One late answer of the fast endpoint is forgotten in time."""
            for _ in range(40):
                gateway.fetch("/")
            return fast.requests > 3 * slow.requests
        wait_until(preferred, 120, "three of four requests at the fast endpoint")

    def test_endpoints_of_the_own_zone_are_preferred_until_they_fail(self):
        near, far = self.start_upstream(answers(b"near")), self.start_upstream(answers(b"far"))
        gateway = self.start([f'{{address: "{near.address}", zone: a}}', f'{{address: "{far.address}", zone: b}}'],
                             settings={"zone": "a"})
        self.assertEqual({gateway.fetch("/").body for _ in range(10)}, {b"near"})
        near.stop()
        self.assertEqual({gateway.fetch("/").body for _ in range(10)}, {b"far"})

    def test_a_name_is_followed_to_all_its_addresses(self):
        if os.geteuid() != 0 or shutil.which("unshare") is None:
            self.skipTest("needs root and unshare, for a file of hosts of its own")
        port = free_port()
        hosts = self.path("hosts")
        self.write_hosts(hosts, "127.0.1.1", "127.0.1.2")
        private = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
        if subprocess.run([*private, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("mounting is not allowed here")
        ups = {}
        for number in range(1, 4):
            ups[number] = self.start_upstream(answers(str(number).encode()), port, f"127.0.1.{number}")
        from lib.gateway import Gateway
        gateway = Gateway(self.directory, f'clusters:\n  up: {{protocol: http1, endpoints: ["app.test:{port}"]}}\n'
                                          "routes:\n  - {id: all, match: {prefix: /}, to: up, "
                                          "retries: {attempts: 3, on: [connect, reset]}}\n")
        self.addCleanup(gateway.stop)
        gateway.start(private)
        self.assertEqual({gateway.fetch("/").body for _ in range(20)}, {b"1", b"2"})
        with Load(gateway.address, clients=2) as load:
            load.wait_answers(20)
            self.write_hosts(hosts, "127.0.1.2", "127.0.1.3")
            ups[1].stop()
            wait_until(lambda: {gateway.fetch("/").body for _ in range(20)} == {b"2", b"3"}, 120, "the new addresses")
            load.wait_answers(20)
        self.assertEqual(load.failures, [])

    def write_hosts(self, path, *addresses):
        with open(path, "w", encoding="ascii") as file:
            file.write("127.0.0.1 localhost\n" + "".join(f"{address} app.test\n" for address in addresses))


class HealthTest(UpstreamsCase):
    CHECK = ", health: {type: http, path: /healthz, interval: 100ms, timeout: 9s, healthy_after: 2, unhealthy_after: 2}"

    def wait_bodies(self, gateway, *bodies):
        wait_until(lambda: {gateway.fetch("/").body for _ in range(10)} == set(bodies), 60, f"answers {bodies} alone")

    def test_an_endpoint_that_fails_its_checks_gets_no_requests_until_it_is_well(self):
        ill = {"/healthz": answers(status="500 No")}
        one, two = self.start_upstream(by_target(ill, answers(b"1"))), self.start_upstream(answers(b"2"))
        gateway = self.start([one, two], self.CHECK)
        wait_until(lambda: not self.endpoint(gateway, one)["healthy"], 60, "the endpoint found unwell")
        self.wait_bodies(gateway, b"2")
        self.assertIn(f'banyan_endpoint_healthy{{cluster="up",endpoint="{one.address}"}} 0', gateway.metrics())
        one.behaviour = answers(b"1")
        wait_until(lambda: self.endpoint(gateway, one)["healthy"], 60, "the endpoint found well")
        self.wait_bodies(gateway, b"1", b"2")

    def test_the_host_of_a_check_can_be_said(self):
        one = self.start_upstream()
        gateway = self.start([one], self.CHECK)
        wait_until(lambda: any(b"\r\nHost: localhost\r\n" in head for head in one.heads), 60, "a check")
        gateway.write_config(gateway.body.replace("path: /healthz", 'path: /healthz, host: "api.internal:8080"'))
        wait_until(lambda: any(b"\r\nHost: api.internal:8080\r\n" in head for head in one.heads), 60,
                   "a check with the host")

    def test_all_are_used_when_most_are_unwell(self):
        ill = by_target({"/healthz": answers(status="500 No")})
        one, two = self.start_upstream(ill), self.start_upstream(ill)
        gateway = self.start([one, two], self.CHECK)
        wait_until(lambda: self.cluster(gateway)["panic"], 60, "the panic")
        self.assertEqual([gateway.fetch("/").status for _ in range(6)], [200] * 6)

    def test_checks_speak_http2_to_those_who_do(self):
        """A gateway that has itself behind it, and answers its own checks."""
        own = free_port()
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http2, endpoints: ["127.0.0.1:{own}"]{self.CHECK}}}\n'
            "routes:\n  - {id: healthz, match: {path: /healthz}, to: up, filters: [{respond: {body: fine}}]}\n"
            "  - {id: rest, match: {prefix: /}, to: up, filters: [{rewrite: {from: /, to: /healthz}}]}\n",
            listen=[f'"127.0.0.1:{own}"'])
        checks = lambda: [line for line in gateway.access_log() if line["route"] == "healthz"]
        wait_until(lambda: len(checks()) >= 3, 60, "three checks")
        self.assertEqual({(line["protocol"], line["status"]) for line in checks()}, {("HTTP/2", 200)})
        self.assertEqual(gateway.fetch("/").body, b"fine")
        gateway.write_config(gateway.body.replace("body: fine", "status: 500"))
        wait_until(lambda: not self.cluster(gateway)["endpoints"][0]["healthy"], 60, "the endpoint found unwell")

    def test_checks_go_behind_a_proxy_header_of_nobody(self):
        up = self.start_upstream()
        gateway = self.start([up], self.CHECK + ", proxy_protocol: v1")
        wait_until(lambda: any(b"GET /healthz " in head for head in up.heads), 60, "a check")
        self.assertIn(b"PROXY UNKNOWN\r\nGET /healthz ", b"".join(bytes(each) for each in list(up.connections)))
        self.assertTrue(self.endpoint(gateway, up)["healthy"])

    def test_a_connection_can_be_the_check(self):
        port = free_port()
        two = self.start_upstream()
        gateway = self.start([f'"127.0.0.1:{port}"', two],
                             ", health: {type: tcp, interval: 100ms, healthy_after: 1, unhealthy_after: 1}")
        unwell = lambda: [one["healthy"] for one in self.cluster(gateway)["endpoints"]]
        wait_until(lambda: unwell() == [False, True], 60, "the endpoint found unwell")
        self.start_upstream(port=port)
        wait_until(lambda: unwell() == [True, True], 60, "the endpoint found well")

    def test_php_fpm_answers_pings(self):
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php echo 'php';"})
        fpm = start_php_fpm(self.directory, extra="ping.path = /ping")
        self.addCleanup(lambda: fpm.stop())
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: fastcgi, root: "{root}", endpoints: ["{fpm.listen}"], connections_max: 2, '
            "health: {type: fpm, interval: 100ms, timeout: 5s, healthy_after: 1, unhealthy_after: 2}}\n"
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n")
        healthy = lambda: self.cluster(gateway)["endpoints"][0]["healthy"]
        time.sleep(1)  # some ten checks, of which none may fail
        self.assertTrue(healthy())
        self.assertEqual(gateway.fetch("/").body, b"php")
        fpm.stop()
        wait_until(lambda: not healthy(), 60, "php-fpm found gone")

    def test_an_endpoint_whose_requests_fail_is_ejected(self):
        bad, good = self.start_upstream(answers(status="500 No")), self.start_upstream()
        gateway = self.start([bad, good], ", outlier: {consecutive_failures: 3, base_ejection: 1h}")
        for _ in range(20):
            gateway.fetch("/")
        self.assertTrue(self.endpoint(gateway, bad)["ejected"])
        self.assertLess(bad.requests, 6)  # a worker may ask it before it knows of the third failure
        self.assertEqual(self.cluster(gateway)["ejections"], 1)
        wait_until(lambda: "endpoint_ejected" in gateway.log(), 60, "the ejection in the log")


class RetriesTest(UpstreamsCase):
    def test_what_can_be_repeated_is_sent_to_another_endpoint(self):
        for behaviour in (resets(), answers(status="503 No"), hangs()):
            bad, good = self.start_upstream(behaviour), self.start_upstream()
            gateway = self.start([bad, good],
                                 route=', retries: {on: [connect, reset, timeout, "5xx"], try_timeout: 6s}')
            for method, body in (("GET", None), ("PUT", b"x" * 1000), ("DELETE", None)):
                self.assertEqual([gateway.fetch("/", method=method, body=body).status for _ in range(2)], [200] * 2)
            self.assertGreater(bad.requests, 0)
            self.assertGreater(self.cluster(gateway)["retries"], 0)
            gateway.stop()

    def test_a_repeated_body_is_the_same(self):
        bodies = []

        def keeps(exchange):
            bodies.append(exchange.read_body())
            exchange.reply()

        bad, good = self.start_upstream(resets()), self.start_upstream(keeps)
        gateway = self.start([bad, good])
        sent = [os.urandom(200_000) for _ in range(4)]
        for body in sent:
            self.assertEqual(gateway.fetch("/", method="PUT", body=body).status, 200)
        self.assertEqual(bodies, sent)

    def test_a_body_over_the_bound_is_passed_on_but_not_repeated(self):
        bad = self.start_upstream(resets())
        gateway = self.start([bad, self.start_upstream(resets())])
        self.assertEqual(gateway.fetch("/", method="PUT", body=b"x" * 1_000_000).status, 502)
        self.assertEqual(self.cluster(gateway)["retries"], 0)

    def test_a_post_is_repeated_only_where_the_route_says_it_is_safe(self):
        for safe, status in (("", 502), (", safe: true", 200)):
            bad, good = self.start_upstream(resets()), self.start_upstream()
            gateway = self.start([bad, good], route=safe, settings={"workers": "1"})
            self.assertIn(status, [gateway.fetch("/", method="POST", body=b"once").status for _ in range(2)])
            self.assertLessEqual(bad.requests, 1)
            gateway.stop()

    def test_a_get_is_not_repeated_where_the_route_says_it_is_not_safe(self):
        bad = self.start_upstream(resets())
        gateway = self.start([bad, self.start_upstream(resets())], route=", safe: false")
        self.assertEqual(gateway.fetch("/").status, 502)
        self.assertEqual(self.cluster(gateway)["retries"], 0)

    def test_an_endpoint_asked_before_is_asked_again_after_a_while(self):
        count = []

        def fails_twice(exchange):
            count.append(1)
            if len(count) < 3:
                exchange.reset()
            exchange.reply()

        gateway = self.start([self.start_upstream(fails_twice)], route=", retries: {attempts: 3, backoff: 10ms}")
        self.assertEqual(gateway.fetch("/").status, 200)
        self.assertEqual(len(count), 3)

    def test_the_budget_bounds_retries(self):
        gateway = self.start([self.start_upstream(resets()) for _ in range(2)],
                             ", retry_budget: {percent: 0%, at_least: 0}")
        self.assertEqual(gateway.fetch("/").status, 502)
        self.assertEqual((self.cluster(gateway)["retries"], self.cluster(gateway)["retries_refused"]), (0, 1))

    def test_a_slow_first_attempt_is_hedged(self):
        slow, fast = self.start_upstream(hangs()), self.start_upstream()
        gateway = self.start([slow, fast], route=", hedge: {after: 50ms}")
        self.assertEqual([gateway.fetch("/").status for _ in range(4)], [200] * 4)
        self.assertGreater(self.cluster(gateway)["hedges"], 0)
        self.assertEqual(gateway.fetch("/", method="GET").status, 200)


class BreakerTest(UpstreamsCase):
    BREAKER = ", breaker: {consecutive_failures: 3, open_for: 15s, half_open_requests: 2}"

    def breaker(self, gateway):
        return self.cluster(gateway)["breaker"]

    def force(self, gateway, force, cluster="up"):
        from lib.raw_http import fetch
        return fetch(gateway.admin, f"/clusters/{cluster}/breaker", method="POST", body=force.encode(),
                     headers=[("Authorization", f"Bearer {gateway.token}")])

    def test_opens_refuses_probes_and_closes(self):
        up = self.start_upstream(answers(status="500 No"))
        gateway = self.start([up], self.BREAKER)
        self.assertEqual([gateway.fetch("/").status for _ in range(3)], [500] * 3)
        refused = gateway.fetch("/")
        self.assertEqual((refused.status, up.requests), (503, 3))
        self.assertTrue(1 <= int(refused.get("retry-after")) <= 16)
        self.assertEqual(self.breaker(gateway)["state"], "open")
        self.assertIn('banyan_breaker_state{cluster="up"} 1', gateway.metrics())
        self.assertRegex(run_banyan("status", "-c", gateway.config).stdout, r"up +\d+ .*open")
        up.behaviour = answers()
        wait_until(lambda: self.breaker(gateway)["state"] == "half_open", 60, "half open")
        self.assertEqual([gateway.fetch("/").status for _ in range(2)], [200] * 2)
        self.assertEqual(self.breaker(gateway)["state"], "closed")

    def test_a_failed_probe_opens_it_again(self):
        up = self.start_upstream(resets())
        gateway = self.start([up], self.BREAKER)
        for _ in range(3):
            gateway.fetch("/")
        wait_until(lambda: self.breaker(gateway)["state"] == "half_open", 60, "half open")
        self.assertEqual(gateway.fetch("/").status, 502)
        self.assertEqual((self.breaker(gateway)["state"], self.breaker(gateway)["opened"]), ("open", 2))

    def test_it_counts_results_after_retries(self):
        bad, good = self.start_upstream(answers(status="503 No")), self.start_upstream()
        gateway = self.start([bad, good], self.BREAKER, ", retries: {on: 503}")
        self.assertEqual([gateway.fetch("/").status for _ in range(12)], [200] * 12)
        self.assertEqual((self.breaker(gateway)["state"], self.breaker(gateway)["failures"]), ("closed", 0))

    def test_an_operator_forces_it_and_a_reload_does_not_undo_that(self):
        up = self.start_upstream()
        gateway = self.start([up], self.BREAKER)
        self.assertEqual(self.force(gateway, '{"force": "open"}').status, 200)
        self.assertEqual(gateway.fetch("/").status, 503)
        gateway.write_config(gateway.body.replace("timeout: 1m", "timeout: 2m"))
        gateway.wait_revision(2)
        self.assertEqual((gateway.fetch("/").status, self.breaker(gateway)["forced"]), (503, "open"))
        self.assertEqual(self.force(gateway, '{"force": "closed"}').status, 200)
        up.behaviour = answers(status="500 No")
        self.assertEqual([gateway.fetch("/").status for _ in range(8)], [500] * 8)
        up.behaviour = answers()
        self.assertEqual(self.force(gateway, '{"force": "none"}').status, 200)
        self.assertEqual((gateway.fetch("/").status, self.breaker(gateway)["state"]), (200, "closed"))

    def test_what_cannot_be_forced_is_told(self):
        gateway = self.start([self.start_upstream()])
        self.assertEqual(self.force(gateway, '{"force": "open"}').status, 409)
        self.assertEqual(self.force(gateway, '{"force": "open"}', "gone").status, 404)
        gateway.write_config(gateway.body.replace("]", "]" + self.BREAKER, 1))
        gateway.wait_revision(2)
        for body in ("", "{", '{"force": "ajar"}', "[]", '{"force": "open", "who": "a\\nb"}',
                     json.dumps({"force": "open", "reason": "长" * 501})):
            self.assertEqual(self.force(gateway, body).status, 400)
        self.assertEqual(self.breaker(gateway)["forced"], "none")
        noted = {"force": "open", "reason": "长" * 500, "who": "王小明"}
        self.assertEqual(self.force(gateway, json.dumps(noted)).status, 200)
        change = wait_until(lambda: [one for one in gateway.events()
                                     if one["event"] == "admin_change" and one["status"] == 200], 60, "the change")[0]
        self.assertRegex(change["who"], r"^王小明 \(127\.0\.0\.1:\d+\)$")
        self.assertEqual(change["reason"], noted["reason"])
        forced = lambda: [line["by"] for line in gateway.events() if line["event"] == "breaker_forced"]
        self.assertEqual(wait_until(forced, 60, "the change at the breaker"), ["王小明 (admin API)"])
        self.assertEqual(gateway.ask_admin("/clusters/up/breaker").status, 405)
        self.assertEqual(gateway.ask_admin("/clusters/up/breaker", "POST", token="wrong-wrong-wrong").status, 401)


class FallbackTest(UpstreamsCase):
    BREAKER = BreakerTest.BREAKER
    OTHER = '  other: {{protocol: http1, endpoints: ["{}"]}}\n'

    def test_another_cluster_answers(self):
        for behaviour in (resets(), answers(status="500 No"), answers(status="503 No")):
            bad, other = self.start_upstream(behaviour), self.start_upstream(answers(b"other"))
            gateway = self.start([bad], route=", fallback: {cluster: other}", more=self.OTHER.format(other.address))
            for method, body in (("GET", None), ("PUT", b"x" * 100_000)):
                answer = gateway.fetch("/", method=method, body=body)
                self.assertEqual((answer.status, answer.body), (200, b"other"))
            self.assertEqual(self.cluster(gateway)["fallbacks"], 2)
            gateway.stop()

    def test_a_post_falls_back_only_before_a_byte_of_it_was_sent(self):
        bad, other = self.start_upstream(answers(status="500 No")), self.start_upstream(answers(b"other"))
        gateway = self.start([bad], self.BREAKER, ", fallback: {cluster: other}", self.OTHER.format(other.address))
        ask = lambda: gateway.fetch("/", method="POST", body=b"x").status
        self.assertEqual([ask() for _ in range(3)], [500] * 3)
        self.assertEqual(other.requests, 0)
        self.assertEqual(ask(), 200)  # the breaker is open
        self.assertEqual((bad.requests, other.requests), (3, 1))

    def test_a_text_answers(self):
        gateway = self.start([f'"127.0.0.1:{free_port()}"'], self.BREAKER,
                             ', fallback: {status: 200, body: "[]", content_type: application/json}')
        for _ in range(5):  # unreachable, then refused by the breaker
            answer = gateway.fetch("/")
            self.assertEqual((answer.status, answer.body, answer.get("content-type")), (200, b"[]", "application/json"))

    def test_the_last_good_answer_stands_in_for_those_it_is_for(self):
        up = self.start_upstream(by_target({
            "/open": answers(b"good", headers=[("Content-Type", "text/x"), ("ETag", '"1"')]),
            "/private": answers(b"mine", headers=[("Cache-Control", "max-age=5, Private")]),
            "/varies": answers(b"mine", headers=[("Vary", "Accept-Encoding, X-User")])}))
        gateway = self.start([up], route=", fallback: {last_good: 10m}")
        cookie = [("Cookie", "uid=1")]
        for target in ("/open?a=1", "/private", "/varies"):
            self.assertEqual(gateway.fetch(target).status, 200)
        self.assertEqual(gateway.fetch("/with-cookie", headers=cookie).status, 200)
        up.behaviour = answers(b"broken", status="500 No")
        kept = gateway.fetch("/open?a=1")
        self.assertEqual((kept.status, kept.body, kept.get("etag"), kept.get("content-type")),
                         (200, b"good", '"1"', "text/x"))
        self.assertTrue(kept.get("age").isdigit())
        for target, headers in (("/open?a=2", ()), ("/open?a=1", cookie), ("/private", ()), ("/varies", ()),
                                ("/with-cookie", ()), ("/with-cookie", cookie)):
            self.assertEqual(gateway.fetch(target, headers=list(headers)).status, 500)
        self.assertEqual(gateway.fetch("/open?a=1", method="POST", body=b"").status, 500)


    def test_it_stands_in_for_nobody_else_where_a_filter_takes_the_credentials_away(self):
        with open(self.path("keys"), "w", encoding="ascii") as file:
            file.write("".join(f"{name} {hashlib.sha256(key).hexdigest()}\n"
                               for name, key in (("shop", b"k-1"), ("app", b"k-2"))))
        for header, value in (("authorization", "Bearer {}"), ("x-api-key", "{}"), ("x-shop", "{}")):
            up = self.start_upstream(lambda exchange: exchange.reply(exchange.header("x-owner").encode()))
            gateway = self.start([up], route=", fallback: {last_good: 10m}, filters: "
                                 f"[{{api_key: {{keys_file: keys, header: {header}, pass: x-owner}}}}]")
            ask = lambda key: gateway.fetch("/", headers=[(header, value.format(key))])
            self.assertEqual(ask("k-1").body, b"shop")
            up.behaviour = answers(b"broken", status="500 No")
            self.assertEqual(ask("k-2").status, 500)
            gateway.stop()

    def test_it_stands_in_for_the_same_colour_alone(self):
        old, new = self.start_upstream(answers(b"old")), self.start_upstream(answers(b"new"))
        gateway = self.start_gateway(
            "gray: {trust: [127.0.0.1]}\n"
            f'clusters:\n  old: {{protocol: http1, endpoints: ["{old.address}"]}}\n'
            f'  new: {{protocol: http1, endpoints: ["{new.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, fallback: {last_good: 10m}, split: [{cluster: old, "
            "percent: 100, colour: old}, {cluster: new, percent: 0, colour: new}]}\n")
        self.assertEqual(gateway.fetch("/", headers=[("X-Gray-Tag", "new")]).body, b"new")
        old.behaviour = new.behaviour = answers(b"broken", status="500 No")
        self.assertEqual(gateway.fetch("/").status, 500)
        self.assertEqual(gateway.fetch("/", headers=[("X-Gray-Tag", "new")]).body, b"new")


class ManualTest(UpstreamsCase):
    def test_the_examples_of_the_manual_are_right(self):
        manual = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "upstreams.md")
        with open(manual, encoding="utf-8") as file:
            examples = [part.split("```")[0] for part in file.read().split("```yaml\n")[1:]]
        self.assertGreaterEqual(len(examples), 5)
        self.make_directory("public")
        for example in examples:
            with self.subTest(example.splitlines()[0]):
                path = self.path("example.yaml")
                with open(path, "w", encoding="utf-8") as file:
                    file.write('version: 1\ngateway: {listen: ["127.0.0.1:8080"]}\n' + example)
                checked = run_banyan("check", "-c", path, "--json")
                self.assertEqual(json.loads(checked.stdout)["diagnostics"], [], checked.stdout)

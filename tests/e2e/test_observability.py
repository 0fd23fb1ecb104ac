"""Access log, metrics and the admin API."""
import os
import re
import signal
import subprocess

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.raw_http import Load, RawClient, fetch
from processes import find_program, wait_until


class AccessLogTest(GatewayCase):
    def test_one_json_object_per_request_with_what_matters(self):
        gateway = self.proxy(self.start_upstream(answers(b"hello", "201 Created")))
        gateway.fetch("/a%22b?q='1'", headers=[("X-Request-Id", 'id-"1\\'), ("User-Agent", 'say "hi"\t\xff')])
        entry = gateway.wait_access_log(1)[0]
        expected = {"method": "GET", "status": 201, "route": "all", "cluster": "up", "request_id": 'id-"1\\',
                    "client": "127.0.0.1",
                    "target": "/a%22b?q='1'", "host": "example.test", "response_bytes": 5}
        self.assertEqual({key: entry.get(key) for key in expected}, expected)
        self.assertGreaterEqual(entry["duration_ms"], 0)
        self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")
        self.assertRegex(entry["trace_id"], "^[0-9a-f]{32}$")

    def test_refused_requests_are_logged_too(self):
        gateway = self.proxy(self.start_upstream())
        with RawClient(gateway.address) as client:
            client.send(b"BAD REQUEST LINE EXTRA\r\n\r\n")
            self.assertEqual(client.read_response().status, 400)
        self.assertEqual(gateway.wait_access_log(1)[0]["status"], 400)

    def test_off_writes_no_line_and_can_be_changed_while_serving(self):
        gateway = self.proxy(self.start_upstream(), settings={"access_log": "{file: off}"})
        gateway.fetch("/quiet")
        gateway.child.send(signal.SIGUSR1)  # nothing to open again
        gateway.fetch("/quiet")
        gateway.wait_requests("all", 2)
        gateway.settings["access_log"] = f'{{file: "{gateway.path("access.log")}"}}'
        gateway.write_config(gateway.body)
        gateway.wait_revision(2)
        gateway.fetch("/logged")
        self.assertEqual([entry["target"] for entry in gateway.wait_access_log(1)], ["/logged"])
        self.assertFalse(os.path.exists(gateway.path("off")))

    def test_sigusr1_reopens_without_losing_a_line(self):
        gateway = self.proxy(self.start_upstream())
        with Load(gateway.address, clients=4) as load:
            load.wait_answers(200)
            os.rename(gateway.path("access.log"), gateway.path("access.log.1"))
            gateway.child.send(signal.SIGUSR1)
            wait_until(lambda: os.path.exists(gateway.path("access.log")), 60, "the log being opened again")
            load.wait_answers(200)
            wait_until(lambda: len(gateway.access_log()) >= 150, 60, "150 lines in the new file")
        self.assertEqual(load.failures, [])
        wait_until(lambda: len(gateway.access_log("access.log.1")) + len(gateway.access_log()) == load.answers, 60,
                   f"{load.answers} lines in both files")


class MetricsTest(GatewayCase):
    def test_promtool_finds_nothing(self):
        gateway = self.proxy(self.start_upstream())
        gateway.fetch("/")
        gateway.fetch("/", headers=[("X", 'a"b\\c')])
        promtool = find_program(["promtool"], "apt-get install prometheus")
        answer = gateway.ask_admin("/metrics")
        self.assertTrue(answer.get("content-type").startswith("text/plain; version=0.0.4"), answer.headers)
        check = subprocess.run([promtool, "check", "metrics"], input=answer.body, capture_output=True, timeout=300,
                               check=False)
        self.assertEqual((check.returncode, check.stdout + check.stderr), (0, b""))

    def test_requests_are_counted_by_route_and_status(self):
        upstream = self.start_upstream()
        gateway = self.proxy(upstream)
        for _ in range(3):
            gateway.fetch("/")
        upstream.behaviour = answers(status="503 Busy")
        gateway.fetch("/")
        gateway.wait_requests("all", 4)
        counts = {}
        for line in gateway.metrics().splitlines():
            match = re.match(r'banyan_requests_total\{(.*)\} (\d+)', line)
            if match and 'route="all"' in match[1]:
                status = re.search(r'(?:status|code)="([^"]*)"', match[1])[1]
                counts[status[0]] = counts.get(status[0], 0) + int(match[2])
        self.assertEqual(counts, {"2": 3, "5": 1})


class AdminTest(GatewayCase):
    def test_every_request_needs_the_token(self):
        gateway = self.proxy(self.start_upstream())
        for target in ("/status", "/metrics", "/tasks"):
            for token in ("", "wrong", gateway.token + "x", gateway.token[:-1]):
                self.assertEqual(gateway.ask_admin(target, token=token).status, 401)
            self.assertEqual(fetch(gateway.admin, target).status, 401)
            self.assertEqual(gateway.ask_admin(target).status, 200)
        self.assertEqual(gateway.ask_admin("/nothing").status, 404)

    def test_changes_are_post_only(self):
        gateway = self.proxy(self.start_upstream())
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            answer = gateway.ask_admin("/reload", method)
            self.assertEqual((answer.status, answer.get("allow")), (405, "POST"))
        self.assertEqual(gateway.status()["config_revision"], 1)
        gateway.write_config(gateway.body.replace("id: all", "id: renamed"))
        self.assertEqual(gateway.ask_admin("/reload", "POST").status, 200)
        gateway.wait_revision(2)
        self.assertEqual(gateway.status()["routes"][0]["id"], "renamed")

    def test_the_admin_api_is_not_on_the_public_listener(self):
        gateway = self.proxy(self.start_upstream(answers(b"upstream")))
        self.assertEqual(gateway.fetch("/status").body, b"upstream")

    def test_a_page_in_a_browser_cannot_reach_it_by_a_name_of_its_own(self):
        gateway = self.proxy(self.start_upstream())
        answer = fetch(gateway.admin, "/status", headers=[("Host", "evil.test"), ("Origin", "http://evil.test")])
        self.assertIn(answer.status, (401, 403))

    def test_status_counts(self):
        gateway = self.proxy(self.start_upstream())
        for _ in range(5):
            gateway.fetch("/")
        gateway.wait_requests("all", 5)
        status = gateway.status()
        self.assertEqual((status["config_revision"], status["config_error"]), (1, None))
        route = gateway.route("all")
        self.assertEqual((route["requests"], route["clusters"]["up"]["requests"], route["clusters"]["up"]["errors"]),
                         (5, 5, 0))

        def has_figures():
            """Those of the latest seconds, which may be over, or not looked at yet."""
            gateway.fetch("/")
            now = gateway.route("all")
            return now["rate"] > 0 and (now["clusters"]["up"]["p99_ms"] or 0) > 0
        wait_until(has_figures, 60, "a rate and a percentile")

"""`banyan capture` of a running gateway, and what `banyan replay` then finds, with the example of docs/replay.md."""
import json
import os
import re
import stat
import subprocess
import threading
import time
import unittest

from e2e.test_replay import Service
from lib.case import GatewayCase
from lib.gateway import binary, run_banyan
from processes import wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def documented(language, number):
    with open(os.path.join(ROOT, "docs/replay.md"), encoding="utf-8") as page:
        return re.findall(r"```%s\n(.*?)```" % language, page.read(), re.DOTALL)[number]


class Capture(GatewayCase):
    def start(self, ledger='ledger: {file: banyan.db, samples: {mask: ["$.email", "query:code"]}}\n'):
        self.old, self.new = Service(False), Service(True)
        for service in (self.old, self.new):
            self.addCleanup(service.server_close)
            self.addCleanup(service.shutdown)
            self.addCleanup(service.ended.set)
        self.gateway = self.start_gateway(
            f'clusters: {{legacy: {{protocol: http1, endpoints: ["{self.old.url[7:]}"]}}}}\n'
            f"{ledger}routes:\n"
            "  - {id: user, match: {prefix: /user}, to: legacy}\n"
            "  - {id: all, match: {prefix: /}, to: legacy}\n")
        return self.gateway

    def recording(self, *options):
        """A capture that has begun; its end is waited for by whoever asks for its result."""
        begun = self.gateway.log().count('"capture_begun"')
        command = [binary(), "capture", "-c", self.gateway.config, "-o", "out.jsonl", *options]
        process = None

        def begins():
            """Again where it was refused: the gateway may not have seen yet that the one before has gone."""
            nonlocal process
            if process is None or process.poll() is not None:
                process = subprocess.Popen(command, cwd=self.directory, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True)
                self.addCleanup(process.kill)
            return self.gateway.log().count('"capture_begun"') > begun

        wait_until(begins, 60, "the capture begins")
        return process

    def ended(self, process, code=0):
        out, err = process.communicate(timeout=300)
        self.assertEqual((process.returncode, err), (code, ""), out)
        return out

    def lines(self):
        try:
            with open(os.path.join(self.directory, "out.jsonl"), "rb") as file:
                return file.read().count(b"\n")
        except FileNotFoundError:  # the gateway tells of a capture before its other end opens the file
            return 0

    def captured(self):
        """By method: of two requests at two workers the later one may be written first."""
        with open(os.path.join(self.directory, "out.jsonl"), encoding="utf-8") as file:
            return sorted((json.loads(line) for line in file), key=lambda request: request["method"])

    def test_what_was_captured_is_replayed_and_the_difference_found(self):
        self.start()
        process = self.recording("--requests", "6")
        for number in range(1, 6):
            self.assertEqual(self.gateway.fetch(f"/user/profile?id={number}").status, 200)
        self.gateway.fetch("/health")
        self.assertEqual(self.ended(process), "wrote 6 requests to out.jsonl\n")
        command = [binary(), "replay", "out.jsonl", "--old", self.old.url, "--new", self.new.url, "--json"]
        done = subprocess.run([*command, "--ignore", "$.served_by", "--unordered", "$.roles"], cwd=self.directory,
                              capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        report = json.loads(done.stdout)
        self.assertEqual([report[key] for key in ("compared", "different", "failed", "skipped")], [6, 2, 0, 0])
        different = [path for path in report["paths"] if path["different"]]
        self.assertEqual([(path["request"], path["places"][0]["place"]) for path in different],
                         [("GET /user/profile", "$.name")])

    def test_the_example_of_the_page(self):
        self.start()
        command = documented("sh", 1).split()
        self.assertEqual(command[:3], ["banyan", "capture", "-c"])
        command[command.index("banyan.yaml")] = self.gateway.config
        command = [binary(), *command[1:]]
        ready = self.gateway.log().count('"capture_begun"')
        process = subprocess.Popen(command, cwd=self.directory, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        wait_until(lambda: self.gateway.log().count('"capture_begun"') > ready, 60, "the capture begins")
        while process.poll() is None:
            self.gateway.fetch("/user/profile?id=7")
            time.sleep(0.01)
        self.assertEqual(process.communicate()[0], documented("text", 1))

    def test_secrets_are_not_in_the_file(self):
        self.start()
        process = self.recording("--requests", "2", "--mask", "header:x-session")
        headers = [("Authorization", "Bearer secret1"), ("Cookie", "sid=secret2"), ("X-Session", "secret3"),
                   ("Accept", "application/json")]
        self.gateway.fetch("/user/profile?id=1&code=secret4&token=secret5", headers=headers)
        self.gateway.fetch("/user/x", method="POST", headers=[("Content-Type", "application/json")],
                           body=b'{"email": "secret6", "n": 1}')
        self.ended(process)
        with open(os.path.join(self.directory, "out.jsonl"), encoding="utf-8") as file:
            text = file.read()
        self.assertNotIn("secret", text)
        first, second = self.captured()
        self.assertEqual(first["path"], "/user/profile?id=1&code=***&token=***")
        self.assertEqual({name.lower() for name in first["headers"]} & {"authorization", "cookie", "x-session"}, set())
        self.assertIn("application/json", first["headers"].values())
        self.assertEqual((second["method"], json.loads(second["body"])), ("POST", {"email": "***", "n": 1}))
        mode = os.stat(os.path.join(self.directory, "out.jsonl")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        # What the service got was whole.
        self.assertIn("secret6", self.old.seen[-1][3])

    def test_a_login_is_replayed_without_its_password_and_that_is_said(self):
        self.start(ledger="")
        process = self.recording("--requests", "2")
        login = json.dumps({"name": "Ann", "password": "s3cret"}).encode()
        self.gateway.fetch("/user/login", method="POST", headers=[("Content-Type", "application/json")], body=login)
        self.gateway.fetch("/user/profile?id=1")
        self.ended(process)
        self.assertIn("s3cret", self.old.seen[0][3])
        profile, login = self.captured()
        self.assertEqual((json.loads(login["body"]), login["masked"]), ({"name": "Ann", "password": "***"}, True))
        self.assertNotIn("masked", profile)
        url = self.old.url
        replayed = run_banyan("replay", self.path("out.jsonl"), "--old", url, "--new", url, "--unsafe")
        self.assertEqual((replayed.returncode, replayed.stderr), (0, ""))
        self.assertIn("0 skipped\n1 of them had been masked when they were recorded", replayed.stdout)
        self.assertEqual("".join(one[3] for one in self.old.seen[2:]).count("***"), 2)

    def test_credentials_are_kept_where_somebody_wants_them(self):
        self.start()
        process = self.recording("--requests", "1", "--keep-credentials")
        self.gateway.fetch("/user/profile?token=1&code=2", headers=[("Cookie", "sid=1")])
        self.ended(process)
        request, = self.captured()
        self.assertEqual(request["path"], "/user/profile?token=1&code=***")
        self.assertIn("sid=1", request["headers"].values())
        self.assertIn('"asked":"credentials=kept', self.gateway.log())

    def test_one_route_alone_for_some_seconds_or_bytes(self):
        self.start(ledger="")
        process = self.recording("--route", "user", "--seconds", "15")
        self.gateway.fetch("/user/profile?id=1")
        self.gateway.fetch("/other")
        self.gateway.fetch("/user/upload", method="POST", body=b"\xff\xfe")
        self.assertEqual(self.ended(process), "wrote 1 requests to out.jsonl; 1 could not be recorded\n")
        self.assertEqual([request["path"] for request in self.captured()], ["/user/profile?id=1"])
        process = self.recording("--mib", "1")
        body = json.dumps({"text": "x" * 200_000}).encode()
        for _ in range(8):
            self.gateway.fetch("/user/x", method="POST", headers=[("Content-Type", "application/json")], body=body)
        self.assertEqual(self.ended(process), "wrote 5 requests to out.jsonl\n")
        self.assertLessEqual(os.path.getsize(os.path.join(self.directory, "out.jsonl")), 1 << 20)

    def test_clients_notice_nothing_and_one_records_at_a_time(self):
        self.start()
        process = self.recording("--seconds", "600")
        second = run_banyan("capture", "-c", self.gateway.config, "-o", self.path("second.jsonl"))
        self.assertEqual(second.returncode, 2)
        self.assertIn("somebody records already", second.stderr)
        self.assertFalse(os.path.exists(self.path("second.jsonl")))
        answers = []
        ask = lambda: answers.extend(self.gateway.fetch("/user/profile?id=1").status for _ in range(50))
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [200] * 200)
        wait_until(lambda: self.lines() == 200, 60, "200 requests in the file")
        self.gateway.stop()  # ends the stream, and so the capture
        self.assertEqual(self.ended(process), "wrote 200 requests to out.jsonl\n")

    def test_what_is_wrong_is_said(self):
        self.start()
        for options, said in [(["--route", "none"], "no route of the gateway is named 'none'"),
                              (["--mask", "email"], "is no place to mask"), (["--seconds", "0"], "--seconds"),
                              (["--requests", "x"], "--requests"), (["--mib", "0"], "--mib")]:
            done = run_banyan("capture", "-c", self.gateway.config, "-o", self.path("x.jsonl"), *options)
            self.assertEqual(done.returncode, 2, options)
            self.assertIn(said, done.stderr)
            self.assertFalse(os.path.exists(self.path("x.jsonl")))
        done = run_banyan("capture", "-c", self.gateway.config, "-o", self.path("none/x.jsonl"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("none/x.jsonl", done.stderr)
        self.assertEqual(self.gateway.ask_admin("/capture", token="wrong").status, 401)
        self.assertEqual(self.gateway.ask_admin("/capture?credentials=all").status, 400)
        with open(self.path("x.jsonl"), "w", encoding="ascii") as file:
            file.write("older\n")
        self.gateway.stop()
        done = run_banyan("capture", "-c", self.gateway.config, "-o", self.path("x.jsonl"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("no gateway answers", done.stderr)
        with open(self.path("x.jsonl"), encoding="ascii") as file:
            self.assertEqual(file.read(), "older\n")


if __name__ == "__main__":
    unittest.main()

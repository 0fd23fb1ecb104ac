"""The command line: help, exit statuses, and configuration mistakes told as file:line:column, what, and what to do."""
import json
import re
import signal
import unittest

from lib.case import GatewayCase
from lib.gateway import run_banyan
from processes import Child, wait_until

GOOD = """version: 1
gateway:
  listen: ["127.0.0.1:8080"]
admin: {listen: "127.0.0.1:8081", token_file: admin.token}
clusters:
  up: {protocol: http1, endpoints: ["127.0.0.1:9001"]}
routes:
  - {id: all, match: {prefix: /}, to: up}
"""

# What to replace in GOOD, by what, the line of the mistake, and words the message must have.
MISTAKES = [
    ("version: 1", "version: 2", 1, ["version"]),
    ("clusters:", "clustres:", 5, ["clustres", "clusters"]),
    ("protocol: http1", "protocal: http1", 6, ["protocal", "protocol"]),
    ("protocol: http1", "protocol: http9", 6, ["http9", "http1"]),
    ("127.0.0.1:9001", "127.0.0.1:99999", 6, ["99999"]),
    ("127.0.0.1:9001", "127.0.0.1", 6, ["port"]),
    ("to: up", "to: upp", 8, ["upp", "up"]),
    ("to: up", "to: up, timeout: 2", 8, ["timeout", "2s"]),
    ("to: up", "to: up, timeout: -2s", 8, ["-2s"]),
    ("to: up", "split: [{cluster: up, percent: 60}]", 8, ["100", "60"]),
    ("to: up", "split: [{cluster: up, percent: 101}]", 8, ["101"]),
    ("to: up", "to: up, mirror: {cluster: gone, percent: 10}", 8, ["gone"]),
    ("id: all, ", "", 8, ["id"]),
    ("prefix: /", "prefix: x", 8, ["/"]),
    ("prefix: /", "path: '/user/:id/:id'", 8, ["id"]),
    ("routes:", "clusters: {}\nroutes:", 7, ["clusters"]),
    ("up: {protocol", "up: &anchor {protocol", 6, ["anchor"]),
    ("to: up}", "to: *anchor}", 8, ["anchor"]),
    ("admin:", "\tadmin:", 4, ["tab"]),
    ("routes:\n", "routes: [\n", 8, []),
    ("  - {id: all, match: {prefix: /}, to: up}\n",
     "  - {id: all, match: {prefix: /}, to: up}\n---\nversion: 1\n", 9, ["document"]),
    ("  - {id: all, match: {prefix: /}, to: up}\n",
     "  - {id: all, match: {prefix: /}, to: up}\n  - {id: all, match: {prefix: /x}, to: up}\n", 9, ["all"]),
    ("127.0.0.1:8081", "0.0.0.0:8081", 4, ["127.0.0.1:8081"]),
]


class CommandTest(unittest.TestCase):
    def test_bad_use_exits_2_and_says_what_to_do(self):
        for arguments in ([], ["nonsense"], ["gateway"], ["gateway", "-c"],
                          ["gateway", "--nonsense"], ["check"], ["status", "--jsno"]):
            with self.subTest(arguments):
                run = run_banyan(*arguments)
                self.assertEqual(run.returncode, 2, run)
                self.assertTrue(run.stderr.strip())
                self.assertEqual(run.stdout, "")

    def test_a_mistyped_command_names_the_nearest(self):
        self.assertIn("gateway", run_banyan("gatway").stderr)

    def test_help_of_every_command_has_an_example(self):
        for arguments in (["--help"], ["gateway", "--help"], ["check", "--help"], ["status", "--help"],
                          ["tasks", "--help"],
                          ["version", "--help"]):
            with self.subTest(arguments):
                run = run_banyan(*arguments)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                self.assertRegex(run.stdout.lower(), "example")

    def test_version(self):
        run = run_banyan("version")
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.stdout, r"\b\d+\.\d+\.\d+\b")


class CheckTest(GatewayCase):
    def check(self, text):
        with open(self.path("banyan.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        return run_banyan("check", "-c", self.path("banyan.yaml"))

    def setUp(self):
        super().setUp()
        with open(self.path("admin.token"), "w", encoding="ascii") as file:
            file.write("secret\n")

    def test_a_good_file_exits_0(self):
        run = self.check(GOOD)
        self.assertEqual(run.returncode, 0, run)

    def test_a_file_that_is_not_there_exits_2_and_is_named(self):
        run = run_banyan("check", "-c", self.path("none.yaml"))
        self.assertEqual(run.returncode, 2)
        self.assertIn("none.yaml", run.stderr)

    def test_every_mistake_is_told_with_its_place(self):
        for old, new, line, words in MISTAKES:
            with self.subTest(new):
                self.assertIn(old, GOOD)
                run = self.check(GOOD.replace(old, new, 1))
                self.assertEqual(run.returncode, 2, run)
                output = run.stdout + run.stderr
                self.assertRegex(output, re.compile(rf"banyan\.yaml:{line}:\d+: .+"))
                for word in words:
                    self.assertIn(word, output)

    def test_all_mistakes_are_told_at_once(self):
        run = self.check(GOOD.replace("protocol", "protocal").replace("to: up", "to: nowhere"))
        self.assertRegex(run.stdout + run.stderr, r"(?s)banyan\.yaml:6:.*banyan\.yaml:8:")

    def test_the_gateway_refuses_a_bad_file_with_2(self):
        self.check(GOOD.replace("clusters:", "clustres:"))
        run = run_banyan("gateway", "-c", self.path("banyan.yaml"))
        self.assertEqual(run.returncode, 2)
        self.assertRegex(run.stderr, r"banyan\.yaml:5:1: ")


class StatusTest(GatewayCase):
    def test_status_and_tasks_of_a_running_gateway(self):
        gateway = self.proxy(self.start_upstream())
        gateway.fetch("/")
        gateway.wait_requests("all", 1)
        text = run_banyan("status", "-c", gateway.config)
        self.assertEqual(text.returncode, 0, text)
        self.assertIn("all", text.stdout)
        document = json.loads(run_banyan("status", "--json", "-c", gateway.config).stdout)
        self.assertEqual(document["routes"][0]["requests"], 1)
        tasks = run_banyan("tasks", "-c", gateway.config)
        self.assertEqual(tasks.returncode, 0, tasks)
        self.assertTrue(tasks.stdout.strip())

    def test_status_without_a_gateway_says_so(self):
        gateway = self.proxy(self.start_upstream())
        gateway.stop()
        run = run_banyan("status", "-c", gateway.config)
        self.assertEqual(run.returncode, 1, run)
        self.assertIn(gateway.admin, run.stderr)

    def test_a_taken_port_is_named(self):
        gateway = self.proxy(self.start_upstream())
        second = Child("banyan", [gateway.child.process.args[0], "gateway",
                       "-c", gateway.config], self.path("second.log"))
        self.addCleanup(second.stop)
        wait_until(lambda: second.exit_status() is not None, 60, "the second gateway giving up")
        self.assertEqual(second.exit_status(), 2)
        self.assertRegex(second.log_tail(), f"({gateway.address}|{gateway.admin}).*Address already in use")

    def test_sigint_and_sigterm_end_it_with_0(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            gateway = self.proxy(self.start_upstream())
            self.assertEqual(gateway.stop(number), 0)

"""examples/usercenter/run: traffic flows, the two services agree, and nothing is left behind however it ends."""
import os
import re
import signal
import subprocess
import sys
import unittest

from processes import ProcessError, wait_until

RUN = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "usercenter", "run")


def build_directory():
    path = os.environ.get("BANYAN_BUILD")
    if not path:
        raise ProcessError("BANYAN_BUILD is not set: run these tests through ctest, or set it to the build directory")
    return path


class RunTest(unittest.TestCase):
    def start(self, *arguments, seconds=""):
        process = subprocess.Popen([sys.executable, "-B", RUN, *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE,
                                   text=True, env={**os.environ, "SECONDS": seconds})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def assert_nothing_left(self, process):
        mark = f"usercenter-{process.pid}"

        def left():
            listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
            return [line for line in listing.splitlines() if mark in line]
        wait_until(lambda: not left(), 10, "every child ending")

    def test_it_ends_by_itself_with_traffic_and_without_a_difference(self):
        process = self.start("--build", build_directory(), "--rate", "100", seconds="6")
        output, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, errors), (0, ""), output)
        row = re.search(r"^user-profile .*?(\d+) +(\d+)$", output, re.MULTILINE)
        self.assertGreater(int(row[1]), 200)
        self.assertEqual(int(row[2]), 0)
        self.assertRegex(output, r"client: \d{3,} answers, 0 errors")
        self.assert_nothing_left(process)

    def test_signals_end_it_cleanly_and_a_kill_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                process = self.start("--build", build_directory())
                self.assertIn("Serving on", process.stdout.readline())
                process.send_signal(number)
                process.communicate(timeout=30)
                self.assert_nothing_left(process)

    def test_a_missing_program_is_named_with_what_to_do(self):
        process = self.start("--build", "/nonexistent")
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 2)
        self.assertRegex(errors, r"/nonexistent/apps/banyan/banyan is missing: build it with")

"""examples/usercenter/run: traffic flows, the story comes about on evidence, and nothing is left behind however it
ends."""
import importlib.machinery
import importlib.util
import os
import pty
import re
import signal
import subprocess
import sys
import unittest

from processes import ProcessError, wait_until
from story import BATCH, PROFILE, Story
from table import table, without_colours
from traffic import Tally

RUN = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "usercenter", "run")


def build_directory():
    path = os.environ.get("BANYAN_BUILD")
    if not path:
        raise ProcessError("BANYAN_BUILD is not set: run these tests through ctest, or set it to the build directory")
    return path


class RunTest(unittest.TestCase):
    def start(self, *arguments, seconds="", output=subprocess.PIPE):
        process = subprocess.Popen([sys.executable, "-B", RUN, *arguments], stdout=output, stderr=subprocess.PIPE,
                                   text=True, env={**os.environ, "SECONDS": seconds, "TERM": "xterm", "NO_COLOR": ""})
        if process.stdout:
            self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def assert_nothing_left(self, process):
        mark = f"usercenter-{process.pid}"

        def left():
            listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
            return [line for line in listing.splitlines() if mark in line]
        wait_until(lambda: not left(), 60, "every child ending")

    def row(self, output, route):
        """The last row of the table about a route, by heading."""
        lines = output.splitlines()
        head = max(number for number, line in enumerate(lines) if line.startswith("endpoint "))
        line = next(line for line in lines[head:] if line.startswith(route + " "))
        ends = [match.end() for match in re.finditer(r"\S+(?: \S+)*", lines[head])]
        cells = [line[begin:end].strip() for begin, end in zip([0, *ends[:-2]], ends[:-1])]
        names = re.split(r" {2,}", lines[head])
        return dict(zip(names, [*cells, line[ends[-2]:].strip()]))

    def test_three_minutes_tell_the_whole_story(self):
        """It takes less than two where nothing is slow."""
        process = self.start("--build", build_directory(), "--rate", "100", seconds="180")
        output, errors = process.communicate(timeout=300)
        self.assertEqual((process.returncode, errors), (0, ""), output)
        opening = output.splitlines()[:2]
        self.assertRegex(opening[1], r"^Console: +http://127\.0\.0\.1:\d+/console/ .*admin\.token$")
        story = output[output.index("What happened:"):]
        self.assertIn("s  user-batch was held back: its answers differ in $.missing[*] (type)\n", story)
        self.assertRegex(story, r"(?s)deployed.*\d+ s  user-batch moved to native on evidence\n")
        self.assertRegex(output, r"user-batch: held back, \d+ of \d+ answers differ in \$\.missing\[\*\] \(type\)\n")
        for route in (PROFILE, BATCH):
            moves = re.findall(rf"(?m)^ +\d+ s  {route}: (\S.*) -> (\S.*?): .*?(?:\((\d+) compared, .*)?$", output)
            mended = moves[-5:]
            self.assertEqual([" -> ".join(move[:2]) for move in mended],
                             ["mirrored -> verified", "verified -> 5 %", "5 % -> 25 %", "25 % -> 50 %",
                              "50 % -> native"])
            for _, _, compared in (move for move in mended if move[0] != "verified"):
                self.assertGreaterEqual(int(compared), 332)
            self.assertEqual({name: self.row(output, route)[name] for name in ("state", "native")},
                             {"state": "native", "native": "100 %"})
        self.assertRegex(output, r"client: \d{4,} answers, 0 errors")
        self.assert_nothing_left(process)

    def test_a_short_run_says_that_the_story_is_not_at_its_end(self):
        process = self.start("--build", build_directory(), "--rate", "100", seconds="6")
        output, errors = process.communicate(timeout=300)
        self.assertEqual((process.returncode, errors), (0, ""), output)
        row = self.row(output, PROFILE)
        if row["compared"] == "0":  # a step was taken this moment, and evidence begins anew
            self.assertRegex(output, r"user-profile: mirrored -> verified: .*\(\d{3,} compared, 0 different\)")
        self.assertEqual((row["different"], row["differs in"]), ("0", "-"))
        self.assertRegex(output, r"client: \d{3,} answers, 0 errors")
        self.assertIn("- user-batch has not moved to native\n", re.sub(" +", " ", output))
        self.assertIn("It ended before the story did: SECONDS=120", output)
        self.assertNotIn("\033", output)
        self.assert_nothing_left(process)

    def test_a_terminal_gets_colours_and_the_token(self):
        ours, theirs = pty.openpty()
        process = self.start("--build", build_directory(), "--rate", "50", seconds="5", output=theirs)
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:
            pass  # a terminal whose other end is closed
        os.close(ours)
        self.assertEqual((process.wait(60), process.stderr.read()), (0, ""))
        text = shown.decode().replace("\r\n", "\n")
        self.assertRegex(text, r"Console: +http://127\.0\.0\.1:\d+/console/ +log in with the token: [0-9a-f]{32}\n")
        self.assertIn("\033[33m", text)
        self.assertIn("\033[H\033[2J", text)

    def test_signals_end_it_cleanly_and_a_kill_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                process = self.start("--build", build_directory())
                self.assertIn("Serving on", process.stdout.readline())
                process.send_signal(number)
                process.communicate(timeout=300)
                self.assert_nothing_left(process)

    def test_a_missing_program_is_named_with_what_to_do(self):
        process = self.start("--build", "/nonexistent")
        _, errors = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 2)
        self.assertRegex(errors, r"/nonexistent/apps/banyan/banyan is missing: build it with")


def ledger(stage="mirrored", hundredths=0, compared=0, different=0, differences=()):
    """What GET /ledger/ROUTE answers, as far as the story looks at it."""
    return {"route": {"id": "x", "stage": stage, "share_hundredths": hundredths, "compared": compared, "held": False,
                      "different": different, "bound": None, "mismatch_bound": 0.01, "blocked_by": ""},
            "transitions": [], "differences": list(differences)}


WRONG = ledger(compared=332, different=30,
               differences=[{"path": "$.missing[*]", "kind": "type", "count": 30, "noise": False}])


class StoryTest(unittest.TestCase):
    def status(self, story, lasted):
        """The exit status of a run that lasted that long, without an error."""
        loader = importlib.machinery.SourceFileLoader("usercenter_run", RUN)
        module = importlib.util.module_from_spec(importlib.util.spec_from_loader("usercenter_run", loader))
        loader.exec_module(module)
        tally = Tally()
        tally.answer(200, 0.001)
        return module.verdict(tally, story, lasted)

    def test_each_chapter_is_needed_in_two_minutes_and_none_in_less(self):
        for left_out in (None, "moved", "held_back", "mended", "moved_too"):
            story = Story()
            for second, chapter in enumerate(("moved", "held_back", "mended", "moved_too"), 1):
                setattr(story, chapter, None if chapter == left_out else second)
            self.assertEqual(self.status(story, 120.1), 0 if left_out is None else 1)
            self.assertEqual(self.status(story, 119), 0)
            self.assertEqual(sum(line.startswith("     - ") for line in story.lines()), 0 if left_out is None else 1)

    def test_held_back_needs_a_difference_and_as_many_comparisons_as_would_have_been_enough(self):
        story = Story()
        for number, batch in enumerate((ledger(compared=331, different=30, differences=WRONG["differences"]),
                                        ledger(compared=400), ledger("shifted", 500, 400, 1, WRONG["differences"]))):
            self.assertEqual(story.see(number, {PROFILE: ledger("native", 10000), BATCH: batch}), [])
            self.assertIsNone(story.held_back)
        news = story.see(10, {PROFILE: ledger("native", 10000), BATCH: WRONG})
        self.assertEqual(news, ["user-batch: held back, 30 of 332 answers differ in $.missing[*] (type)"])
        self.assertEqual([story.wants_fix(second) for second in (17, 18)], [False, True])
        story.see(20, {PROFILE: ledger("native", 10000), BATCH: ledger("native", 10000)})
        self.assertIsNone(story.moved_too)  # not before the fix: the first build would have moved

    def test_a_narrow_terminal_keeps_the_columns_that_tell_the_story(self):
        status = {"routes": [{"id": BATCH, "rate": 30.0, "requests": 100, "clusters": {}}]}
        for width in (60, 90, 110, 200):
            head, rule, row = (without_colours(line) for line in table(status, {BATCH: WRONG}, width))
            self.assertTrue({"state", "bound", "compared", "different"} <= set(head.split()), head)
            self.assertLessEqual(len(rule), max(width, 93))
            self.assertIn("$.missing[*] (type)", row)
            self.assertEqual("legacy P50/P99" in head, width >= 110)


if __name__ == "__main__":
    unittest.main()

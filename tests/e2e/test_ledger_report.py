"""`banyan report`, on ledgers made as docs/ledger.md describes them."""
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BANYAN = os.environ["BANYAN_BIN"]
COUNTS = {"compared": 3327, "different": 0, "eligible": 3330, "dropped": 3, "races": 0, "pairs": 3327,
          "failures": {"new": 0, "old": 2}, "slow": {"new": 11, "old": 35}}


def documented(language):
    with open(os.path.join(ROOT, "docs/ledger.md"), encoding="utf-8") as page:
        return re.findall(r"```%s\n(.*?)```" % language, page.read(), re.DOTALL)


def line(sequence, to, why, by="evidence"):
    return json.dumps({"sequence": sequence, "epoch": 1, "key": {"old": "php-7", "new": "native-3", "rules": "json"},
                       "from": {"stage": "legacy", "hundredths": 0}, "to": {"stage": to, "hundredths": 0},
                       "hold": None, "by": by, "why": why, "at_ns": 1764374400000000000 + sequence,
                       "evidence": COUNTS})


class LedgerReport(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="banyan-ledger-report-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = os.path.join(self.folder, "banyan.db")
        self.ledger = sqlite3.connect(self.file)
        self.addCleanup(self.ledger.close)
        self.ledger.executescript("PRAGMA journal_mode=WAL;" + documented("sql")[0])
        add = "INSERT INTO transitions VALUES('user-profile', ?, ?)"
        self.ledger.execute(add, (1, line(1, "mirrored", "a new build", "deployment")))
        self.ledger.execute(add, (2, line(2, "verified", "<script>alert(1)</script>", "anna")))
        self.ledger.execute("INSERT INTO samples VALUES(NULL, 'user-profile', 1, 1764374400000000000, "
                            "'GET /user/profile', 'r-1', "
                            "'{\"status\":200}', '{\"status\":500}', '[{\"path\":\"status\"}]', 0)")
        self.ledger.executemany("INSERT INTO places VALUES('user-profile', 1, ?, ?, ?)", [
            ("", "twice", 40), ("$.at", "value, twice", 30), ("$.at", "value", 900), ("$.name", "value", 7)])
        self.ledger.commit()

    def banyan(self, *arguments):
        return subprocess.run([BANYAN, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=300)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as report:
            return report.read()

    def test_the_commands_of_the_page_do_what_it_says(self):
        before = self.ledger.execute("SELECT count(*) FROM transitions").fetchone()
        for command in documented("sh")[0].strip().splitlines():
            done = self.banyan(*command.split()[1:])
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        report = json.loads(self.read("user-profile.json"))
        self.assertEqual(report["stage"], "verified")
        self.assertEqual([move["by"] for move in report["transitions"]], ["anna", "deployment"])
        self.assertEqual(report["samples"][0]["new"], {"status": 500})
        page = self.read("user-profile.html")
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertNotIn("<script", page)
        self.assertNotRegex(page, r"(?:src|href)=")
        self.assertEqual(self.ledger.execute("SELECT count(*) FROM transitions").fetchone(), before)

    def test_what_differs_by_itself_is_shown(self):
        said = self.banyan("report", "user-profile")
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        self.assertIn("The old side was asked twice for 40 requests since 2025-11-29T00:00:00", said.stdout)
        self.assertRegex(said.stdout, r"\n\$\.at +value +yes +30 \(75 %\) +0 +900\n")
        self.assertRegex(said.stdout, r"\n\$\.name +value +no +0 \(0 %\) +0 +7\n")
        self.banyan("report", "user-profile", "-o", "a.json")
        noise = json.loads(self.read("a.json"))["noise"]
        self.assertEqual(noise["asked_twice"], 40)
        self.assertEqual([(one["place"], one["noise"], one["old_against_old"]) for one in noise["places"]],
                         [("$.at", True, 30), ("$.name", False, 0)])
        self.banyan("report", "user-profile", "-o", "a.html")
        self.assertIn("<td>$.at</td><td>value</td><td>yes</td><td class=\"number\">30 (75 %)</td>", self.read("a.html"))

    def test_what_is_wrong_is_said(self):
        for arguments, said in [
                (["report", "users", "-o", "a.html"], "there are: user-profile"),
                (["report", "user-profile", "-o", "a.pdf"], "end 'a.pdf' in .html or .json"),
                (["report", "user-profile", "--ledger", "none.db", "-o", "a.html"], "none.db"),
                (["report", "user-profile", "-o", "no/such/a.html"], "no/such/a.html")]:
            done = self.banyan(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(said, done.stderr)

    def test_a_newer_and_a_damaged_ledger_are_refused(self):
        self.ledger.execute("PRAGMA user_version = 9")
        self.assertIn("version 9", self.banyan("report", "user-profile", "-o", "a.html").stderr)
        with open(os.path.join(self.folder, "junk.db"), "wb") as junk:
            junk.write(b"junk" * 4096)
        done = self.banyan("report", "user-profile", "--ledger", "junk.db", "-o", "a.html")
        self.assertEqual(done.returncode, 2)
        self.assertIn("damaged", done.stderr)


if __name__ == "__main__":
    unittest.main()

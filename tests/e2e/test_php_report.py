"""The migration report, made by the real program and opened in Chromium."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from processes import find_program

BANYAN = os.environ.get("BANYAN_BIN", "banyan")
LEGACY = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "usercenter", "legacy")
PAGE_BYTES_MAX = 15_000_000

LOG_LINE = ('{{"time":"2026-11-22T23:46:38.123Z","client":"127.0.0.1","method":"{}","host":"h","target":"{}",'
            '"status":{},"duration_ms":{}}}\n')


def report(*arguments, check=True, cache=None):
    environment = {**os.environ, "XDG_CACHE_HOME": cache} if cache else os.environ
    arguments = arguments if cache else ["--no-cache", *arguments]
    done = subprocess.run([BANYAN, "php", "report", *arguments], capture_output=True, timeout=300, check=False,
                          env=environment)
    if check and done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banyan-report-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def log(self):
        with open(self.path("access.log"), "w", encoding="utf-8") as log:
            for i in range(90):
                log.write(LOG_LINE.format("GET", f"/user/profile?id={i}", 200, 1 + i / 10))
            for i in range(10):
                log.write(LOG_LINE.format("POST", "/user/login", 401 if i < 3 else 200, 80))
            log.write(LOG_LINE.format("GET", "/assets/app.css", 200, 0.2))
            log.write(LOG_LINE.format("GET", "/.env", 404, 0.2))
            log.write('1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /user/profile HTTP/1.1" 200 12 "-" "x" 0.250\n')
            log.write("not a line of a log\n")
        return self.path("access.log")

    def test_the_example_with_its_traffic(self):
        data = json.loads(report("--format", "json", "--no-git", "--access-log", self.log(), LEGACY).stdout)
        endpoints = {endpoint["path"]: endpoint for endpoint in data["endpoints"]}
        for path in ["/", "/user/profile", "/user/batch", "/user/update", "/user/login", "/user/logout", "/healthz"]:
            self.assertIn(path, endpoints)
        profile = endpoints["/user/profile"]
        self.assertEqual(profile["handler"]["name"], "action_profile")
        self.assertEqual(profile["requests"], 91)
        self.assertGreater(profile["p95_ms"], profile["p50_ms"])
        self.assertEqual(endpoints["/user/login"]["by_status"][4], 3)
        names = data["functions"]["name"]
        self.assertEqual([names[entry] for entry in profile["entries"]], ["action_profile"])
        self.assertEqual(data["traffic"]["unmatched"], [["/.env", 1]])
        self.assertEqual((data["traffic"]["assets"], data["traffic"]["unreadable"]), (1, 1))
        scores = [endpoint["score"] for endpoint in data["endpoints"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual(data["endpoints"][0]["path"], "/user/profile")

    def test_same_input_same_bytes(self):
        pages = []
        for threads in ["1", "2", "2"]:
            report("--no-git", "--threads", threads, "-o", self.path("a.html"), LEGACY)
            with open(self.path("a.html"), "rb") as page:
                pages.append(page.read())
        self.assertEqual(pages[0], pages[1])
        self.assertEqual(pages[1], pages[2])

    def test_what_an_earlier_run_learnt_changes_no_byte(self):
        for name, text in (("a.php", "<?php\nfunction a() { return b(); }\n"),
                           ("b.php", "<?php\nfunction b() { return 1; }\n")):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        cache = self.path("cache")
        os.mkdir(cache)
        for text in (None, None, "<?php\nfunction b() { return rand(); }\n", None):
            if text:
                with open(self.path("b.php"), "w", encoding="utf-8") as file:
                    file.write(text)
            again = report("--format", "json", "--no-git", self.folder, cache=cache).stdout
            self.assertEqual(again, report("--format", "json", "--no-git", self.folder).stdout)

    def test_churn_comes_from_git(self):
        repository = self.path("repository")
        shutil.copytree(LEGACY, repository)
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
        for who in ("AUTHOR", "COMMITTER"):
            environment.update({f"GIT_{who}_NAME": "a", f"GIT_{who}_EMAIL": "a@b"})
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
            subprocess.run(["git", *command], cwd=repository, env=environment, check=True)
        data = json.loads(report("--format", "json", repository).stdout)
        self.assertEqual(data["churn"]["known"], True)
        self.assertEqual(set(data["files"]["commits"]), {1})
        data = json.loads(report("--format", "json", "--no-git", repository).stdout)
        self.assertEqual(data["churn"]["known"], False)

    def test_wrong_use(self):
        for arguments, words in [([self.path("gone")], ["gone"]), ([self.folder], [".php"]),
                                 (["--format", "pdf", LEGACY], ["pdf", "html"]),
                                 (["--access-log", self.path("gone.log"), LEGACY], ["gone.log"]),
                                 (["--access-log", os.path.join(LEGACY, "config.php"), LEGACY], ["combined"]),
                                 (["-o", self.path("no/where.html"), LEGACY], ["where.html"])]:
            done = report(*arguments, check=False)
            self.assertEqual(done.returncode, 2, arguments)
            for word in words:
                self.assertIn(word, done.stderr.decode())

    def test_twenty_thousand_functions(self):
        os.makedirs(self.path("big"))
        for file in range(200):
            functions = "".join(f"function f{file}_{i}(int $a): int {{ return f{file}_{i + 1}($a) + "
                                f"f{(file + 1) % 200}_{i + 1}(2); }}\n" for i in range(100))
            with open(self.path(f"big/f{file}.php"), "w", encoding="utf-8") as out:
                out.write("<?php\n" + functions)
        report("--no-git", "-o", self.path("big.html"), self.path("big"))
        self.assertLess(os.path.getsize(self.path("big.html")), PAGE_BYTES_MAX)
        self.look_at(self.path("big.html"), "functions", ["20,000 of 20,000", "f0_0"], rows_max=80)

    def test_the_page_works(self):
        report("--no-git", "--title", "shop <b>", "--access-log", self.log(), "-o", self.path("a.html"), LEGACY)
        with open(self.path("a.html"), encoding="utf-8") as file:
            page = file.read()
        # Nothing is loaded: the only address is the name of SVG.
        self.assertEqual(set(re.findall(r"\w+://[^\"' ]*", page)), {"http://www.w3.org/2000/svg"})
        self.look_at(self.path("a.html"), "", ["/user/profile", "Then work on these functions", "shop &lt;b&gt;"])
        self.look_at(self.path("a.html"), "endpoints", ["/user/logout", "p95"])
        self.look_at(self.path("a.html"), "files", ["includes"])
        self.look_at(self.path("a.html"), "order", ["Leaves first"])
        self.look_at(self.path("a.html"), "reasons", ["banyan php explain"])
        self.look_at(self.path("a.html"), "traffic", ["/.env"])

    def look_at(self, path, tab, words, rows_max=None):
        """The words stand in the page once its script has run."""
        chromium = find_program(["chromium", "chromium-browser", "google-chrome"], "apt-get install chromium")
        done = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                               "--virtual-time-budget=5000",
                               f"--user-data-dir={self.path('profile')}", "--dump-dom", f"file://{path}#{tab}"],
                              capture_output=True, timeout=300, check=False)
        shown = re.sub(r"<script.*?</script>", "", done.stdout.decode(errors="replace"), flags=re.S)
        for word in words:
            self.assertIn(word, shown, f"tab {tab or 'overview'}: {done.stderr.decode(errors='replace')[-2000:]}")
        if rows_max is not None:
            self.assertLess(shown.count('class="row"'), rows_max)
            self.assertGreater(shown.count('class="row"'), 5)


if __name__ == "__main__":
    unittest.main()

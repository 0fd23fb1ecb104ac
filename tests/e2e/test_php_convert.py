"""banyan php convert: programs of PHP, converted to Go, say byte for byte what php8.2 says; refusals; edits."""
import glob
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from lib.gateway import binary

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = os.path.join(ROOT, "src", "php_convert", "testdata", "programs")
EXTENSIONS = ("-d", "extension=mbstring", "-d", "extension=intl", "-d", "extension=iconv")
ITERATORS = os.path.join(ROOT, "tests", "e2e", "data", "php_cpp", "iterators.php")
BUILD_SECONDS_MAX = 1200
RUN_SECONDS_MAX = 300


def go_program():
    found = shutil.which("go") or "/usr/local/go/bin/go"
    if not os.path.exists(found):
        raise AssertionError("go is missing: install the package golang-go, or run tools/setup test")
    return found


def gofmt_program():
    beside = os.path.join(os.path.dirname(os.path.realpath(go_program())), "gofmt")
    return beside if os.path.exists(beside) else "gofmt"


class PhpConvert(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="banyan-convert-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def convert(self, *arguments, expect=0):
        done = subprocess.run([binary(), "php", "convert", *arguments], capture_output=True, text=True, timeout=300,
                              check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def run_program(self, *arguments):
        return subprocess.run(arguments, capture_output=True, timeout=RUN_SECONDS_MAX, check=False,
                              env={**os.environ, "TMPDIR": self.directory})

    def go(self, *arguments, where):
        environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
        done = subprocess.run([go_program(), *arguments], cwd=where, capture_output=True, text=True, env=environment,
                              timeout=BUILD_SECONDS_MAX, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_programs_say_what_php_says(self):
        out = self.path("out")
        self.convert(PROGRAMS, "-o", out)
        unformatted = subprocess.run([gofmt_program(), "-l", "."], cwd=out, capture_output=True, text=True, timeout=300,
                                     check=True)
        self.assertEqual(unformatted.stdout, "")
        os.mkdir(self.path("bin"))
        self.go("vet", "./...", where=out)
        self.go("build", "-o", self.path("bin") + os.sep, "./...", where=out)
        programs = sorted(glob.glob(os.path.join(PROGRAMS, "*.php")))
        self.assertGreaterEqual(len(programs), 6)
        for source in programs:
            with self.subTest(source):
                name = os.path.basename(source)[:-len(".php")]
                wanted = self.run_program("php8.2", "-n", *EXTENSIONS, source)
                given = self.run_program(self.path("bin", name))
                self.assertEqual(given.stdout, wanted.stdout, given.stderr.decode("utf-8", "replace"))
                self.assertEqual(given.returncode, wanted.returncode)

    def test_iterators_ask_each_other_as_in_php(self):
        self.convert(ITERATORS, "-o", self.path("out"))
        self.go("build", "-o", self.path("program"), ".", where=self.path("out"))
        wanted = self.run_program("php8.2", "-n", ITERATORS)
        given = self.run_program(self.path("program"))
        self.assertEqual(given.stdout, wanted.stdout, given.stderr.decode("utf-8", "replace"))
        self.assertEqual(given.returncode, wanted.returncode)

    def test_a_refusal_is_named_and_the_rest_is_converted(self):
        source = self.write("a.php", "<?php\nfunction bad($c) {\n    return eval($c);\n}\n"
                                     "function good(int $n): int {\n    return $n;\n}\necho good(1);\n")
        done = self.convert(source, "-o", self.path("out"), "--report", self.path("report.json"), expect=1)
        self.assertIn("a.php:3: refused: bad: eval", done.stdout)
        with open(self.path("report.json"), encoding="utf-8") as file:
            [converted] = json.load(file)["files"]
        states = {one["name"]: one["state"] for one in converted["functions"]}
        self.assertEqual(states, {"{file}": "typed", "bad": "refused", "good": "typed"})
        self.assertTrue(all(pair["php"] <= 8 for pair in converted["lines"]))
        self.go("build", "-o", self.path("program"), ".", where=self.path("out"))
        self.assertEqual(self.run_program(self.path("program")).stdout, b"1")

    def test_edited_files_stay_unless_forced(self):
        source = self.write("a.php", "<?php echo 1;\n")
        out = self.path("out")
        self.convert(source, "-o", out)
        self.convert(source, "-o", out)
        with open(self.path("out", "main.go"), "a", encoding="utf-8") as file:
            file.write("// mine\n")
        done = self.convert(source, "-o", out, expect=2)
        self.assertIn("main.go was edited", done.stderr)
        self.convert(source, "-o", out, "--force")
        with open(self.path("out", "main.go"), encoding="utf-8") as file:
            self.assertNotIn("// mine", file.read())

    def test_cpp_is_a_project_of_cmake(self):
        source = self.write("a.php", "<?php\nfunction good(int $n): int {\n    return $n;\n}\necho good(1);\n")
        out = self.path("out")
        self.convert(source, "--to", "cpp", "-o", out, "--report", self.path("report.json"))
        with open(os.path.join(out, "CMakeLists.txt"), encoding="utf-8") as file:
            self.assertIn("add_executable(a a.cpp)", file.read())
        with open(os.path.join(out, "a.cpp"), encoding="utf-8") as file:
            self.assertIn("std::int64_t good([[maybe_unused]] std::int64_t n) {", file.read())
        with open(self.path("report.json"), encoding="utf-8") as file:
            [converted] = json.load(file)["files"]
        self.assertEqual(converted["cpp"], "a.cpp")
        self.assertIn({"cpp": 18, "php": 3}, converted["lines"])
        with open(os.path.join(out, "a.cpp"), "a", encoding="utf-8") as file:
            file.write("// mine\n")
        self.assertIn("a.cpp was edited", self.convert(source, "--to", "cpp", "-o", out, expect=2).stderr)

    def test_another_language_is_refused(self):
        source = self.write("a.php", "<?php echo 1;\n")
        done = self.convert(source, "--to", "rust", "-o", self.path("out"), expect=2)
        self.assertIn("--to rust is unknown: give go or cpp", done.stderr)
        self.assertFalse(os.path.exists(self.path("out")))


if __name__ == "__main__":
    unittest.main()

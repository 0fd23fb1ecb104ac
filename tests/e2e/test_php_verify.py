"""banyan php verify: real PHP beside real Go; wrong conversions are found and made small; the rest is said.

data/php_verify is a small project, evidence.json there what is known about it: BANYAN_UPDATE=1 writes it anew.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from e2e.test_php_convert import ROOT, go_program
from lib.gateway import binary

DATA = os.path.join(ROOT, "tests", "e2e", "data", "php_verify")
DOCUMENT = os.path.join(ROOT, "docs", "php", "verify.md")
VERIFY_SECONDS_MAX = 1500


class PhpVerify(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="banyan-verify-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()

    def banyan(self, *arguments, expect):
        environment = {**os.environ, "TMPDIR": self.directory}
        done = subprocess.run([binary(), "php", *arguments], capture_output=True, text=True, cwd=self.directory,
                              env=environment, timeout=VERIFY_SECONDS_MAX, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def verify(self, *arguments, expect=0):
        return self.banyan("verify", *arguments, "--go-program", go_program(), expect=expect)

    # Whether staticcheck is there, and can read what this Go makes, is the machine's business.
    def without_checkers(self, text):
        return "".join(line for line in text.splitlines(True) if not line.startswith("staticcheck "))

    def test_every_function_of_a_project_has_its_evidence(self):
        shutil.copytree(DATA, self.path("project"))
        done = self.verify("project/src", "--tests", "project/tests", "--report", "evidence.json", "--inputs", "60")
        evidence = json.loads(self.read("evidence.json"))
        states = {one["name"]: one["state"] for one in evidence["functions"]}
        self.assertEqual(states["joined"], "equal", done.stdout)
        for one in evidence["functions"]:
            if one["state"] == "equal":
                self.assertEqual(one["compared"], one["inputs"], one["name"])
        self.assertEqual(evidence["tools"].pop("php")[:4], "8.2.")
        self.assertRegex(evidence["tools"]["go"].pop("version"), r"^go version go1\.")
        evidence["tools"].pop("staticcheck")
        for one in evidence["functions"]:  # what the Go looks like is the business of the conversion's own tests
            go = one.pop("go", None)
            self.assertTrue(go and go["source"].startswith("func ") or one["state"] == "not_run", one["name"])
            one.pop("dynamic")
        golden = os.path.join(DATA, "evidence.json")
        text = json.dumps(evidence, indent=1) + "\n"
        if os.environ.get("BANYAN_UPDATE"):
            with open(golden, "w", encoding="utf-8") as file:
                file.write(text)
        with open(golden, encoding="utf-8") as file:
            self.assertEqual(text, file.read())
        self.assertIn("today was not compared: effect:time", done.stdout)
        self.assertIn("evaluated was not compared: refused (eval)", done.stdout)
        self.assertEqual(sorted(os.listdir(self.directory)), ["evidence.json", "project"])

    def test_the_example_of_the_manual_and_a_planted_mistake(self):
        with open(DOCUMENT, encoding="utf-8") as file:
            text = file.read()
        source = re.search(r"```php\n(.*?)```", text, re.S)[1]
        says = re.findall(r"\n```\n(\w.*?)```", text, re.S)
        self.write("names.php", source)
        done = self.verify("names.php")
        self.assertEqual(self.without_checkers(done.stdout), says[1])
        self.banyan("convert", "names.php", "-o", "go", expect=0)
        go = self.read("go", "main.go")
        planted = go.replace("sum = php.NumAdd(sum.Value(), one)", "sum = php.Int(sum.Int() + php.ToInt(one))")
        self.assertNotEqual(go, planted)
        self.write("go/main.go", planted)
        done = self.verify("names.php", "--converted", "go", "--report", "evidence.html", expect=1)
        self.assertEqual(self.without_checkers(done.stdout), says[2])
        page = self.read("evidence.html")
        data = json.loads(re.search(r'type="application/json">(.*?)</script>', page, re.S)[1])
        [different] = [one for one in data["functions"] if one["state"] == "different"]
        self.assertEqual(different["php"]["line"], 4)
        self.assertIn("$sum += $one", different["php"]["source"])
        self.assertIn("sum.Int() + php.ToInt(one)", different["go"]["source"])
        self.assertGreater(different["example"]["steps"], 0)
        self.assertNotRegex(page, r'(src|href)="')

    def test_crashes_and_endless_loops_are_differences_and_a_broken_file_is_left_out(self):
        self.write("crash.php", "<?php function crash(int $n): int { return $n; }\n")
        self.write("hang.php", "<?php function hang(bool $n): bool { return $n; }\n")
        self.write("broken.php", "<?php function broken(int $n): int { return $n; }\n")
        self.write("deep.php", "<?php function deep(int $n): int { return deep($n) + 1; }\n")
        sources = ["crash.php", "hang.php", "broken.php", "deep.php"]
        self.banyan("convert", *sources, "-o", "go", expect=0)
        for name, line in {"crash": "return crash(n) + 1", "hang": "for {\n}", "broken": "return \"\""}.items():
            go = self.read("go", name, "main.go")
            self.assertIn("return n", go)
            self.write(f"go/{name}/main.go", go.replace("return n", line))
        done = self.verify(*sources, "--converted", "go", "--report", "evidence.json", "--inputs", "5", expect=1)
        found = {one["name"]: one for one in json.loads(self.read("evidence.json"))["functions"]}
        self.assertEqual(found["crash"]["state"], "different", done.stdout)
        self.assertIn("stack", found["crash"]["example"]["go"])
        self.assertEqual(found["hang"]["state"], "different")
        self.assertTrue(found["hang"]["example"]["slow"])
        self.assertEqual(found["broken"]["state"], "unbuilt")
        self.assertIn("line ", found["broken"]["why"])
        self.assertEqual((found["deep"]["state"], found["deep"]["compared"]), ("undecided", 0))

    def test_a_property_of_a_trait_of_another_file_stops(self):
        self.write("loud.php", "<?php\ntrait Loud {\n    public $mark = '!';\n}\n")
        self.write("speaker.php", "<?php\nclass Speaker {\n    use Loud;\n"
                                  "    public function marks(): string {\n        return $this->mark;\n    }\n}\n")
        done = self.verify("loud.php", "speaker.php", "--inputs", "20", "--report", "evidence.json", expect=1)
        states = {one["name"]: one["state"] for one in json.loads(self.read("evidence.json"))["functions"]}
        self.assertEqual(states["Speaker::marks"], "stopped", done.stdout)

    def test_a_method_of_a_trait_of_another_file_stops_rather_than_the_inherited_one_runs(self):
        self.write("loud.php", "<?php\ntrait Loud {\n    public function mark(): string {\n        return '!';\n"
                               "    }\n}\n")
        self.write("speaker.php", "<?php\nclass Quiet {\n"
                                  "    public function mark(): string {\n        return '.';\n    }\n"
                                  "    public function word(): string {\n        return 'w';\n    }\n}\n"
                                  "class Speaker extends Quiet {\n    use Loud;\n"
                                  "    public function marks(): string {\n        return $this->mark();\n    }\n"
                                  "    public function words(): string {\n        return $this->word();\n    }\n}\n")
        self.verify("loud.php", "speaker.php", "--inputs", "20", "--report", "evidence.json", expect=1)
        states = {one["name"]: one["state"] for one in json.loads(self.read("evidence.json"))["functions"]}
        self.assertEqual((states["Speaker::marks"], states["Speaker::words"]), ("stopped", "equal"))

    def test_what_cannot_be_tried_is_said(self):
        self.write("a.php", "<?php function f(int $n): int { return $n; }\n")
        self.write("a.txt", "")
        os.mkdir(self.path("empty"))
        for arguments, message in {
                ("a.php", "--to", "rust"): "--to rust is unknown: give go or cpp",
                ("a.php", "--report", "x.txt"): "ends in neither .html nor .json",
                ("a.php", "--inputs", "0"): "--inputs",
                ("empty",): "no file ends in .php",
                ("missing.php",): "missing.php",
                ("a.php", "--converted", "empty"): "empty/main.go",
                ("a.php", "--php-program", "no-such-php"): "PHP cannot be run as no-such-php",
                ("a.php", "--php", "8.1", "--php-program", "php8.2"): "and the files are for 8.1",
                ("a.php", "--work", "empty"): "making --work empty"}.items():
            with self.subTest(arguments):
                self.assertIn(message, self.banyan("verify", *arguments, expect=2).stderr)
        done = self.banyan("verify", "a.php", "--go-program", "no-such-go", expect=2)
        self.assertIn("Go cannot be run as no-such-go", done.stderr)
        self.assertEqual(sorted(os.listdir(self.directory)), ["a.php", "a.txt", "empty"])


if __name__ == "__main__":
    unittest.main()

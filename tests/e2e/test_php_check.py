"""banyan php check, fix, rules and explain: formats held against their specifications, baselines, comments, watching
files."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree
from html.parser import HTMLParser

from lib.gateway import binary

try:
    import jsonschema
except ImportError:
    jsonschema = None

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

SAMPLE = """<?php
$r = mysql_query("SELECT * FROM t WHERE id = $id");
echo $_GET['q'];
$a = array(1, 2);
eval($code);
"""
# A name and text that every format has to escape; bytes that are not UTF-8.
AWKWARD_NAME = "a &<\"' %:b.php"
AWKWARD = b"<?php\n$\xff = 'caf\xe9 \xf0\x9f\x98\x80 ]]> \x01' . strval(array(\"\xe4\"));\n"
FORMATS = ["text", "json", "sarif", "checkstyle", "junit", "github", "gitlab", "html"]


class PhpCase(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="banyan-php-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.cache = tempfile.mkdtemp(prefix="banyan-cache-")
        self.addCleanup(shutil.rmtree, self.cache, ignore_errors=True)
        self.environment = {**os.environ, "XDG_CACHE_HOME": self.cache}

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return name

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def banyan(self, *arguments, expect=None, stdin=b""):
        """One run in the test's directory; standard output as bytes."""
        run = subprocess.run([binary(), "php", *arguments], cwd=self.directory, input=stdin, capture_output=True,
                             timeout=300, check=False, env=self.environment)
        if expect is not None:
            self.assertEqual(run.returncode, expect, run.stdout.decode(errors="replace") + run.stderr.decode())
        return run

    def check(self, *arguments, expect=1):
        return self.banyan("check", *arguments, expect=expect).stdout

    def findings(self, *arguments, expect=1):
        return json.loads(self.check("--format", "json", *arguments, expect=expect))["findings"]


class FormatsTest(PhpCase):
    def setUp(self):
        super().setUp()
        self.write("src/a.php", SAMPLE)
        self.write(f"src/{AWKWARD_NAME}", AWKWARD)
        self.write("src/broken.php", "<?php f(;\n")

    def report(self, name):
        return self.check("--level", "5", "--format", name, "src")

    def test_every_format_gives_the_same_bytes_whatever_the_threads(self):
        for name in FORMATS:
            with self.subTest(name):
                one = self.check("--level", "5", "--format", name, "--threads", "1", "src")
                two = self.check("--level", "5", "--format", name, "--threads", "2", "src")
                self.assertEqual(one, two)
                self.assertEqual(one, self.report(name))
                self.assertGreater(len(one), 100)

    def test_text_names_place_severity_and_code(self):
        lines = self.report("text").decode(errors="replace").split("\n")
        self.assertTrue(any(line.startswith("src/a.php:3:6: error: taint.html: ") for line in lines), lines)
        self.assertTrue(any(line.startswith("src/broken.php:1:9: error: parse.unexpected-token: ") for line in lines))
        self.assertRegex(lines[-2], r"^\d+ findings \(.*\) in 3 files$")

    def test_sarif_has_what_the_specification_requires(self):
        log = json.loads(self.report("sarif").decode("utf-8", errors="strict"))
        self.assertEqual(log["version"], "2.1.0")
        self.assertEqual(len(log["runs"]), 1)
        run = log["runs"][0]
        driver = run["tool"]["driver"]
        self.assertTrue(driver["name"])
        ids = [rule["id"] for rule in driver["rules"]]
        self.assertEqual(ids, sorted(set(ids)))
        for rule in driver["rules"]:
            self.assertTrue(rule["shortDescription"]["text"])
            self.assertIn(rule["defaultConfiguration"]["level"], ("none", "note", "warning", "error"))
        self.assertGreater(len(run["results"]), 4)
        prints = [result["partialFingerprints"]["banyanFinding/v1"] for result in run["results"]]
        self.assertEqual(len(prints), len(set(prints)))
        for result in run["results"]:
            self.assert_result(result, ids, run["originalUriBaseIds"])

    def assert_result(self, result, ids, bases):
        self.assertEqual(result["ruleId"], ids[result["ruleIndex"]])
        self.assertIn(result["level"], ("none", "note", "warning", "error"))
        self.assertTrue(result["message"]["text"])
        self.assertEqual(len(result["locations"]), 1)
        place = result["locations"][0]["physicalLocation"]
        self.assertRegex(place["artifactLocation"]["uri"], r"^src/[A-Za-z0-9._~%/-]+$")
        self.assertIn(place["artifactLocation"]["uriBaseId"], bases)
        self.assert_region(place["region"])
        for fix in result.get("fixes", []):
            self.assertTrue(fix["description"]["text"])
            for change in fix["artifactChanges"]:
                self.assertEqual(change["artifactLocation"], place["artifactLocation"])
                for replacement in change["replacements"]:
                    self.assert_region(replacement["deletedRegion"])
                    self.assertIsInstance(replacement["insertedContent"]["text"], str)

    def assert_region(self, region):
        self.assertEqual(set(region), {"startLine", "startColumn", "endLine", "endColumn"})
        self.assertGreaterEqual(min(region.values()), 1)
        self.assertLessEqual((region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"]))

    @unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
    def test_sarif_follows_its_schema(self):
        # That of OASIS (sarif-spec, sarif-2.1/schema), without its descriptions.
        with open(os.path.join(HERE, "data", "sarif-2.1.0.schema.json"), encoding="utf-8") as file:
            validator = jsonschema.Draft7Validator(json.load(file))
        self.write("src/flow.php", "<?php\nfunction show($m) { echo $m; }\nshow($_GET['a']);\n")
        self.write("clean/a.php", "<?php\n")
        for arguments, expect in ((["src"], 1), (["--level", "5", "src"], 1), (["clean"], 0)):
            log = json.loads(self.check("--format", "sarif", *arguments, expect=expect))
            mistakes = [f"{list(one.path)}: {one.message}" for one in validator.iter_errors(log)]
            self.assertEqual(mistakes, [])
        wrong = json.loads(self.report("sarif"))
        wrong["runs"][0]["results"][0]["message"] = "text"
        self.assertFalse(validator.is_valid(wrong))

    def test_sarif_columns_count_utf16_units(self):
        self.write("u.php", "<?php $s = '\U0001f600\u00e9'; $a = array();\n")
        log = json.loads(self.check("--level", "5", "--format", "sarif", "u.php"))
        region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
        self.assertEqual((region["startColumn"], region["endColumn"]), (24, 31))

    def test_xml_is_well_formed_whatever_the_bytes(self):
        style = xml.etree.ElementTree.fromstring(self.report("checkstyle"))
        self.assertEqual(style.tag, "checkstyle")
        self.assertIn(f"src/{AWKWARD_NAME}", [file.get("name") for file in style.findall("file")])
        for error in style.iter("error"):
            self.assertGreaterEqual(int(error.get("line")), 1)
            self.assertIn(error.get("severity"), ("error", "warning", "info"))
            self.assertTrue(error.get("message") and error.get("source"))
        suites = xml.etree.ElementTree.fromstring(self.report("junit"))
        cases = list(suites.iter("testcase"))
        self.assertEqual(int(suites.get("failures")), len(cases))
        self.assertTrue(all(case.find("failure") is not None for case in cases))

    def test_github_has_one_command_a_line(self):
        for line in self.report("github").decode(errors="replace").splitlines():
            self.assertRegex(line, r"^::(error|warning|notice) file=[^,]+,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,"
                                   r"title=[a-z0-9.-]+::.+$")

    def test_gitlab_has_what_code_quality_asks_for(self):
        entries = json.loads(self.report("gitlab").decode("utf-8", errors="strict"))
        self.assertEqual(len({entry["fingerprint"] for entry in entries}), len(entries))
        for entry in entries:
            self.assertTrue(entry["description"] and entry["check_name"])
            self.assertIn(entry["severity"], ("info", "minor", "major", "critical", "blocker"))
            self.assertTrue(entry["location"]["path"].startswith("src/"))
            self.assertGreaterEqual(entry["location"]["lines"]["begin"], 1)

    def test_html_needs_no_network(self):
        page = self.report("html").decode("utf-8", errors="strict")
        found = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag, attrs):
                found.append((tag, dict(attrs)))

        Reader().feed(page)
        tags = [tag for tag, _ in found]
        self.assertEqual(tags.count("html"), 1)
        self.assertFalse([tag for tag, attrs in found if "src" in attrs or tag == "link" or "href" in attrs])
        self.assertNotIn("://", page)
        self.assertIn("taint.html", page)

    def test_a_clean_file_gives_zero_and_a_valid_report(self):
        self.write("clean/a.php", "<?php echo 1;\n")
        for name in FORMATS:
            with self.subTest(name):
                report = self.check("--format", name, "clean", expect=0)
                if name in ("json", "sarif", "gitlab"):
                    json.loads(report)
                if name in ("checkstyle", "junit"):
                    xml.etree.ElementTree.fromstring(report)

    def test_output_goes_to_a_file(self):
        self.assertEqual(self.check("--format", "json", "-o", "out.json", "src"), b"")
        self.assertEqual(self.read("out.json"), self.check("--format", "json", "src"))


class UseTest(PhpCase):
    def test_bad_use_exits_2_and_says_what_to_do(self):
        self.write("a.php", "<?php\n")
        for arguments in (["check"], ["check", "none.php"], ["check", "--format", "xml", "a.php"],
                          ["check", "--level", "9", "a.php"], ["check", "--stdin", "a.php"],
                          ["check", "--prune-baseline", "a.php"], ["check", "--rules", "none.yaml", "a.php"],
                          ["check", "--baseline", "none.json", "a.php"], ["check", "--watch", "--stdin"],
                          ["fix"], ["fix", "--rule", "no.such", "a.php"], ["explain", "no.such.code"],
                          ["rules", "test", "none.yaml"]):
            with self.subTest(arguments):
                run = self.banyan(*arguments, expect=2)
                self.assertEqual(run.stdout, b"")
                self.assertTrue(run.stderr.strip())

    def test_a_file_named_twice_is_checked_and_fixed_once(self):
        self.write("src/a.php", "<?php\n$a = array(1);\n")
        report = self.check("--level", "5", "src", "./src", self.path("src/a.php")).decode()
        self.assertTrue(report.endswith("1 finding (1 note) in 1 file\n"), report)
        run = self.banyan("fix", "src", "./src", expect=0)
        self.assertIn(b"1 fix made in 1 of 1 file", run.stderr)

    def test_levels_add_findings(self):
        self.write("a.php", SAMPLE)
        counts = [len(self.findings("--level", str(level), "a.php", expect=1 if level else 0)) for level in range(6)]
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(counts[0], 0)
        self.assertLess(counts[4], counts[5])

    def test_versions_choose_rules(self):
        self.write("a.php", "<?php $r = utf8_encode($s);\n")
        self.assertEqual(self.findings("--php", "8.1", "a.php", expect=0), [])
        self.assertEqual([f["code"] for f in self.findings("--php", "8.2", "a.php")], ["upgrade.utf8-encode"])

    def test_standard_input_has_the_name_it_is_given(self):
        run = self.banyan("check", "--stdin", "--stdin-path", "src/x.php", "--format", "json", expect=1,
                          stdin=b"<?php eval($a);")
        self.assertEqual(json.loads(run.stdout)["findings"][0]["file"], "src/x.php")

    def test_explain_knows_rules_errors_and_what_was_meant(self):
        page = self.banyan("explain", "legacy.array-syntax", expect=0).stdout.decode()
        self.assertIn("safe fix", page)
        self.assertIn("$a = [1, 'k' => 2];", page)
        self.assertIn("php -l", self.banyan("explain", "goto.undefined", expect=0).stdout.decode())
        self.assertIn("legacy.array-syntax", self.banyan("explain", "legacy.aray-syntax", expect=2).stderr.decode())

    def test_explain_knows_every_code_of_the_front_end(self):
        codes = set()
        for path in glob.glob(f"{ROOT}/src/php_lex/*.cpp") + glob.glob(f"{ROOT}/src/php_parse/*.cpp"):
            with open(path, encoding="utf-8") as file:
                codes.update(re.findall(r'"([a-z]+\.[a-z-]+)"', file.read()))
        self.assertGreater(len(codes), 100)
        pages = self.banyan("explain", *sorted(codes), expect=0).stdout.decode()
        self.assertEqual(pages.count("php -l"), len(codes))


class AcceptTest(PhpCase):
    def test_a_baseline_lets_pass_what_is_known_and_is_pruned(self):
        self.write("a.php", SAMPLE)
        self.banyan("check", "--generate-baseline", "known.json", "a.php", expect=0)
        self.assertEqual(self.findings("--baseline", "known.json", "a.php", expect=0), [])
        self.write("a.php", SAMPLE.replace("<?php\n", "<?php\n\n\n") + "eval($more);\n")
        self.assertEqual([f["line"] for f in self.findings("--baseline", "known.json", "a.php")], [8])
        before = self.read("known.json")
        self.write("a.php", "<?php\neval($code);\n")
        self.check("--baseline", "known.json", "--prune-baseline", "a.php", expect=0)
        after = json.loads(self.read("known.json"))
        self.assertLess(len(self.read("known.json")), len(before))
        self.assertEqual([entry["code"] for entry in after["findings"]], ["migration.eval"])

    def test_comments_need_a_reason_and_a_finding(self):
        self.write("a.php", "<?php\n"
                            "eval($a); // @banyan-ignore migration.eval the console of the administrators\n"
                            "// @banyan-ignore migration.eval generated, see tools\n"
                            "eval($b);\n"
                            "eval($c); // @banyan-ignore migration.eval\n"
                            "f(); // @banyan-ignore migration.eval nothing here\n")
        found = [(f["line"], f["code"]) for f in self.findings("a.php")]
        self.assertEqual(found, [(5, "migration.eval"), (5, "ignore.malformed"), (6, "ignore.unused")])


class FlowTest(PhpCase):
    SOURCE = "<?php\nrequire __DIR__ . '/b.php';\n$id = $_GET['id'];\nfind(trim($id));\n"
    SINK = "<?php\nfunction find($n) {\n  return mysqli_query(db(), \"SELECT * FROM t WHERE n = '$n'\");\n}\n"

    def setUp(self):
        super().setUp()
        self.write("src/a.php", self.SOURCE)
        self.write("src/b.php", self.SINK)

    def flows(self):
        return [f for f in self.findings("src") if f["code"] == "taint.sql"]

    def test_a_value_is_followed_over_files_with_its_steps(self):
        flow = self.flows()[0]
        self.assertEqual((flow["file"], flow["line"]), ("src/b.php", 3))
        self.assertEqual((flow["flow"][0]["file"], flow["flow"][0]["line"]), ("src/a.php", 3))
        log = json.loads(self.check("--format", "sarif", "src"))
        flows = [result["codeFlows"] for result in log["runs"][0]["results"] if "codeFlows" in result]
        steps = flows[0][0]["threadFlows"][0]["locations"]
        self.assertEqual(len(steps), len(flow["flow"]))
        for step in steps:
            self.assertTrue(step["location"]["message"]["text"])
            self.assertIn("artifactLocation", step["location"]["physicalLocation"])

    def test_escaping_ends_the_flow_and_a_comment_lets_it_pass(self):
        self.write("src/a.php", self.SOURCE.replace("trim($id)", "(int) $id"))
        self.assertEqual(self.flows(), [])
        self.write("src/a.php", self.SOURCE)
        self.write("src/b.php", self.SINK.replace(");\n", "); // @banyan-ignore taint.sql names are checked above\n"))
        self.assertEqual(self.flows(), [])


class RulesTest(PhpCase):
    RULES = ("version: 1\nrules:\n  - id: team.no-dump\n    severity: error\n    level: 1\n"
             "    message: var_dump of $X\n    match: var_dump($X)\n    fix: {safe: true, with: log_value($X)}\n"
             "    examples: {bad: ['var_dump($a);'], good: ['f($a);'], fixed: ['log_value($a);']}\n")

    def test_the_built_in_rules_hold(self):
        out = self.banyan("rules", "test", expect=0).stdout.decode()
        self.assertGreaterEqual(int(re.search(r"(\d+) rules", out).group(1)), 60)
        self.assertIn(" 0 failed", out)

    def test_own_rules_are_tested_used_and_refused_with_a_place(self):
        self.write("team.yaml", self.RULES)
        self.banyan("rules", "test", "team.yaml", expect=0)
        self.write("a.php", "<?php\nvar_dump($x);\n")
        found = self.findings("--rules", "team.yaml", "--level", "1", "a.php")
        self.assertEqual([(f["code"], f["message"]) for f in found], [("team.no-dump", "var_dump of $x")])
        self.write("bad.yaml", self.RULES.replace("match: var_dump($X)", "match: var_dump($X"))
        run = self.banyan("rules", "test", "bad.yaml", expect=2)
        self.assertIn(b"bad.yaml:7:", run.stderr)
        self.write("wrong.yaml", self.RULES.replace("good: ['f($a);']", "good: ['var_dump(1);']"))
        run = self.banyan("rules", "test", "wrong.yaml", expect=1)
        self.assertIn(b"wrong.yaml:9:", run.stderr)

    def test_every_rule_is_listed_and_explained(self):
        lines = self.banyan("rules", "list", expect=0).stdout.decode().splitlines()
        self.assertGreaterEqual(len(lines), 60)
        groups = {line.split(".")[0] for line in lines}
        self.assertLessEqual({"migration", "security", "legacy", "upgrade"}, groups)


class FixTest(PhpCase):
    SOURCE = "<?php\n$a = array(1, array(2)); // kept\n$b = intval($x) + 1;\n$c = rand(1, 6);\n"

    def test_dry_run_prints_a_diff_that_patch_takes(self):
        self.write("a.php", self.SOURCE)
        run = self.banyan("fix", "--dry-run", "a.php", expect=1)
        self.assertEqual(self.read("a.php").decode(), self.SOURCE)
        diff = run.stdout.decode()
        self.assertIn("--- a.php\n+++ a.php\n@@ -1,4 +1,4 @@\n", diff)
        self.assertIn("\n+$a = [1, [2]]; // kept\n", diff)
        self.banyan("fix", "a.php", expect=0)
        self.assertEqual(self.read("a.php").decode(),
                         "<?php\n$a = [1, [2]]; // kept\n$b = (int) $x + 1;\n$c = rand(1, 6);\n")

    def test_fixing_twice_changes_nothing_and_unsafe_is_asked_for(self):
        self.write("a.php", self.SOURCE)
        self.banyan("fix", "a.php", expect=0)
        once = self.read("a.php")
        self.assertEqual(self.banyan("fix", "--dry-run", "a.php", expect=0).stdout, b"")
        self.banyan("fix", "a.php", expect=0)
        self.assertEqual(self.read("a.php"), once)
        self.banyan("fix", "--unsafe", "a.php", expect=0)
        self.assertIn(b"random_int(1, 6)", self.read("a.php"))

    def test_a_fix_that_breaks_the_syntax_is_refused(self):
        self.write("bad.yaml", RulesTest.RULES.replace("with: log_value($X)", "with: 'log_value($X'"))
        self.write("a.php", "<?php\nvar_dump($x);\n")
        run = self.banyan("fix", "--rules", "bad.yaml", "--rule", "team.no-dump", "a.php", expect=2)
        self.assertIn(b"would break line 2", run.stderr)
        self.assertEqual(self.read("a.php"), b"<?php\nvar_dump($x);\n")

    def test_permissions_stay(self):
        self.write("a.php", self.SOURCE)
        os.chmod(self.path("a.php"), 0o640)
        self.banyan("fix", "a.php", expect=0)
        self.assertEqual(os.stat(self.path("a.php")).st_mode & 0o777, 0o640)


class WatchTest(PhpCase):
    def test_a_changed_file_is_reported_again(self):
        self.write("src/a.php", "<?php echo 1;\n")
        with open(self.path("out.txt"), "wb") as out:
            with subprocess.Popen([binary(), "php", "check", "--watch", "src"], cwd=self.directory, stdout=out,
                                  stderr=subprocess.DEVNULL) as child:
                try:
                    self.wait_for("No findings in 1 file")
                    self.write("src/a.php", "<?php eval($code);\n")
                    self.wait_for("src/a.php:1:7: warning: migration.eval")
                    self.write("src/b.php", "<?php echo 2;\n")
                    self.wait_for("in 2 files")
                    os.unlink(self.path("src/a.php"))
                    self.wait_for("No findings in 1 file", count=2)
                    self.assertIsNone(child.poll())
                finally:
                    child.terminate()

    def wait_for(self, text, count=1, seconds=120):
        deadline = time.monotonic() + seconds
        while self.read("out.txt").decode().count(text) < count:
            self.assertLess(time.monotonic(), deadline, f"{text!r} not in {self.read('out.txt')!r}")
            time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()

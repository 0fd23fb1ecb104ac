"""banyan php check with what an earlier run learnt: the same bytes as without, whatever changed, broke or ran beside
it; and the installed packages of composer."""
import json
import os
import subprocess
import unittest

from lib.gateway import binary

from e2e.test_php_check import PhpCase

CALLER = "<?php\nfunction price() { return amount() + 1; }\n$total = strval(amount());\n"
AMOUNT = "<?php\nfunction amount() { return %s; }\n"
PAGE = "<?php\nrequire 'shown.php';\nshow($_GET['q']);\n"
SHOWN = "<?php\nfunction show($text) { echo %s; }\n"


class CacheTest(PhpCase):
    def setUp(self):
        super().setUp()
        self.write("src/caller.php", CALLER)
        self.write("src/amount.php", AMOUNT % "1")
        self.write("src/page.php", PAGE)
        self.write("src/shown.php", SHOWN % "htmlspecialchars($text)")
        for i in range(20):
            self.write(f"src/other{i}.php", f"<?php\n$a{i} = array({i});\n")

    def kept(self):
        """The files in the cache."""
        folder = os.path.join(self.cache, "banyan", "php")
        return sorted(os.path.join(folder, name) for name in os.listdir(folder)) if os.path.isdir(folder) else []

    @staticmethod
    def bytes_of(path):
        with open(path, "rb") as file:
            return file.read()

    def both(self, *arguments):
        """The report, which has to be the one made without a cache."""
        arguments = ["check", "--level", "5", "--format", "json", *arguments, "src"]
        fresh = self.banyan(*arguments, "--no-cache")
        kept = self.banyan(*arguments)
        self.assertEqual((kept.returncode, kept.stdout), (fresh.returncode, fresh.stdout))
        return json.loads(kept.stdout)["findings"]

    def test_a_second_run_gives_the_same_bytes(self):
        first = self.both()
        self.assertEqual(len(self.kept()), 1)
        self.assertEqual(self.both(), first)
        self.assertEqual(len(self.kept()), 1)
        self.assertTrue(first)

    def test_changes_are_seen_wherever_they_matter(self):
        self.both()
        for text in ("'1'", "1.5", "null", "1"):  # the caller's rules ask for the type
            self.write("src/amount.php", AMOUNT % text)
            self.both()
        self.write("src/shown.php", SHOWN % "$text")  # a flow from another file
        codes = {(one["file"], one["code"]) for one in self.both()}
        self.assertIn(("src/shown.php", "taint.html"), codes)
        self.write("src/new.php", "<?php\neval($x);\n")
        self.assertIn("src/new.php", {one["file"] for one in self.both()})
        os.remove(self.path("src/new.php"))
        os.remove(self.path("src/shown.php"))
        self.assertNotIn("taint.html", {one["code"] for one in self.both()})

    def test_options_have_a_cache_each(self):
        for options in ([], ["--php", "8.4"], ["--short-tags"], ["--threads", "1"]):
            self.both(*options)
        self.assertEqual(len(self.kept()), 3)  # threads change nothing

    def test_broken_files_are_no_cache(self):
        first = self.both()
        path = self.kept()[0]
        whole = self.bytes_of(path)
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:]
        for broken in (b"", whole[:10], whole[:middle], flipped, whole + b"x", b"\xff" * len(whole)):
            with open(path, "wb") as file:
                file.write(broken)
            self.assertEqual(self.both(), first)
            self.assertEqual(self.bytes_of(path), whole)

    def test_without_a_place_or_wish_nothing_is_kept(self):
        self.banyan("check", "--no-cache", "src")
        self.assertEqual(self.kept(), [])
        self.environment = {key: value for key, value in self.environment.items()
                            if key not in ("XDG_CACHE_HOME", "HOME")}
        self.both()
        self.environment["XDG_CACHE_HOME"] = "/proc/none"
        self.both()

    def test_runs_beside_each_other(self):
        expected = self.banyan("check", "--format", "json", "--no-cache", "src").stdout
        line = [binary(), "php", "check", "--format", "json", "src"]
        for _ in range(3):
            runs = [subprocess.Popen(line, cwd=self.directory, env=self.environment, stdout=subprocess.PIPE)
                    for _ in range(6)]
            for run in runs:
                self.assertEqual(run.communicate(timeout=300)[0], expected)
        self.assertEqual(len(self.kept()), 1)

    def test_the_folder_is_bounded(self):
        self.both()
        folder = os.path.dirname(self.kept()[0])
        for i in range(80):
            path = os.path.join(folder, f"{i:032x}.cache")
            with open(path, "wb") as file:
                file.write(b"old")
            os.utime(path, (i, i))
        self.both("--php", "8.1")
        self.assertEqual(len(self.kept()), 64)
        self.both()  # what was used lately is still there


# A code base in which everything hangs together, and what is done to it, one change before each run.
LINKED = {
    "base.php": "<?php\nclass Base {\n    protected $kept;\n    public function text($x) { return strval($x); }\n}\n",
    "child.php": "<?php\nclass Child extends Base implements Shown {\n"
                 "    public function show($x) { echo $this->text($x); }\n}\n",
    "shown.php": "<?php\ninterface Shown { public function show($x); }\n",
    "make.php": "<?php\nfunction make() { return new Child; }\nfunction count_all(array $a) { return count($a); }\n",
    "page.php": "<?php\n$page = make();\n$page->show($_GET['q']);\n$n = strval(count_all([]));\n",
    "other.php": "<?php\nfunction other(Shown $s) { $s->show($_POST['p']); return intval(count_all([1])); }\n",
}
CHANGES = [
    ("a body", "base.php", "strval($x)", "htmlspecialchars($x)"),
    ("a body, back", "base.php", "htmlspecialchars($x)", "strval($x)"),
    ("a function more in front", "make.php", "<?php\n", "<?php\nfunction first() { return eval('1'); }\n"),
    ("what a function gives back", "make.php", "return count($a)", "return 'n' . count($a)"),
    ("a function renamed", "make.php", "function count_all(", "function count_some("),
    ("and again", "make.php", "function count_some(", "function count_all("),
    ("a function less", "make.php", "function first() { return eval('1'); }\n", ""),
    ("a signature", "make.php", "count_all(array $a)", "count_all(?array $a = null): int"),
    ("the case of a name", "make.php", "function make(", "function Make("),
    ("another parent", "child.php", "extends Base", "extends Nowhere"),
    ("no parent", "child.php", " extends Nowhere", ""),
    ("the parent again", "child.php", "class Child", "class Child extends Base"),
    ("an interface less", "child.php", " implements Shown", ""),
    ("an interface more", "child.php", " extends Base", " extends Base implements Shown"),
    ("a method moved up", "base.php", "\n}\n", "\n    public function show($x) { echo intval($x); }\n}\n"),
    ("and no more below", "child.php", "public function show($x) { echo $this->text($x); }", ""),
    ("the class renamed", "base.php", "class Base", "class Bass"),
    ("the class back", "base.php", "class Bass", "class Base"),
    ("what cannot be read", "shown.php", "interface Shown {", "interface Shown"),
    ("and can again", "shown.php", "interface Shown", "interface Shown {"),
    ("only white space", "page.php", "\n", "\n\n"),
    ("a comment that lets pass", "page.php", "$n =", "// @banyan-ignore legacy.strval it is fine\n$n ="),
]


class ManyChangesTest(PhpCase):
    """Each run starts from what an older one learnt, sometimes from that of several changes ago."""

    def setUp(self):
        super().setUp()
        for name, text in LINKED.items():
            self.write(f"src/{name}", text)
        for i in range(30):
            self.write(f"src/more{i}.php", f"<?php\nfunction more{i}($x) {{ return array(strval($x), make()); }}\n")

    def both(self):
        arguments = ["check", "--level", "5", "--format", "json", "src"]
        fresh = self.banyan(*arguments, "--no-cache")
        kept = self.banyan(*arguments)
        self.assertEqual((kept.returncode, kept.stdout), (fresh.returncode, fresh.stdout))
        return kept.stdout

    def change(self, name, old, new):
        text = self.read(name).decode()
        self.assertIn(old, text)
        self.write(name, text.replace(old, new))

    def test_a_run_after_each_kind_of_change_says_what_one_without_a_past_says(self):
        seen = {self.both()}
        for what, name, old, new in CHANGES:
            with self.subTest(what):
                self.change(f"src/{name}", old, new)
                seen.add(self.both())
        self.assertGreater(len(seen), len(CHANGES) // 3)  # they do change what is found

    def test_files_that_come_and_go_among_changes(self):
        self.both()
        for i, (what, name, old, new) in enumerate(CHANGES[:9]):
            with self.subTest(what):
                self.write("src/come.php",
                           f"<?php\nclass Come{i} extends Child {{ function show($x) {{ print $x; }} }}\n")
                self.both()
                self.change(f"src/{name}", old, new)
                self.both()
                os.remove(self.path("src/come.php"))
                self.both()

    def test_a_change_of_neither_size_nor_time_is_seen(self):
        path = self.path("src/base.php")
        before = self.both()
        self.assertEqual(self.both(), before)
        status = os.stat(path)
        with open(path, "r+b") as file:  # the same inode
            text = file.read().replace(b"strval($x)", b"intval($x)")
            file.seek(0)
            file.write(text)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assertEqual((os.stat(path).st_size, os.stat(path).st_mtime_ns), (status.st_size, status.st_mtime_ns))
        self.assertNotEqual(self.both(), before)


class PackagesTest(PhpCase):
    def setUp(self):
        super().setUp()
        self.write("composer.json", json.dumps({"autoload": {"psr-4": {"App\\": "src/"}}}))
        self.write("vendor/composer/installed.json", json.dumps({"packages": [
            {"name": "acme/db", "install-path": "../acme/db",
             "autoload": {"psr-4": {"Acme\\": "src/"}, "files": ["functions.php"]}}]}))
        self.write("vendor/acme/db/src/Db.php", "<?php\nnamespace Acme;\nclass Db {\n    private \\mysqli $link;\n"
                   "    public function run(string $sql) { return mysqli_query($this->link, $sql); }\n}\n"
                   "$a = array();\n")
        self.write("vendor/acme/db/functions.php", "<?php\nfunction cents(): int { return 1; }\n")
        self.write("vendor/acme/db/tests/Wrong.php", "<?php\nclass Wrong {\n")
        self.write("src/Page.php", "<?php\nnamespace App;\nclass Page {\n    public function show(\\Acme\\Db $db) {\n"
                   "        return $db->run('SELECT ' . $_GET['q']);\n    }\n}\n")

    def test_their_symbols_are_known_and_they_are_not_checked(self):
        findings = self.findings("--level", "5", "src")
        self.assertEqual({one["file"] for one in findings}, {"src/Page.php"})
        flow = next(one for one in findings if one["code"] == "taint.sql")
        self.assertEqual(flow["line"], 5)
        self.assertEqual(flow["flow"][-1]["file"], "vendor/acme/db/src/Db.php")
        self.write("vendor/acme/db/src/Db.php", "<?php\nnamespace Acme;\nclass Db {\n"
                   "    public function run(string $sql) { return 1; }\n}\n")
        self.assertNotIn("taint.sql", {one["code"] for one in self.findings("--level", "5", "src", expect=None)})

    def test_a_broken_list_is_refused(self):
        self.write("vendor/composer/installed.json", '{"packages": [{"name": "a/b", "autoload": {"psr-4": 1}}]}')
        run = self.banyan("check", "src", expect=2)
        self.assertIn("vendor/composer/installed.json", run.stderr.decode())


if __name__ == "__main__":
    unittest.main()

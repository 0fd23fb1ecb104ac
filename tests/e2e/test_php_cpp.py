"""PHP to C++ as a user does it: convert, build with CMake through find_package(banyan), run, verify beside real PHP.

BANYAN_BIN names the program, BANYAN_BUILD the build tree whose runtime is linked, sanitizers and all.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from lib.gateway import binary

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "tests", "e2e", "data", "php_cpp")
COMPARISONS = os.path.join(ROOT, "src", "php_convert", "testdata", "programs", "comparisons.php")
CONVERT_DOCUMENT = os.path.join(ROOT, "docs", "php", "convert.md")
VERIFY_DOCUMENT = os.path.join(ROOT, "docs", "php", "verify.md")
SECONDS_MAX = 1500
# Takes anything for a number, and goes round where the numbers end.
PLANTED = ("static_cast<php::Int>(static_cast<std::uint64_t>(php::to_int(sum)) + "
           "static_cast<std::uint64_t>(php::to_int(one)))")

SHOP = r"""<?php
declare(strict_types=1);
namespace Shop;

interface Priced { public function price(): float; }
abstract class Item implements Priced, \JsonSerializable {
    private static int $made = 0;
    public function __construct(protected string $name, protected readonly float $net) { self::$made++; }
    public static function made(): int { return self::$made; }
    public function jsonSerialize(): array { return ['name' => $this->name, 'price' => $this->price()]; }
}
final class Book extends Item { public function price(): float { return round($this->net * 1.05, 2); } }
final class Toy extends Item { public function price(): float { return round($this->net * 1.19, 2); } }

function cheapest(Item ...$items): ?Item {
    usort($items, fn(Item $a, Item $b) => $a->price() <=> $b->price());
    return $items[0] ?? null;
}
function countdown(int $from): \Generator {
    try {
        while ($from > 0) { yield $from => str_repeat('*', $from--); }
        return 'lift off';
    } finally {
        echo "[end]";
    }
}
$items = [new Book('Dune', 10.0), new Toy('Top', 8.4), new Book('Emma', 8.0)];
echo json_encode(cheapest(...$items)), ' ', Item::made(), "\n";
foreach ($all = countdown(3) as $n => $stars) { printf("%02d %-4s|", $n, $stars); }
echo $all->getReturn(), "\n";
$totals = [];
foreach ($items as $item) { $totals[$item::class][] = $item->price(); }
foreach ($totals as &$prices) { $prices = array_sum($prices); }
unset($prices);
var_dump($totals, PHP_INT_MAX + 1, "10" == "1e1", intdiv(-7, 2), preg_replace('/(\w)(\w*)/', '$2$1', 'hello world'));
sscanf('12 apples', '%d %s', $count, $what);
$data = [3, 1, 2];
$names = ['c', 'a', 'b'];
array_multisort($data, $names);
echo "$count $what ", implode($names), "\n";
function depth(int $n): int { return $n === 0 ? 0 : 1 + depth($n - 1); }
echo depth(20000), "\n";
try { intdiv(1, 0); } catch (\DivisionByZeroError $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
echo $undefined ?? 'none', "\n", $missing, "end\n";
"""


class PhpCpp(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="banyan-cpp-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.environment = {**os.environ, "TMPDIR": self.directory, "banyan_DIR": os.environ["BANYAN_BUILD"],
                            "PATH": os.path.dirname(binary()) + ":" + os.environ["PATH"]}

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()

    def run_step(self, *command, expect=0):
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, timeout=SECONDS_MAX,
                              env=self.environment, check=False)
        self.assertEqual(done.returncode, expect, done.stdout[-4000:] + done.stderr[-4000:])
        return done.stdout

    def verify(self, *arguments, expect=0):
        return self.run_step("banyan", "php", "verify", "--to", "cpp", *arguments, expect=expect)

    def test_the_commands_of_the_manual_make_a_program_that_says_what_php_says(self):
        with open(CONVERT_DOCUMENT, encoding="utf-8") as file:
            section = file.read().partition("## To C++")[2]
        script = re.search(r"```\n(banyan php convert.*?)```", section, re.S)[1]
        self.assertIn("tools/build release banyan_php_runtime\n", script)
        # Banyan is built already, and with the flags of this tree; all else is done to the letter.
        script = script.replace("tools/build release banyan_php_runtime\n", "")
        script = script.replace(" -G Ninja", " -G Ninja -DCMAKE_BUILD_TYPE=Debug")
        os.makedirs(self.path("build"))
        os.symlink(os.environ["BANYAN_BUILD"], self.path("build", "release"))
        self.write("shop.php", SHOP)
        *steps, last = script.strip().splitlines()
        build, _, program = last.partition(" && ")
        self.assertEqual(program, "shop/build/shop")
        self.run_step("sh", "-ec", "\n".join([*steps, build]))
        wanted = subprocess.run(["php8.2", "-n", self.path("shop.php")], capture_output=True, timeout=300, check=True)
        given = subprocess.run([program], cwd=self.directory, capture_output=True, timeout=300, check=False)
        self.assertEqual(given.stdout.decode(), wanted.stdout.decode(), given.stderr.decode())
        self.assertEqual(given.returncode, wanted.returncode)

    def test_programs_say_what_php_says_byte_for_byte(self):
        sources = shutil.copytree(DATA, self.path("sources"))
        shutil.copy(COMPARISONS, sources)
        self.run_step("banyan", "php", "convert", sources, "--to", "cpp", "-o", "programs")
        self.run_step("cmake", "-S", "programs", "-B", "built", "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19",
                      "-DCMAKE_BUILD_TYPE=None")
        self.run_step("cmake", "--build", "built")
        # A closure that holds itself is never freed: only PHP has a collector of cycles.
        environment = {**self.environment,
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
        names = sorted(name[:-len(".php")] for name in os.listdir(sources))
        self.assertGreaterEqual(len(names), 4)
        for name in names:
            with self.subTest(name):
                wanted = subprocess.run(["php8.2", "-n", os.path.join(sources, f"{name}.php")], capture_output=True,
                                        timeout=300, check=False)
                given = subprocess.run([self.path("built", name)], capture_output=True, timeout=300, env=environment,
                                       check=False)
                self.assertEqual(given.stdout.decode("latin-1"), wanted.stdout.decode("latin-1"),
                                 given.stderr.decode("latin-1"))
                self.assertEqual(given.returncode, wanted.returncode)

    def test_verify_finds_the_functions_equal_and_a_planted_mistake_different(self):
        with open(VERIFY_DOCUMENT, encoding="utf-8") as file:
            text = file.read()
        self.write("names.php", re.search(r"```php\n(.*?)```", text, re.S)[1])
        self.assertEqual(self.verify("names.php"), "2 functions: 2 equal\n")
        self.run_step("banyan", "php", "convert", "--to", "cpp", "names.php", "-o", "cpp")
        code = self.read("cpp", "names.cpp")
        planted = code.replace("php::add(sum, one)", PLANTED)
        self.assertNotEqual(code, planted)
        self.write("cpp/names.cpp", planted)
        said = self.verify("names.php", "--converted", "cpp", "--report", "evidence.html", expect=1)
        self.assertRegex(said, r"names\.php:4: total differs\n  C\+\+   cpp/names\.cpp:\d+\n  call  total\(\[''\]\)\n"
                               r"  PHP   throws TypeError\('Unsupported operand types: int \+ string'\)\n  C\+\+   0\n"
                               r"2 functions: 1 equal, 1 different\n$")
        data = json.loads(re.search(r'type="application/json">(.*?)</script>', self.read("evidence.html"), re.S)[1])
        self.assertEqual(data["language"], "cpp")
        self.assertIn("clang version", data["tools"]["cpp"]["version"])
        [different] = [one for one in data["functions"] if one["state"] == "different"]
        self.assertIn(PLANTED, different["cpp"]["source"])

    def test_files_that_need_each_other_objects_and_what_does_not_build(self):
        self.write("base.php", "<?php abstract class Base { public function __construct(protected array $of = []) {}\n"
                               "  abstract function add(int $n): static;\n"
                               "  function first() { return $this->of[0] + 1; }\n}\n")
        self.write("list.php", "<?php declare(strict_types=1);\nclass Numbers extends Base {\n"
                               "  function add(int $n): static { $this->of[] = $n; return $this; }\n"
                               "  /** @return Generator<int> */\n"
                               "  function each() { foreach ($this->of as $k => $v) yield $k => $v; }\n"
                               "  static function of(int|string ...$all): static { var_dump($all); "
                               "return new static($all); }\n}\n"
                               "function taken(array &$list, $key) { unset($list[$key]); return helper($list); }\n")
        self.write("help.php", "<?php function helper(array $list) { return implode(',', $list) . key($list); }\n")
        self.write("broken.php", "<?php function broken(int $n): int { return $n; }\n")
        self.write("crash.php", "<?php function crash(int $n): int { return $n; }\n")
        self.write("refused.php", "<?php function refused($c) { return eval($c); }\n")
        sources = ["base.php", "list.php", "help.php", "broken.php", "crash.php", "refused.php"]
        self.run_step("banyan", "php", "convert", "--to", "cpp", *sources, "-o", "cpp", expect=1)
        for name, line in {"broken": "return php::Array();",
                           "crash": "return *static_cast<volatile std::int64_t*>(nullptr);"}.items():
            code = self.read("cpp", f"{name}.cpp")
            self.assertIn("return n;", code)
            self.write(f"cpp/{name}.cpp", code.replace("return n;", line))
        said = self.verify(*sources, "--converted", "cpp", "--report", "evidence.json", "--inputs", "40", expect=1)
        functions = {one["name"]: one for one in json.loads(self.read("evidence.json"))["functions"]}
        states = {name: one["state"] for name, one in functions.items()}
        self.assertEqual(states, {"Base::__construct": "not_run", "Base::add": "not_run", "Base::first": "equal",
                                  "Numbers::add": "equal", "Numbers::each": "equal", "Numbers::of": "equal",
                                  "taken": "equal", "helper": "equal", "broken": "unbuilt", "crash": "different",
                                  "refused": "refused"}, said)
        for one in functions.values():
            if one["state"] == "equal":
                self.assertEqual(one["compared"], one["inputs"], one["name"])
        self.assertRegex(functions["broken"]["why"], r"^line \d+: no viable conversion")

    def test_without_a_build_of_banyan_nothing_is_tried(self):
        self.write("a.php", "<?php function f(int $n): int { return $n; }\n")
        for arguments, message in {("--banyan-dir", "."): "no build of Banyan is in",
                                   ("--cxx-program", "no-such-clang"): "clang cannot be run as no-such-clang"}.items():
            with self.subTest(arguments):
                done = subprocess.run(["banyan", "php", "verify", "--to", "cpp", "a.php", *arguments],
                                      cwd=self.directory, capture_output=True, text=True, timeout=300,
                                      env=self.environment, check=False)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(message, done.stderr)
        self.assertEqual(os.listdir(self.directory), ["a.php"])


if __name__ == "__main__":
    unittest.main()

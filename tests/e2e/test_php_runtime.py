"""The Go runtime of converted PHP against PHP itself: every builtin of its table, called with the same arguments."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "php_runtime"))

import calls  # noqa: E402
import compare  # noqa: E402

CALLS_EACH = 80
SEED = 1


class PhpRuntime(unittest.TestCase):
    def test_every_builtin_gives_what_php_gives(self):
        functions = calls.read_table(compare.TABLE)
        lines = compare.make_calls(functions, CALLS_EACH, SEED)
        with tempfile.TemporaryDirectory(prefix="banyan-php-") as directory:
            different, total = compare.compare(functions, lines, directory)
        self.assertGreater(total, 20 * len(functions))
        first = {name: found[0] for name, found in different.items()}
        self.assertEqual(first, {}, f"{len(first)} functions differ (seed {SEED}); see tests/php_runtime/compare.py")

    def test_the_go_files_are_what_the_tables_say(self):
        check = subprocess.run([sys.executable, os.path.join(ROOT, "runtimes", "go", "generate.py"), "--check"],
                               capture_output=True, text=True, check=False)
        self.assertEqual(check.returncode, 0, check.stderr)

    def test_go_finds_nothing_to_complain_of(self):
        module = os.path.join(ROOT, "runtimes", "go", "php")
        vet = subprocess.run(["go", "vet", "./..."], cwd=module, capture_output=True, text=True, check=False)
        self.assertEqual(vet.returncode, 0, vet.stderr)
        layout = subprocess.run(["gofmt", "-l", "."], cwd=module, capture_output=True, text=True, check=True)
        self.assertEqual(layout.stdout, "")


if __name__ == "__main__":
    unittest.main()

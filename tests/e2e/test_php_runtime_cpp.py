"""The C++ runtime of converted PHP against PHP itself: every builtin that it has, called with the same arguments."""
import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "php_runtime"))

import compare  # noqa: E402

CALLS_EACH = 80
SEED = 1


class PhpRuntimeCpp(unittest.TestCase):
    def test_every_builtin_gives_what_php_gives(self):
        functions = compare.cpp_functions()
        lines = compare.make_calls(functions, CALLS_EACH, SEED)
        different, total = compare.compare(functions, lines, None, os.environ["PHP_RUNTIME_DRIVER"])
        self.assertGreater(total, 20 * len(functions))
        first = {name: found[0] for name, found in different.items()}
        self.assertEqual(first, {},
                         f"{len(first)} functions differ (seed {SEED}): compare.py --cpp shows them")

    def test_the_tables_are_what_the_go_runtime_says(self):
        writer = os.path.join(ROOT, "src", "php_runtime", "builtin_table.py")
        check = subprocess.run([sys.executable, writer, "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(check.returncode, 0, check.stderr)


if __name__ == "__main__":
    unittest.main()

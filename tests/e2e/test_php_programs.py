"""The programs of src/php_convert's tests, converted to C++, say byte for byte what php8.2 says."""
import glob
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = os.path.join(ROOT, "src", "php_convert", "testdata", "programs")
EXTENSIONS = ("-d", "extension=mbstring", "-d", "extension=intl", "-d", "extension=iconv")


class PhpPrograms(unittest.TestCase):
    def test_they_say_what_php_says(self):
        binary = os.environ["PHP_PROGRAMS_BIN"]
        converted = sorted(glob.glob(os.path.join(PROGRAMS, "*.cpp.txt")))
        self.assertGreaterEqual(len(converted), 12)
        folder = tempfile.TemporaryDirectory(prefix="banyan-programs-")
        self.addCleanup(folder.cleanup)
        environment = {**os.environ, "TMPDIR": folder.name}
        for one in converted:
            name = os.path.basename(one)[: -len(".cpp.txt")]
            source = os.path.join(PROGRAMS, name + ".php")
            with self.subTest(name):
                want = subprocess.run(["php8.2", "-n", *EXTENSIONS, source], capture_output=True, timeout=300,
                                      check=False, env=environment)
                got = subprocess.run([binary, name], capture_output=True, timeout=300, check=False, env=environment)
                # The golden programs were converted under /app.
                said = got.stdout.replace(b"/app/", PROGRAMS.encode() + b"/")
                self.assertEqual(said, want.stdout, got.stderr.decode())
                self.assertEqual(got.returncode, want.returncode, got.stderr.decode())


if __name__ == "__main__":
    unittest.main()

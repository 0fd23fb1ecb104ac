"""`banyan new service` writes a service that builds, passes its tests and runs. BANYAN_BIN names the program,
BANYAN_BUILD the build tree it is linked with, BANYAN_CXX and BANYAN_CC the compilers of that."""
import os
import re
import subprocess

from lib.case import GatewayCase
from processes import ProcessError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def setting(name):
    value = os.environ.get(name)
    if not value:
        raise ProcessError(f"{name} is not set: run these tests through ctest")
    return value


class NewServiceTest(GatewayCase):
    def run_banyan(self, *arguments):
        return subprocess.run([setting("BANYAN_BIN"), "new", "service", *arguments], cwd=self.directory,
                              capture_output=True, text=True, timeout=60, check=False)

    def run_step(self, name, command):
        step = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, timeout=280, check=False)
        self.assertEqual(step.returncode, 0, f"{name}:\n{step.stdout[-4000:]}\n{step.stderr[-4000:]}")
        return step.stdout

    def test_a_new_service_builds_passes_its_tests_and_runs(self):
        made = self.run_banyan("hello-world", "--banyan", "/somewhere/banyan")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        folder, build = self.path("hello-world"), self.path("build")
        for name in ("README.md", "Dockerfile", "hello-world.service", ".gitignore", "CMakeLists.txt",
                     "src/hello-world.h", "src/hello-world_test.cpp", "tests/smoke.py"):
            self.assertTrue(os.path.isfile(os.path.join(folder, name)), name)
        self.run_step("configure", ["cmake", "-S", folder, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                                    f"-DCMAKE_CXX_COMPILER={setting('BANYAN_CXX')}",
                                    f"-DCMAKE_C_COMPILER={setting('BANYAN_CC')}",
                                    f"-Dbanyan_DIR={setting('BANYAN_BUILD')}"])
        self.run_step("build", ["cmake", "--build", build, "--parallel", "2"])
        told = self.run_step("test", ["ctest", "--test-dir", build, "--output-on-failure"])
        self.assertIn("100% tests passed, 0 tests failed out of 2", told)

    def test_a_folder_that_is_there_is_left_alone(self):
        os.mkdir(self.path("taken"))
        again = self.run_banyan("taken")
        self.assertEqual(again.returncode, 2)
        self.assertIn("./taken is there already", again.stderr)
        self.assertEqual(os.listdir(self.path("taken")), [])

    def test_a_name_that_is_none_is_refused(self):
        for name in ("Hello", "a_b", "../x", "-", "1a"):
            refused = self.run_banyan("--into", ".", "--", name)
            self.assertEqual(refused.returncode, 2, name)
            self.assertIn("is no name for a service", refused.stderr)

    def test_the_tutorial_shows_what_is_in_the_files_it_names(self):
        with open(os.path.join(ROOT, "docs", "services.md"), encoding="utf-8") as file:
            text = file.read()
        listings = re.findall(r"<!-- (\S+) -->\n```cpp\n(.*?)```", text, re.DOTALL)
        self.assertEqual(len(listings), text.count("```cpp"), "a listing that names no file")
        for name, listing in listings:
            with open(os.path.join(ROOT, name), encoding="utf-8") as file:
                self.assertIn(listing, file.read(), name)

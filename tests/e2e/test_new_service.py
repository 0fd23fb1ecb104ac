"""`banyan new service` writes a service that builds, passes its tests and runs. BANYAN_BIN names the program,
BANYAN_BUILD the build tree it is linked with."""
import os
import re
import sqlite3
import subprocess

from lib.case import GatewayCase
from lib.raw_http import fetch
from processes import Child, ProcessError, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def setting(name):
    value = os.environ.get(name)
    if not value:
        raise ProcessError(f"{name} is not set: run these tests through ctest")
    return value


class NewServiceTest(GatewayCase):
    def run_banyan(self, *arguments):
        return subprocess.run([setting("BANYAN_BIN"), "new", "service", *arguments], cwd=self.directory,
                              capture_output=True, text=True, timeout=300, check=False)

    def run_step(self, name, command):
        step = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, timeout=1500, check=False)
        self.assertEqual(step.returncode, 0, f"{name}:\n{step.stdout[-4000:]}\n{step.stderr[-4000:]}")
        return step.stdout

    def test_the_commands_of_the_tutorial_make_a_service_that_passes_its_tests_and_runs(self):
        with open(os.path.join(ROOT, "docs", "services.md"), encoding="utf-8") as file:
            section = file.read().partition("## A service in a minute")[2].partition("\n## ")[0]
        script = re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)
        # Banyan is built already, and with the flags of this tree; all else is done to the letter.
        os.makedirs(self.path("build"))
        os.symlink(setting("BANYAN_BUILD"), self.path("build", "release"))
        script = re.sub(r"^tools/build .*\n", "", script, flags=re.MULTILINE)
        script = script.replace("RelWithDebInfo", "Debug")
        *steps, last = script.strip().splitlines()
        self.assertEqual(last, "hello/build/hello --listen 127.0.0.1:9000 --access-log -")
        environment = {**os.environ, "DATABASE_URL": "sqlite:" + self.path("hello.db")}
        told = self.run_step("tutorial", ["sh", "-ec", "\n".join(steps)])
        self.assertIn("100% tests passed, 0 tests failed out of 2", told)
        self.assertIn("applied 0001_guests.sql", told)
        for name in ("README.md", "Dockerfile", "hello.service", ".gitignore", "CMakeLists.txt", "src/hello.h",
                     "src/entities.h", "src/hello_test.cpp", "migrations/checksums", "tests/smoke.py"):
            self.assertTrue(os.path.isfile(self.path("hello", name)), name)
        with open(self.path("hello", "README.md"), encoding="utf-8") as file:
            self.assertIn(f"-Dbanyan_DIR={self.directory}/build/release", file.read())
        address = f"127.0.0.1:{free_port()}"
        service = Child("hello", [self.path("hello/build/hello"), "--listen", address], self.path("hello.log"),
                        env=environment)
        self.addCleanup(service.stop)
        service.wait_listening(address)
        self.assertEqual(fetch(address, "/greetings/Ada").json(), {"text": "hello Ada", "count": 1})
        self.check_migrations(environment)

    def check_migrations(self, environment):
        def migrate(*words):
            return subprocess.run(["build/hello", "migrate", *words], cwd=self.path("hello"), env=environment,
                                  capture_output=True, text=True, timeout=300, check=False)
        same = migrate("diff")
        self.assertEqual((same.returncode, same.stdout), (0, "the database is as the entities say\n"), same.stderr)
        with sqlite3.connect(self.path("hello.db")) as database:
            database.execute("ALTER TABLE guests DROP COLUMN greeted")
        missing = migrate("diff", "add_greeted")
        self.assertEqual((missing.returncode, missing.stdout), (0, "wrote migrations/0002_add_greeted.sql\n"),
                         missing.stderr)
        self.assertEqual(migrate("apply").stdout, "applied 0002_add_greeted.sql\n")
        self.assertEqual(migrate("diff").returncode, 0)

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

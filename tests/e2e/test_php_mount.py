"""`banyan php mount` as a user does it: convert an application, build the service, and ask it what php-fpm is asked.
The PHP user centre of the example then moves to its own conversion behind the gateway, on evidence.

BANYAN_BIN names the program, BANYAN_BUILD the build tree whose runtime is linked, sanitizers and all.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

from e2e.test_usercenter_moves import Clients
from lib.case import GatewayCase
from lib.gateway import binary
from lib.php import start_nginx, start_php_fpm
from lib.raw_http import fetch
from lib.usercenter import UserCentreCase, batch_questions, profile_questions, questions
from processes import Child, ProcessError, free_port, socket_directory, wait_until
from seed import user_email, user_row
from servers import HERE, LEGACY_ROOT, MOUNTED_ROUTES, legacy_build, start_legacy
from story import BATCH, PROFILE, differing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "tests", "e2e", "data", "php_mount")
USER_CENTRE = os.path.dirname(LEGACY_ROOT)
SECONDS_MAX = 1500
STORY_TIMEOUT_S = 900
# With sanitizers a mounted script takes several milliseconds of a processor, and a side that is slower than the old one
# is held back, rightly: the old service waits as long as one does whose database is elsewhere.
PHP_WAITS_US = 40_000
PAUSE_S = 0.02


class Project:
    """A program that `banyan php mount` wrote and CMake built, once for all tests that want it."""

    built = {}

    @classmethod
    def of(cls, name, front, sources, routes):
        if name not in cls.built:
            cls.built[name] = cls(name, front, sources, routes)
        return cls.built[name]

    def __init__(self, name, front, sources, routes):
        self.directory = tempfile.mkdtemp(prefix="banyan-mount-test-")
        self.program = os.path.join(self.directory, "build", name)
        arguments = [word for route in routes for word in ("--route", route)]
        self.said = self.step(binary(), "php", "mount", front, *sources, *arguments, "--name", name, "-o",
                              os.path.join(self.directory, "project"))
        self.step("cmake", "-S", "project", "-B", "build", "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19",
                  "-DCMAKE_BUILD_TYPE=None", "-Dbanyan_DIR=" + os.environ["BANYAN_BUILD"])
        self.step("cmake", "--build", "build")

    def step(self, *command):
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, timeout=SECONDS_MAX,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def start(self, case, name, options=(), env=None):
        """One process of it; its address."""
        listen = f"127.0.0.1:{free_port()}"
        child = Child(name, [self.program, "--listen", listen, *options], case.path(name + ".log"), env=env)
        case.addCleanup(child.stop)
        child.wait_listening(listen, 60)
        return child, listen


def tearDownModule():
    for project in Project.built.values():
        shutil.rmtree(project.directory, ignore_errors=True)


class CommandTest(unittest.TestCase):
    def mount(self, *arguments):
        return subprocess.run([binary(), "php", "mount", *arguments], cwd=self.directory, capture_output=True,
                              text=True, timeout=300, check=False)

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="banyan-mount-command-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        with open(os.path.join(self.directory, "index.php"), "w", encoding="ascii") as file:
            file.write("<?php echo eval('1');\n")

    def test_mistakes_are_told_and_nothing_is_written(self):
        for arguments, message in {
                ("index.php", "--route", "/a", "-o", "out"): "--route '/a' is not a method and a path",
                ("index.php", "--route", "GET a", "-o", "out"): "--route 'GET a' is not a method and a path",
                (".", "--route", "GET /", "-o", "out", "none"): "none",
                ("index.php", "-o", "out"): "--route",
                ("index.php", "--route", "GET /", "-o", "o", "--document-root", "/usr"): "FRONT is not under"}.items():
            with self.subTest(arguments):
                done = self.mount(*arguments)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(message, done.stderr)
        self.assertEqual(os.listdir(self.directory), ["index.php"])

    def test_what_is_refused_is_named_and_edited_files_stay(self):
        arguments = ("index.php", "--route", "GET /", "-o", "out", "--report", "report.json")
        done = self.mount(*arguments)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("index.php:1: refused: {file}: eval\n", done.stdout)
        self.assertEqual(sorted(os.listdir(os.path.join(self.directory, "out"))),
                         ["CMakeLists.txt", "banyan-convert.json", "index.cpp", "main.cpp"])
        self.assertEqual(self.mount(*arguments).returncode, 1)
        with open(os.path.join(self.directory, "out", "main.cpp"), "a", encoding="ascii") as file:
            file.write("// mine\n")
        done = self.mount(*arguments)
        self.assertEqual(done.returncode, 2)
        self.assertIn("out/main.cpp was edited or made by hand; nothing was written", done.stderr)
        self.assertEqual(self.mount(*arguments, "--force").returncode, 1)


class PagesTest(GatewayCase):
    """Pages of every kind, beside php-fpm behind nginx."""

    app = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = tempfile.mkdtemp(prefix="banyan-mount-app-")
        cls.addClassCleanup(shutil.rmtree, cls.app, ignore_errors=True)
        shutil.copytree(DATA, cls.app, dirs_exist_ok=True)
        os.chmod(cls.app, 0o755)
        pages = ("input", "head", "cookies", "buffers", "errors", "pdo", "rows", "session", "shared",
                 "included", "uploads", "files", "none")
        routes = [f"{method} /{page}" for page in pages for method in ("GET", "POST")]
        cls.project = Project.of("pages", os.path.join(cls.app, "index.php"), [cls.app], routes)

    def setUp(self):
        super().setUp()
        self.fpm = start_php_fpm(self.directory, extra="php_admin_value[session.use_strict_mode] = 1")
        self.addCleanup(self.fpm.stop)
        nginx, self.php = start_nginx(self.directory, self.app, self.fpm.listen)
        self.addCleanup(nginx.stop)
        self.sessions = self.make_directory("sessions")
        os.chmod(self.sessions, 0o777)
        self.child, self.mounted = self.project.start(self, "pages", ["--sessions", self.sessions])

    def both(self, target, **question):
        return fetch(self.php, target, **question), fetch(self.mounted, target, **question)

    def check(self, target, fields=("content-type", "location", "www-authenticate"), **question):
        with self.subTest(target, **question):
            php, ours = self.both(target, **question)
            self.assertEqual(ours.body.decode("latin-1"), php.body.decode("latin-1"), self.child.log_tail(20))
            self.assertEqual(ours.status, php.status)
            for name in fields:
                self.assertEqual(ours.get(name), php.get(name), name)
            return ours

    def test_input(self):
        for query in ("", "?a=1&b[]=2&b[]=3&c[x][y]=%C3%A9+z&d.e=f&=g&h", "?a=%zz&a=2"):
            self.check("/input" + query, headers=[("X-Several", "1, 2")])
        self.check("/input", headers=[("Cookie", "a=1; b=x%20y+z; a=2; c[k]=v; d.e=1"),
                                      ("Authorization", "Basic dTpwOnE=")])
        form = [("Content-Type", "application/x-www-form-urlencoded")]
        self.check("/input?a=query&b=1", method="POST", headers=form, body=b"a=form&c[]=1&c[]=2")
        self.check("/input", method="POST", headers=[("Content-Type", "application/json")], body=b'{"a": 1}\0\xff')
        many = "&".join(f"v{number}={number}" for number in range(1005)).encode()
        self.check("/input", method="POST", headers=form, body=many)
        for depth in (64, 65):
            self.check("/input?a" + "[x]" * depth + "=1&b=2")
        self.check("/none")

    def test_head(self):
        names = ("content-type", "location", "www-authenticate", "x-one", "x-two", "x-gone", "x-bad", "x-worse",
                 "x-code")
        for kind in ("", "status", "line", "location", "moved", "created", "sign-in", "text", "json", "charset", "code",
                     "status-field"):
            self.check("/head?kind=" + kind, names)

    def test_cookies(self):
        php, ours = self.both("/cookies")
        self.assertEqual(ours.body, php.body)
        without_age = [[re.sub(r"Max-Age=\d{3,}", "Max-Age=N", value) for name, value in answer.headers
                        if name.lower() == "set-cookie"] for answer in (php, ours)]
        self.assertGreaterEqual(len(without_age[0]), 4)
        self.assertEqual(without_age[1], without_age[0])

    def test_buffers(self):
        for query in ("", "?bytes=4000", "?bytes=4096", "?bytes=20000", "?exit=1", "?exit=1&bytes=9000"):
            self.check("/buffers" + query, ("content-type", "x-early", "x-late"))

    def test_errors(self):
        for kind in ("", "warning", "throw", "late", "status", "handled", "caught", "type", "trigger", "handler",
                     "missing", "required", "log", "exit"):
            self.check("/errors?kind=" + kind)
        for line in ("PHP Warning:  Undefined variable $undefined in ", "PHP Fatal error:  Uncaught Odd: inside in ",
                     "PHP Fatal error:  Uncaught TypeError: strlen(): Argument #1",
                     "PHP Fatal error:  Uncaught Error: Failed opening required '", "a line of the log"):
            wait_until(lambda line=line: line in self.child.log_tail(200), 60, f"the log's line {line}")

    def test_pdo(self):
        self.check("/pdo")
        self.check("/rows")

    def test_includes(self):
        self.check("/included")

    def test_files(self):
        self.check("/files")

    def test_requests_share_nothing(self):
        failures = []

        def ask(number):
            for turn in range(20):
                target = f"/shared?n={number * 20 + turn}"
                php, ours = self.both(target)
                if (php.status, php.body) != (ours.status, ours.body):
                    failures.append((target, php, ours))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_sessions(self):
        for do in ("", "close", "abort", "destroy", "unset", "new"):
            cookies = {}
            for turn in range(3):
                seen = []
                for address in (self.php, self.mounted):
                    headers = [("Cookie", cookies[address])] if address in cookies else []
                    answer = fetch(address, f"/session?do={do if turn == 1 else ''}", headers=headers)
                    for name, value in answer.headers:
                        if name.lower() == "set-cookie":
                            cookies[address] = value.split(";")[0]
                    seen.append((answer.status, answer.body, answer.get("cache-control"), answer.get("expires"),
                                 [name.lower() for name, _ in answer.headers].count("set-cookie")))
                with self.subTest(do=do, turn=turn):
                    self.assertEqual(seen[1], seen[0], self.child.log_tail(20))

    def test_forms_with_files(self):
        parts = [(b'name="a"', b"plain"), (b'name="list[x][]"', b"1"), (b'name="list[x][]"', b"2\r\n--not"),
                 (b'name="one"; filename="a b.txt"\r\nContent-Type: text/plain', b"some text\0\xff"),
                 (b'name="many[]"; filename="dir/x.bin"', b""), (b'name="many[]"; filename=""', b"")]
        body = b"".join(b"--cut\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + data + b"\r\n"
                        for head, data in parts) + b"--cut--\r\n"
        form = [("Content-Type", "multipart/form-data; boundary=cut")]
        php, ours = self.both("/uploads", method="POST", headers=form, body=body)
        self.assertEqual(ours.status, php.status, self.child.log_tail(20))
        without_names = [re.sub(rb"'[^']*/php[A-Za-z0-9]{6}'", b"PATH", answer.body) for answer in (php, ours)]
        self.assertEqual(without_names[1], without_names[0])
        self.assertIn(b"some text", ours.body)
        uploads = re.findall(rb"'([^']*/php[A-Za-z0-9]{6})'", ours.body)
        self.assertTrue(uploads, ours.body)
        wait_until(lambda: not any(map(os.path.exists, uploads)), 60, "the files of the form being gone")
        os.unlink("/tmp/banyan-mount-test")

    def test_what_cannot_be_done_is_said_aloud(self):
        form = [("Content-Type", "multipart/form-data; boundary=x")]
        answer = fetch(self.mounted, "/input", method="POST", headers=form, body=b"--x\r\nno form")
        self.assertEqual((answer.status, answer.body), (500, b""))
        wait_until(lambda: "uploads: the form" in self.child.log_tail(20), 60, "the log's line of the form")


class UserCentreTest(UserCentreCase):
    """The example's PHP, mounted."""

    def project(self):
        return Project.of("user-centre-mounted", os.path.join(LEGACY_ROOT, "index.php"), [USER_CENTRE], MOUNTED_ROUTES)

    def start_mounted(self, name, database, build="mounted-1"):
        sessions = self.make_directory(name + "-sessions")
        return self.project().start(self, name, ["--build", build, "--sessions", sessions],
                                    env={"USERCENTER_DB": database})

    def test_every_question_gets_the_answer_of_php(self):
        php = self.start_php()
        child, mounted = self.start_mounted("mounted", self.seeded("mounted.db"))
        for question in questions():
            with self.subTest(question.name):
                old, new = self.ask(php, question), self.ask(mounted, question)
                self.assertEqual(new.status, question.status, child.log_tail(20))
                self.assertEqual(old.status, question.status)
                self.assertEqual(new.body, old.body)
                for name in ("content-type", "allow"):
                    self.assertEqual(new.get(name), old.get(name))

    def test_the_page_and_its_session(self):
        php = self.start_php()
        child, mounted = self.start_mounted("mounted", self.seeded("mounted.db"))
        cookies = {}
        for _ in range(3):
            pages = []
            for address in (php, mounted):
                headers = [("Cookie", cookies[address])] if address in cookies else []
                page = fetch(address, "/", headers=headers)
                if page.get("set-cookie"):
                    cookies[address] = page.get("set-cookie").split(";")[0]
                pages.append((page.status, page.get("content-type"), page.body))
            self.assertEqual(pages[1], pages[0], child.log_tail(20))
        self.assertIn(b"Visit 3 of this session", pages[1][2])

    def test_php_and_its_conversion_share_logins_and_sessions(self):
        database, sessions = self.seeded("users.db"), self.make_directory("sessions")
        directory = self.make_directory("legacy")
        fpm = start_legacy(directory, socket_directory(directory), database, sessions)
        self.addCleanup(fpm.stop)
        nginx, php = start_nginx(directory, LEGACY_ROOT, fpm.listen)
        self.addCleanup(nginx.stop)
        child, mounted = self.project().start(self, "mounted", ["--sessions", sessions],
                                              env={"USERCENTER_DB": database})
        user_id = next(user_id for user_id in range(1, 100) if user_row(user_id)[6])
        body = json.dumps({"email": user_email(user_id).upper(), "password": f"secret-{user_id}"}).encode()
        wrong = json.dumps({"email": user_email(user_id), "password": "wrong"}).encode()
        for here, there in ((mounted, php), (php, mounted)):   # each reads the hash that the other wrote
            self.assertEqual(fetch(here, "/user/login", method="POST", body=wrong).status, 401)
            login = fetch(here, "/user/login", method="POST", body=body)
            self.assertEqual(login.status, 200, child.log_tail(20))
            cookie = [("Cookie", login.get("set-cookie").split(";")[0])]
            bearer = [("Authorization", "Bearer " + login.json()["token"])]
            for address in (here, there):
                self.assertIn(b"Signed in as", fetch(address, "/", headers=cookie).body)
            change = b'{"name": "By ' + here.encode() + b'"}'
            changed = fetch(there, "/user/update", method="POST", headers=bearer, body=change)
            self.assertEqual((changed.status, changed.json()["user"]["name"]), (200, "By " + here))
            self.assertEqual(fetch(here, f"/user/profile?id={user_id}").json()["name"], "By " + here)
            self.assertEqual(fetch(there, "/user/logout", method="POST", headers=bearer + cookie, body=b"").status, 200)
            self.assertEqual(fetch(here, "/user/logout", method="POST", headers=bearer, body=b"").status, 401)
            self.assertIn(b"You are not signed in", fetch(here, "/", headers=cookie).body)

    def test_profile_and_batch_move_to_their_own_conversion(self):
        database = self.seeded("users.db")
        directory = self.make_directory("legacy")
        waits = os.path.join(directory, "waits.php")
        with open(waits, "w", encoding="ascii") as file:
            file.write(f"<?php\nusleep({PHP_WAITS_US});\nrequire '{HERE}/build_header.php';\n")
        fpm = start_legacy(directory, socket_directory(directory), database, before=waits)
        self.addCleanup(fpm.stop)
        child, mounted = self.start_mounted("mounted", database)
        migrate = ("migrate: {from: legacy, to: native, mismatch_bound: 1%, steps: [25%, 100%], hold: 1s, "
                   "mirror: {timeout: 60s}, "
                   "build: {header: x-build}}")
        gateway = self.start_gateway(
            "ledger: {file: banyan.db}\nclusters:\n"
            f'  legacy: {{protocol: fastcgi, root: "{LEGACY_ROOT}", index: index.php, endpoints: ["{fpm.listen}"], '
            "connections_max: 2}\n"
            f'  native: {{protocol: http1, endpoints: ["{mounted}"]}}\nroutes:\n'
            f"  - {{id: {PROFILE}, match: {{method: GET, path: /user/profile}}, {migrate}}}\n"
            f"  - {{id: {BATCH}, match: {{method: POST, path: /user/batch}}, safe: true, {migrate}}}\n"
            "  - {id: healthz, match: {path: /healthz}, to: legacy}\n")
        seen = {}

        def both_moved():
            seen.update({route: gateway.ask_admin(f"/ledger/{route}").json() for route in (PROFILE, BATCH)})
            return all(document["route"]["stage"] == "native" for document in seen.values())

        with Clients(gateway.address, PAUSE_S) as clients:
            try:
                wait_until(both_moved, STORY_TIMEOUT_S, "both routes moving", interval=0.3)
            except ProcessError as late:
                raise AssertionError(json.dumps([document["route"] for document in seen.values()])) from late
        self.assertEqual(clients.tally.examples, [])
        for route, document in seen.items():
            self.assertEqual(differing(document), "", route)
            self.assertEqual((document["route"]["old_build"], document["route"]["new_build"]),
                             (legacy_build(), "mounted-1"))
            moves = [(move["to"]["stage"], move["by"]) for move in document["transitions"]]
            self.assertIn(("verified", "evidence"), moves)
            self.assertIn(("native", "evidence"), moves)
        answer = fetch(gateway.address, "/user/profile?id=17")
        self.assertEqual((answer.status, answer.get("x-build")), (200, "mounted-1"))
        for question in [*profile_questions(), *batch_questions()]:
            if question.method != "GET" or "batch" not in question.name:
                with self.subTest(question.name):
                    self.assertEqual(self.ask(gateway.address, question).status, question.status)


if __name__ == "__main__":
    unittest.main()

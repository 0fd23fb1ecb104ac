"""Mounted PHP and real databases: what PDO's drivers `mysql` and `pgsql` and mysqli do in a program that `banyan php
mount` made, beside php-fpm with Debian's own extensions, on the same MariaDB and PostgreSQL.

BANYAN_BIN names the program, BANYAN_BUILD the build tree whose runtime is linked, sanitizers and all.
"""
import os
import shutil
import socket
import tempfile
import threading

from e2e.test_php_mount import Project
from lib.case import GatewayCase
from lib.data_servers import Mariadb, Postgres
from lib.php import start_nginx, start_php_fpm
from lib.raw_http import fetch
from processes import wait_until

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "php_mount_sql")
PAGES = ("mysql", "mysql_values", "mysql_faults", "pgsql", "pgsql_values", "pgsql_faults", "mysqli", "mysqli_functions",
         "mysqli_corners", "mysqli_faults", "slow", "count", "corners", "circle", "local")
SECRETS = ("right", "ri'g\\ht", "wrong")
ANSWER_TIMEOUT_S = 300


def deaf_port(case):
    """A port of this machine where connections are neither taken nor refused: its queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    for one in (listener, *waiting):
        case.addCleanup(one.close)
    return listener.getsockname()[1]


def tearDownModule():
    for project in Project.built.values():
        shutil.rmtree(project.directory, ignore_errors=True)


class DatabasesTest(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = tempfile.mkdtemp(prefix="banyan-mount-sql-")
        cls.addClassCleanup(shutil.rmtree, cls.app, ignore_errors=True)
        shutil.copytree(DATA, cls.app, dirs_exist_ok=True)
        os.chmod(cls.app, 0o755)
        cls.mariadb = Mariadb()
        cls.addClassCleanup(cls.mariadb.stop)
        cls.mariadb.start()
        cls.mariadb.run("CREATE USER pw@localhost IDENTIFIED BY 'right'; GRANT ALL ON banyan.* TO pw@localhost; "
                        "GRANT PROCESS, CONNECTION ADMIN ON *.* TO banyan@localhost")
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls.postgres.start()
        cls.postgres.run("CREATE ROLE pw LOGIN PASSWORD 'ri''g\\ht'")
        cls.postgres.require_password("pw")
        cls.project = Project.of("databases", os.path.join(cls.app, "index.php"), [cls.app],
                                 [f"GET /{page}" for page in PAGES])

    def setUp(self):
        super().setUp()
        self.env = {"MYSQL_SOCKET": self.mariadb.socket, "PGSQL_FOLDER": self.postgres.directory,
                    "PGSQL_PORT": str(self.postgres.port), "DEAF_PORT": str(deaf_port(self))}
        settings = "".join(f"env[{name}] = {value}\n" for name, value in self.env.items())
        self.fpm = start_php_fpm(self.directory, extra=settings)
        self.addCleanup(self.fpm.stop)
        nginx, self.php = start_nginx(self.directory, self.app, self.fpm.listen)
        self.addCleanup(nginx.stop)
        self.child, self.mounted = self.project.start(self, "databases", env=self.env)

    def check(self, page):
        php, ours = (fetch(address, f"/{page}", timeout=ANSWER_TIMEOUT_S) for address in (self.php, self.mounted))
        self.maxDiff = None
        self.assertEqual(ours.body.decode("latin-1").split("\n"), php.body.decode("latin-1").split("\n"),
                         self.child.log_tail(20))
        self.assertEqual(ours.status, php.status)
        return ours.body.decode("utf-8", "replace")

    def check_secrets(self):
        with open(self.path("databases.log"), encoding="utf-8", errors="replace") as file:
            log = file.read()
        for secret in SECRETS:
            self.assertNotIn(secret, log)

    def test_pdo_mysql(self):
        self.assertIn("SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry", self.check("mysql"))

    def test_values_of_mysql(self):
        self.assertIn("18446744073709551615", self.check("mysql_values"))

    def test_connections_to_mysql_that_fail(self):
        said = self.check("mysql_faults")
        self.assertIn("MySQL server has gone away", said)
        self.assertIn("Access denied for user 'pw'@'localhost' (using password: YES)", said)
        self.assertIn("[2002] Connection timed out", said)
        self.check_secrets()

    def test_pdo_pgsql(self):
        self.assertIn('SQLSTATE[23505]: Unique violation: 7 ERROR:  duplicate key value', self.check("pgsql"))

    def test_values_of_pgsql(self):
        self.assertIn("9223372036854775807", self.check("pgsql_values"))

    def test_connections_to_pgsql_that_fail(self):
        said = self.check("pgsql_faults")
        self.assertIn("server closed the connection unexpectedly", said)
        self.assertIn('password authentication failed for user "pw"', said)
        self.assertIn("failed: timeout expired", said)
        self.check_secrets()

    def test_mysqli(self):
        self.assertIn("mysqli_sql_exception Duplicate entry", self.check("mysqli"))

    def test_functions_of_mysqli(self):
        self.assertIn("mysqli_sql_exception Duplicate entry", self.check("mysqli_functions"))

    def test_corners_of_mysqli(self):
        self.assertIn("can be iterated only once", self.check("mysqli_corners"))

    def test_connections_of_mysqli_that_fail(self):
        self.assertIn("mysqli_sql_exception MySQL server has gone away", self.check("mysqli_faults"))
        self.check_secrets()

    def test_corners_of_pdo(self):
        for driver in ("sqlite", "mysql", "mysql_native", "mysql_unbuffered", "pgsql", "pgsql_emulated"):
            with self.subTest(driver):
                self.assertIn("Did not find column name 'nope'", self.check("corners?of=" + driver))

    def test_circles_end_with_their_request(self):
        for _ in range(3):
            self.assertIn("end", self.check("circle"))
        wait_until(lambda: self.mariadb.connected() == 0, 60, "the connections to MariaDB being closed")
        wait_until(lambda: self.postgres.connected() == 0, 60, "the connections to PostgreSQL being closed")

    def test_a_local_file_ends_its_request_alone(self):
        self.assertEqual(fetch(self.mounted, "/local", timeout=ANSWER_TIMEOUT_S).status, 500)
        wait_until(lambda: "LOAD DATA LOCAL is not supported" in self.child.log_tail(20), 60, "the log's line of it")
        self.check("count?n=1")

    def test_a_statement_ends_with_the_time_of_its_request(self):
        child, mounted = self.project.start(self, "hasty", ["--deadline-ms", "1000"], env=self.env)
        for kind, running in (("mysql", self.mariadb.sleeping), ("pgsql", self.postgres.sleeping)):
            with self.subTest(kind):
                answer = fetch(mounted, "/slow?of=" + kind, timeout=ANSWER_TIMEOUT_S)
                self.assertIn(answer.status, (500, 503, 504), child.log_tail(20))
                wait_until(lambda running=running: running() == 0, 60, "the server ending the statement")
        wait_until(lambda: "while a statement ran" in child.log_tail(200), 60, "the log's line of the time")
        for kind in ("mysql_deaf", "pgsql_deaf"):
            with self.subTest(kind):
                answer = fetch(mounted, "/slow?of=" + kind, timeout=ANSWER_TIMEOUT_S)
                self.assertIn(answer.status, (500, 503, 504), child.log_tail(20))
        wait_until(lambda: child.log_tail(200).count("while a connection was made") >= 2, 60, "the log's lines")
        self.assertNotIn("nobody", child.log_tail(200))

    def test_many_requests_at_once(self):
        failures = []

        def ask(number):
            for turn in range(10):
                target = f"/count?n={number * 10 + turn}"
                php, ours = (fetch(address, target, timeout=ANSWER_TIMEOUT_S) for address in (self.php, self.mounted))
                if (php.status, php.body) != (ours.status, ours.body):
                    failures.append((target, php.body, ours.body))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [], self.child.log_tail(20))
        wait_until(lambda: self.mariadb.connected() == 0, 60, "the last connection being closed")

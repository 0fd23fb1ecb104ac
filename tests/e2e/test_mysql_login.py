"""MySQL 8's way to prove a password, caching_sha2_password, against a server we did not write: Vitess's, in
tests/mysql_server, which takes such logins under TLS and over a unix socket alone. Debian and the package registries
have no MySQL 8 itself."""
import os
import subprocess
import urllib.parse

from e2e.test_usercenter_native import native_binary
from lib import go_program
from lib.case import GatewayCase
from lib.raw_http import fetch
from processes import Child, free_port, socket_directory, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VITESS = "vitess.io/vitess@v0.24.4"
PASSWORD = "pässword"


class MysqlLoginTest(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = go_program.built_from(os.path.join(ROOT, "tests", "mysql_server", "main.go"), VITESS)

    def setUp(self):
        super().setUp()
        certificate, key = self.path("server.crt"), self.path("server.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-out",
                        certificate, "-keyout", key], check=True, capture_output=True)
        self.server = f"127.0.0.1:{free_port()}"
        self.socket = os.path.join(socket_directory(self.directory), "mysql.sock")
        self.certificate = certificate
        child = Child("mysql_server", [self.program, self.server, self.socket, certificate, key, "alice", PASSWORD],
                      self.path("mysql.log"))
        self.addCleanup(child.stop)
        child.wait_listening(self.server)
        child.wait_listening("unix:" + self.socket)

    def logins(self):
        with open(self.path("mysql.log"), encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if line.startswith(("full ", "cached "))]

    def run_service(self, database):
        """The user centre on it: what it says of its health, or None and what it said at its end."""
        listen = f"127.0.0.1:{free_port()}"
        log = self.path(f"native-{listen[-5:]}.log")
        child = Child("usercenter-native", [native_binary(), "--listen", listen, "--database", database], log)
        self.addCleanup(child.stop)
        ended = lambda: child.exit_status() is not None

        def listens():
            with open(log, encoding="utf-8") as file:
                return '"event":"listening"' in file.read()
        wait_until(lambda: ended() or listens(), 60, "the service")
        if ended():
            with open(log, encoding="utf-8") as file:
                return child.exit_status(), file.read()
        status = fetch(listen, "/readyz").status
        child.stop()
        return status, ""

    def url(self, password=PASSWORD, parameters="sslmode=require", place=None):
        server = self.server if place is None else place
        return f"mysql://alice:{urllib.parse.quote(password)}@{server}/banyan?{parameters}"

    def test_the_password_goes_under_tls_once_and_then_only_its_proof(self):
        verified = f"sslmode=verify-full&sslrootcert={self.certificate}"
        self.assertEqual(self.run_service(self.url(parameters=verified)), (200, ""))
        self.assertEqual(self.logins(), ["full alice"])
        self.assertEqual(self.run_service(self.url()), (200, ""))
        self.assertEqual(set(self.logins()[1:]), {"cached alice"})

    def test_a_unix_socket_hides_it_as_well(self):
        url = self.url(parameters=f"host={self.socket}", place="")
        self.assertEqual(self.run_service(url), (200, ""))
        self.assertEqual(self.logins(), ["full alice"])
        self.assertEqual(self.run_service(url), (200, ""))
        self.assertEqual(set(self.logins()[1:]), {"cached alice"})

    def test_a_wrong_password_is_told_and_not_said(self):
        for password in ("hunter2", ""):
            status, said = self.run_service(self.url(password))
            self.assertEqual(status, 2, said)
            self.assertIn("denied", said)
            self.assertNotIn("hunter2", said)
        self.assertEqual(self.logins(), [])

"""A native service behind TLS: HTTP/2 by ALPN, HTTP/1.1 beside it, certificates that change, and its end. NOTES_BIN
names the program of examples/notes; the client is curl."""
import json
import os
import signal
import ssl
import subprocess

from lib.case import GatewayCase
from lib.php import openssl
from lib.raw_http import fetch
from processes import Child, ProcessError, find_program, free_port, wait_until


class ServiceTlsTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.binary = os.environ.get("NOTES_BIN")
        if not self.binary:
            raise ProcessError("NOTES_BIN is not set: run these tests through ctest, or set it to the program notes")
        self.curl_program = find_program(["curl"], "apt-get install curl")
        self.make_certificate("one")

    def make_certificate(self, name):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                "-subj", f"/CN={name}.test", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem"))

    def command(self, address, *options):
        return [self.binary, "--listen", address, "--unix", self.path("notes.sock"), *options]

    def start(self, *options):
        address = f"127.0.0.1:{free_port()}"
        tls = ("--tls-certificate", self.path("one.pem"), "--tls-key", self.path("one.key"))
        service = Child("notes", self.command(address, *tls, *options), self.path("notes.log"))
        self.addCleanup(service.stop)
        service.wait_listening(address)
        return address, service

    def curl_command(self, *arguments):
        return [self.curl_program, "-sS", "--cacert", self.path("one.pem"), "--max-time", "120",
                "-w", "\n%{http_version} %{http_code}", *arguments]

    def curl(self, *arguments):
        """Body, version of HTTP and status."""
        told = subprocess.run(self.curl_command(*arguments), capture_output=True, text=True, timeout=300,
                              check=True).stdout
        body, _, last = told.rpartition("\n")
        version, status = last.split()
        return body, version, int(status)

    def served(self, address):
        host, port = address.split(":")
        return ssl.get_server_certificate((host, int(port)))

    def test_the_client_chooses_between_http_2_and_http_1_1(self):
        address, _ = self.start()
        for how, version in (("--http2", "2"), ("--http1.1", "1.1")):
            with self.subTest(version):
                body, spoken, status = self.curl(how, "-H", "Authorization: Bearer secret", "--json",
                                                 json.dumps({"title": "milk"}), f"https://{address}/admin/notes")
                self.assertEqual((spoken, status), (version, 201))
                note = json.loads(body)
                found = self.curl(how, f"https://{address}/notes/{note['id']}")
                self.assertEqual((json.loads(found[0]), found[1:]), (note, (version, 200)))
                problem, spoken, status = self.curl(how, f"https://{address}/notes/zero")
                self.assertEqual((spoken, status, json.loads(problem)["status"]), (version, 400, 400))

    def test_a_gateway_may_speak_http_2_without_tls_on_the_unix_socket(self):
        self.start()
        for how, version in (("--http2-prior-knowledge", "2"), ("--http1.1", "1.1")):
            self.assertEqual(self.curl("--unix-socket", self.path("notes.sock"), how, "http://notes/notes"),
                             ("[]", version, 200))

    def test_what_is_no_tls_does_not_disturb(self):
        address, _ = self.start()
        subprocess.run([self.curl_program, "-s", "--max-time", "5", f"http://{address}/notes"], check=False)
        self.assertEqual(self.curl("--http2", f"https://{address}/notes"), ("[]", "2", 200))

    def test_sighup_reads_the_certificate_again_and_a_faulty_one_leaves_the_old(self):
        address, service = self.start()
        before = self.served(address)
        self.make_certificate("two")
        with open(self.path("two.pem"), encoding="ascii") as file:
            two = file.read()
        os.replace(self.path("two.pem"), self.path("one.pem"))   # whose key is another
        service.send(signal.SIGHUP)

        def log():
            with open(self.path("notes.log"), encoding="utf-8") as file:
                return file.read()
        wait_until(lambda: "certificates_kept" in log(), what="the faulty certificate to be told of")
        self.assertEqual(self.served(address), before)
        os.replace(self.path("two.key"), self.path("one.key"))
        service.send(signal.SIGHUP)
        wait_until(lambda: "certificates_loaded" in log(), what="the new certificate")
        wait_until(lambda: self.served(address).strip() == two.strip(), what="the new certificate being served")
        self.assertEqual(self.curl("--http2", f"https://{address}/notes"), ("[]", "2", 200))

    def test_drain_finishes_what_was_begun_on_both_protocols(self):
        address, service = self.start("--deadline-ms", "15000", "--drain-ms", "60000")
        clients = [subprocess.Popen(self.curl_command(how, f"https://{address}/slow"), stdout=subprocess.PIPE, text=True)
                   for how in ("--http2", "--http1.1")]

        def under_way():
            text = fetch("unix:" + self.path("notes.sock"), "/metrics").body.decode()
            return "banyan_service_requests_under_way 2" in text
        wait_until(under_way, what="both slow requests to be under way")
        service.send(signal.SIGTERM)
        told = [client.communicate(timeout=300)[0].rpartition("\n")[2] for client in clients]
        self.assertEqual((told, service.wait()), (["2 504", "1.1 504"], 0))

    def test_files_that_do_not_serve_end_it_with_2(self):
        address = f"127.0.0.1:{free_port()}"
        self.make_certificate("two")
        one, other, none = self.path("one.pem"), self.path("two.key"), self.path("none.pem")
        for options, said in ((("--tls-certificate", one), "belong together"),
                              (("--tls-certificate", one, "--tls-key", other), "two.key"),
                              (("--tls-certificate", none, "--tls-key", other), "none.pem")):
            done = subprocess.run(self.command(address, *options), capture_output=True, text=True, timeout=300,
                                  check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(said, done.stderr)

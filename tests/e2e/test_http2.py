"""HTTP/2 from clients: agreed on under TLS, and in plain with prior knowledge; many streams at once; drain."""
import hashlib
import signal
import ssl
import subprocess

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.php import openssl, start_php_fpm, write_scripts
from lib.raw_http2 import END_HEADERS, END_STREAM, HEADERS, PREFACE, SETTINGS, block, frame, request
from processes import connect, find_program, free_port, wait_until

BODY = bytes(range(256)) * 8192


class Http2Test(GatewayCase):
    def start(self, behaviour=None, settings=None):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", self.path("key.pem"), "-out", self.path("one.pem"))
        self.tls_address = f"127.0.0.1:{free_port()}"
        listen = f'{{address: "{self.tls_address}", tls: {{certificate: one.pem, key: key.pem}}}}'
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php echo $_SERVER['HTTPS'] ?? 'off', ' ', "
                             "md5(file_get_contents('php://input'));",
                             "file.txt": "a file\n"})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        self.upstream = self.start_upstream(behaviour)
        return self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.upstream.address}"]}}\n'
            f'  legacy: {{protocol: fastcgi, root: "{root}", endpoints: ["{fpm.listen}"]}}\n'
            "routes:\n  - {id: php, match: {prefix: /php/}, to: legacy}\n"
            f"  - {{id: files, match: {{prefix: /file}}, static: {{root: \"{root}\"}}}}\n"
            "  - {id: all, match: {prefix: /}, to: up}\n", settings, [listen])

    def curl(self, *arguments):
        program = find_program(["curl"], "apt-get install curl")
        done = subprocess.run([program, "-sSk", "--max-time", "120", "-w", " %{http_version} %{http_code}", *arguments],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        body, version, code = done.stdout.rsplit(b" ", 2)
        return body, version.decode(), int(code)

    def test_every_kind_of_answer_over_tls_and_in_plain(self):
        gateway = self.start()
        with_body = self.path("body")
        with open(with_body, "wb") as file:
            file.write(BODY)
        for how, base in (("--http2", f"https://{self.tls_address}"),
                          ("--http2-prior-knowledge", f"http://{gateway.address}")):
            with self.subTest(how):
                self.assertEqual(self.curl(how, f"{base}/x"), (b"ok", "2", 200))
                self.assertEqual(self.curl(how, f"{base}/file.txt"), (b"a file\n", "2", 200))
                secure = b"on" if base.startswith("https") else b"off"
                uploaded = self.curl(how, "--data-binary", f"@{with_body}", f"{base}/php/")
                self.assertEqual(uploaded, (secure + b" " + hashlib.md5(BODY).hexdigest().encode(), "2", 200))
                self.assertEqual(self.curl(how, "-X", "POST", f"{base}/file.txt")[1:], ("2", 405))
        self.assertEqual(self.curl("--http1.1", f"https://{self.tls_address}/x"), (b"ok", "1.1", 200))

    def test_tls_without_alpn_is_tls_to_the_service_too(self):
        self.start()
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(connect(self.tls_address)) as sock:
            sock.sendall(PREFACE + frame(SETTINGS) + frame(HEADERS, END_HEADERS | END_STREAM, 1, block(request())))
            wait_until(lambda: self.upstream.requests, 60, "the request")
        self.assertIn(b"x-forwarded-proto: https\r\n", self.upstream.heads[0].lower())

    def test_large_answers_arrive_whole(self):
        gateway = self.start(answers(BODY))
        body, version, code = self.curl("--http2-prior-knowledge", f"http://{gateway.address}/")
        self.assertEqual((hashlib.md5(body).digest(), version, code), (hashlib.md5(BODY).digest(), "2", 200))

    def test_many_streams_at_once_and_their_log_lines(self):
        gateway = self.start()
        program = find_program(["h2load"], "apt-get install nghttp2-client")
        for base in (f"https://{self.tls_address}", f"http://{gateway.address}"):
            done = subprocess.run([program, "-n", "1000", "-c", "4", "-m", "32", f"{base}/file.txt"],
                                  capture_output=True, text=True, timeout=300, check=False)
            self.assertIn("1000 succeeded, 0 failed", done.stdout, done.stdout + done.stderr)
        self.assertEqual(gateway.wait_requests("files", 2000)["requests"], 2000)

    def test_drain_ends_idle_connections_at_once(self):
        gateway = self.start(settings={"drain_timeout": "1h"})
        program = find_program(["h2load"], "apt-get install nghttp2-client")
        with subprocess.Popen([program, "-D", "300", "-c", "2", "-m", "4", f"http://{gateway.address}/file.txt"],
                              stdout=subprocess.PIPE, text=True) as load:
            try:
                gateway.wait_requests("files", 200)
                self.assertEqual(gateway.stop(signal.SIGTERM), 0)
            finally:
                load.kill()
                load.communicate()

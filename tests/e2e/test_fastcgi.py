"""PHP under real php-fpm with two workers: what a script is told, and what becomes of requests when php-fpm fails."""
import hashlib
import os
import signal
import subprocess
import time

from lib.case import GatewayCase
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import Load, RawClient, ResponseError, chunked
from processes import wait_until

SCRIPTS = {
    "index.php": "<?php header('Content-Type: application/json'); ksort($_SERVER); "
                 "echo json_encode(['script' => 'index', "
                 "'server' => $_SERVER, 'get' => $_GET, 'post' => $_POST]);",
    "other.php": "<?php echo 'other|', @$_SERVER['PATH_INFO'], '|', $_SERVER['SCRIPT_NAME'], '|', "
                 "$_SERVER['REQUEST_URI'];",
    "sub/index.php": "<?php echo 'sub index';",
    "body.php": "<?php $in = file_get_contents('php://input'); "
                "echo strlen($in), ' ', md5($in), ' ', @$_SERVER['CONTENT_LENGTH'];",
    "upload.php": "<?php foreach ($_FILES as $f) echo $f['name'], ' ', $f['size'], ' ', md5_file($f['tmp_name']);",
    "slow.php": "<?php usleep((int) $_GET['ms'] * 1000); echo 'slept';",
    "pid.php": "<?php echo getmypid();",
    "status.php": "<?php http_response_code((int) $_GET['code']); echo 'body';",
    "redirect.php": "<?php header('Location: /elsewhere'); setcookie('a', '1'); setcookie('b', '2');",
    "warn.php": "<?php error_log('a word from the script'); fwrite(fopen('php://stderr', 'w'), 'raw'); echo $undefined, 'fine';",
    "fatal.php": "<?php no_such_function();",
    "big.php": "<?php for ($i = 0; $i < 2000; $i++) echo str_repeat(chr(65 + $i % 26), 8192);",
    "die.php": "<?php echo 'half'; flush(); posix_kill(getmypid(), 9);",
    "style.css": "body {}", "note.txt": "text", "image.php.jpg": "<?php echo 'exec', 'uted';",
}


class PhpCase(GatewayCase):
    def setUp(self):
        super().setUp()
        self.root = self.make_directory("www")
        write_scripts(self.root, SCRIPTS)
        self.fpm = start_php_fpm(self.directory)
        self.addCleanup(lambda: self.fpm.stop())
        self.gateway = self.start_gateway(
            f'clusters:\n  legacy: {{protocol: fastcgi, root: "{self.root}", index: index.php, '
            f'endpoints: ["{self.fpm.listen}"], connections_max: 2}}\n'
            "routes:\n  - {id: hasty, match: {header: {x-hasty: \"1\"}, prefix: /}, to: legacy, timeout: 1s}\n"
            "  - {id: all, match: {prefix: /}, to: legacy, timeout: 60s}\n")

    def get(self, target, headers=(), **arguments):
        return self.gateway.fetch(target, headers=list(headers), **arguments)


class VariablesTest(PhpCase):
    def server(self, target, headers=(), **arguments):
        return self.get(target, headers, **arguments).json()["server"]

    def test_as_nginx_sets_them(self):
        port = self.gateway.address.rsplit(":", 1)[1]
        server = self.server("/index.php?a=1&b[]=2", [("Host", "shop.test:81"), ("X-Own-Header", "v")])
        expected = {"SCRIPT_FILENAME": self.root + "/index.php", "SCRIPT_NAME": "/index.php",
                    "DOCUMENT_ROOT": self.root, "DOCUMENT_URI": "/index.php", "REQUEST_URI": "/index.php?a=1&b[]=2",
                    "QUERY_STRING": "a=1&b[]=2", "REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1",
                    "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_SCHEME": "http", "REMOTE_ADDR": "127.0.0.1",
                    "SERVER_ADDR": "127.0.0.1", "SERVER_PORT": port, "SERVER_NAME": "shop.test",
                    "HTTP_HOST": "shop.test:81", "HTTP_X_OWN_HEADER": "v", "CONTENT_TYPE": "", "CONTENT_LENGTH": "",
                    "REDIRECT_STATUS": "200", "PHP_SELF": "/index.php"}
        self.assertEqual({key: server.get(key) for key in expected}, expected)
        self.assertNotIn("HTTPS", server)

    def test_dangerous_headers_do_not_arrive(self):
        server = self.server("/", [("Proxy", "http://evil.test"), ("X_Under", "1"), ("X-Under", "2"),
                                   ("Content_Length", "5")])
        self.assertNotIn("HTTP_PROXY", server)
        self.assertEqual(server["HTTP_X_UNDER"], "2")
        self.assertEqual(server.get("CONTENT_LENGTH", ""), "")

    def test_repeated_headers_are_joined(self):
        self.assertEqual(self.server("/", [("X-Many", "1"), ("X-Many", "2")])["HTTP_X_MANY"], "1, 2")
        self.assertEqual(self.server("/", [("Cookie", "a=1"), ("Cookie", "b=2")])["HTTP_COOKIE"], "a=1; b=2")

    def test_unknown_addresses_reach_the_front_controller(self):
        answer = self.get("/user/profile?id=7").json()
        self.assertEqual((answer["script"], answer["get"]), ("index", {"id": "7"}))
        self.assertEqual(answer["server"]["REQUEST_URI"], "/user/profile?id=7")
        self.assertEqual(answer["server"]["SCRIPT_NAME"], "/index.php")

    def test_several_scripts_path_info_and_directories(self):
        self.assertEqual(self.get("/other.php").body, b"other||/other.php|/other.php")
        self.assertEqual(self.get("/other.php/a/b?c").body, b"other|/a/b|/other.php|/other.php/a/b?c")
        self.assertEqual(self.get("/sub/").body, b"sub index")
        self.assertEqual(self.get("/nothing.php").status, 404)

    def test_only_scripts_are_executed_and_only_below_the_root(self):
        write_scripts(self.directory, {"evil.php": "<?php echo 'exec', 'uted';"})
        for target in ("/../evil.php", "/%2e%2e/evil.php", "/..%2fevil.php", "/note.txt/x.php", "/image.php.jpg",
                       "/image.php.jpg/x.php", "/other.php%00.txt", "//evil.php"):
            with self.subTest(target):
                self.assertNotIn(b"executed", self.get(target).body)

    def test_static_files_beside_the_scripts(self):
        answer = self.get("/style.css")
        self.assertEqual((answer.body, answer.get("content-type").split(";")[0]), (b"body {}", "text/css"))

    def test_source_is_never_shown(self):
        for target in ("/index.php", "/other.php", "/OTHER.PHP", "/other.php/", "/other.php.", "/other%2ephp"):
            with self.subTest(target):
                self.assertNotIn(b"<?php", self.get(target).body)


class BodyTest(PhpCase):
    BODY = os.urandom(3_000_000)

    def expected(self, body):
        return f"{len(body)} {hashlib.md5(body).hexdigest()} {len(body)}".encode()

    def test_bodies_of_every_framing_arrive_whole(self):
        for body in (b"", b"x", self.BODY):
            self.assertEqual(self.get("/body.php", method="POST", body=body).body, self.expected(body))
        parts = [self.BODY[start:start + 70_000] for start in range(0, len(self.BODY), 70_000)]
        for pieces in ([], [b"x"], parts):
            answer = self.get("/body.php", [("Transfer-Encoding", "chunked")], method="POST",
                              body=chunked(pieces, b"T: 1\r\n"))
            self.assertEqual(answer.body, self.expected(b"".join(pieces)))

    def test_slow_uploads_of_unknown_length_pin_no_worker(self):
        clients = [RawClient(self.gateway.address) for _ in range(6)]
        for client in clients:
            self.addCleanup(client.close)
            client.send(b"POST /body.php HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n")
        wait_until(lambda: self.gateway.status()["requests_in_flight"] >= 6, 60, "the uploads being under way")
        self.assertEqual(self.get("/pid.php").status, 200)

    def test_forms_and_uploads(self):
        form = self.get("/index.php", [("Content-Type", "application/x-www-form-urlencoded")], method="POST",
                        body=b"a=1&b=%20")
        self.assertEqual(form.json()["post"], {"a": "1", "b": " "})
        body = (b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\nContent-Type: a/b\r\n\r\n'
                + self.BODY + b"\r\n--x--\r\n")
        answer = self.get("/upload.php", [("Content-Type", "multipart/form-data; boundary=x"), ("Transfer-Encoding",
                                                                                                "chunked")],
                          method="POST", body=chunked([body[:100], body[100:]]))
        self.assertTrue(answer.body.startswith(b"f.bin 3000000 "), answer)

    def test_answers(self):
        for code in (200, 201, 204, 301, 404, 418, 500, 503):
            self.assertEqual(self.get(f"/status.php?code={code}").status, code)
        redirect = self.get("/redirect.php")
        self.assertEqual((redirect.status, redirect.get("location"), len(redirect.all("set-cookie"))),
                         (302, "/elsewhere", 2))
        self.assertEqual(len(self.get("/big.php").body), 2000 * 8192)
        head = self.get("/big.php", method="HEAD")
        self.assertEqual((head.status, head.body), (200, b""))

    def test_what_php_says_goes_to_the_log(self):
        self.assertEqual(self.get("/warn.php").body, b"fine")
        wait_until(lambda: "a word from the script" in self.gateway.log(), 60, "PHP's stderr in the log")
        wait_until(lambda: "Undefined variable" in self.gateway.log(), 60, "the warning in the log")
        self.assertEqual(self.get("/fatal.php").status, 500)
        wait_until(lambda: "no_such_function" in self.gateway.log(), 60, "the fatal error in the log")


class FailureTest(PhpCase):
    def test_more_clients_than_workers_all_get_answers(self):
        with Load(self.gateway.address, "/slow.php?ms=5", clients=20) as load:
            load.wait_answers(400, 120)
        self.assertEqual(load.failures, [])

    def test_connections_max_bounds_the_process(self):
        with Load(self.gateway.address, "/slow.php?ms=20", clients=30) as load:
            load.wait_answers(50, 120)
            listing = subprocess.run(["ss", "-xH", "state", "connected"], capture_output=True, text=True,
                                     check=True).stdout
            used = sum(self.fpm.listen[len("unix:"):] in line for line in listing.splitlines())
            self.assertLessEqual(used, 2)
            self.assertGreater(used, 0)

    def test_a_killed_worker_costs_its_request_a_502_and_nothing_else(self):
        self.assertIn(self.get("/die.php").status, (200, 502))
        for _ in range(10):
            self.assertEqual(self.get("/pid.php").status, 200)

    def test_a_worker_killed_in_the_middle_of_a_request(self):
        write_scripts(self.root, {"begins.php": f"<?php touch('{self.path('begun')}'); sleep(600);"})
        with RawClient(self.gateway.address) as client:
            client.send(b"GET /begins.php HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_until(lambda: os.path.exists(self.path("begun")), 60, "the script running")
            for pid in self.fpm.worker_pids():
                os.kill(pid, signal.SIGKILL)
            self.assertEqual(client.read_response().status, 502)
            wait_until(lambda: self.get("/pid.php").status == 200, 60, "a new worker answering")

    def test_php_fpm_gone_is_502_and_back_is_200(self):
        self.fpm.stop()
        self.assertEqual(self.get("/pid.php").status, 502)
        self.assertEqual(self.get("/style.css").status, 200)
        self.fpm.start()
        self.assertEqual(self.get("/pid.php").status, 200)

    def test_a_restart_between_requests_is_not_noticed(self):
        """The gateway's kept connections lead to a php-fpm that has gone."""
        with RawClient(self.gateway.address) as client:
            for _ in range(5):
                self.assertEqual(client.request("GET", "/pid.php").status, 200)
                self.fpm.stop()
                self.fpm.start()

    def test_reloads_under_load_lose_nothing_that_php_fpm_did_not_cut(self):
        with Load(self.gateway.address, "/slow.php?ms=2", clients=6) as load:
            for _ in range(3):
                load.wait_answers(60)
                before = set(self.fpm.worker_pids())
                self.fpm.reload()
                wait_until(lambda: len(set(self.fpm.worker_pids()) - before) == 2, 60, "two new workers")
            load.wait_answers(60)
        # php-fpm ends its workers at once on a reload, so the two requests they were running may be lost each time.
        self.assertLessEqual(len(load.failures), 3 * 2, load.failures)
        self.assertEqual({failure for failure in load.failures} - {"status 502"}, set())

    def test_a_script_that_takes_too_long_is_504(self):
        self.assertEqual(self.get("/slow.php?ms=20000", [("X-Hasty", "1")]).status, 504)
        self.assertEqual(self.get("/pid.php").status, 200)

    def test_a_script_that_stops_within_its_answer_is_cut_off(self):
        write_scripts(self.root, {"stops.php": "<?php header('Content-Length: 9'); echo 'begun'; "
                                               "while (ob_get_level()) ob_end_flush(); flush(); sleep(600);"})
        self.gateway.write_config(self.gateway.body.replace("timeout: 60s", "timeout: 60s, read_timeout: 1s"))
        self.gateway.wait_revision(2)
        started = time.monotonic()
        with self.assertRaises(ResponseError):
            self.get("/stops.php")
        self.assertGreater(time.monotonic() - started, 0.8)

    def test_unsafe_requests_are_never_sent_twice(self):
        write_scripts(self.root, {"count.php": f"<?php file_put_contents('{self.path('count')}', 'x', FILE_APPEND); "
                                               "posix_kill(getmypid(), 9);"})
        self.assertEqual(self.get("/count.php", method="POST", body=b"a").status, 502)
        with open(self.path("count"), encoding="ascii") as file:
            self.assertEqual(file.read(), "x")

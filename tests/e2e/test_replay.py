"""`banyan replay` before two real HTTP servers, with the example of docs/replay.md."""
import gzip
import http.server
import json
import os
import re
import subprocess
import tempfile
import threading
import time
import unittest
from urllib.parse import parse_qs, urlsplit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BANYAN = os.environ["BANYAN_BIN"]


def documented(language):
    with open(os.path.join(ROOT, "docs/replay.md"), encoding="utf-8") as page:
        return re.findall(r"```%s\n(.*?)```" % language, page.read(), re.DOTALL)[0]


class Handler(http.server.BaseHTTPRequestHandler):
    """A user centre. The new one forgets the names of users with even ids."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        server, url = self.server, urlsplit(self.path)
        with server.lock:
            server.seen.append((self.command, self.path, dict(self.headers), body))
            server.running += 1
            server.most = max(server.most, server.running)
        if url.path == "/slow":
            time.sleep(0.1)
        if url.path == "/hang" and server.new:
            server.ended.wait(120)
        number = int(parse_qs(url.query).get("id", ["1"])[0])
        user = {"name": f"user {number}", "roles": ["a", "b"], "served_by": "new" if server.new else "old"}
        if server.new and number % 2 == 0:
            user["name"] = None
        if server.new:
            user["roles"].reverse()
        loose = {"meta": {}, "id": 7, "price": 9.905} if server.new else {"meta": [], "id": "7", "price": 9.9}
        text = json.dumps({"/user/profile": user, "/loose": loose}.get(url.path, {"ok": True})).encode()
        zipped = server.new and "gzip" in self.headers.get("Accept-Encoding", "")
        text = gzip.compress(text) if zipped else text
        with server.lock:
            server.running -= 1
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Side", "new" if server.new else "old")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_OPTIONS = do_POST = answer

    def log_message(self, *_):
        pass


class Service(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, new):
        super().__init__(("127.0.0.1", 0), Handler)
        self.new, self.lock, self.seen, self.ended = new, threading.Lock(), [], threading.Event()
        self.running = self.most = 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that gave up waiting is what one test wants."""


class Replay(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="banyan-replay-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.old, self.new = Service(False), Service(True)
        for service in (self.old, self.new):
            self.addCleanup(service.server_close)
            self.addCleanup(service.shutdown)
            self.addCleanup(service.ended.set)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def banyan(self, *arguments):
        return subprocess.run([BANYAN, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=300)

    def replay(self, requests, *options):
        name = self.write("requests.jsonl", "".join(json.dumps(request) + "\n" for request in requests))
        return self.banyan("replay", name, "--old", self.old.url, "--new", self.new.url, "--unordered", "$.roles",
                           "--ignore", "$.served_by", *options)

    def test_the_example_of_the_page(self):
        self.write("capture.jsonl", documented("json"))
        command = documented("sh").replace("http://127.0.0.1:8001", self.old.url)
        command = command.replace("http://127.0.0.1:8002", self.new.url)
        done = self.banyan(*command.split()[1:])
        self.assertEqual((done.stdout, done.stderr, done.returncode), (documented("text"), "", 1))
        self.assertNotIn("POST", [seen[0] for seen in self.old.seen + self.new.seen])

    def test_equal_answers_are_exit_code_0_and_json_says_so(self):
        done = self.replay([{"method": method, "path": "/user/profile?id=7", "headers": {"Accept-Encoding": "br"}}
                            for method in ("GET", "HEAD", "OPTIONS")], "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        report = json.loads(done.stdout)
        self.assertEqual([report[key] for key in ("compared", "different", "failed", "skipped", "equal")],
                         [3, 0, 0, 0, True])
        self.assertEqual([path["request"] for path in report["paths"]],
                         [method + " /user/profile" for method in ("GET", "HEAD", "OPTIONS")])
        for service in (self.old, self.new):
            self.assertEqual(sorted(seen[0] for seen in service.seen), ["GET", "HEAD", "OPTIONS"])
            self.assertEqual({seen[2]["Host"] for seen in service.seen}, {service.url[7:]})

    def test_rules_decide_what_counts(self):
        request = [{"method": "GET", "path": "/user/profile?id=7"}]
        self.assertEqual(self.replay(request).returncode, 0)
        done = self.replay(request, "--header", "x-side")
        self.assertEqual(done.returncode, 1)
        self.assertIn("header x-side (1): old -> new", done.stdout)
        self.assertEqual(self.replay(request, "--header", "x-side", "--ignore", "header:X-Side").returncode, 0)
        self.assertIn("byte ", self.replay(request, "--body", "bytes").stdout)
        self.assertEqual(self.replay(request, "--body", "none").returncode, 0)

    def test_habits_and_tolerances_are_forgiven_where_they_are_named(self):
        request = [{"method": "GET", "path": "/loose"}]
        allowed = ["--php", "loose-empty", "--php", "loose-numbers", "--number-tolerance", "0.01"]
        done = self.replay(request)
        self.assertEqual(done.returncode, 1)
        for place in ("$.meta", "$.id", "$.price"):
            self.assertIn(place, done.stdout)
        self.assertEqual(self.replay(request, *allowed).returncode, 0)
        self.assertIn("$.price", self.replay(request, *allowed[:4]).stdout)
        self.assertIn("$.id", self.replay(request, *allowed[:2], *allowed[4:]).stdout)

    def test_the_rules_of_a_route_are_those_it_moves_under(self):
        compare = "{php: [loose-empty, loose-numbers], number_tolerance: 0.01, headers: [x-side]}"
        self.write("banyan.yaml", "version: 1\ngateway: {listen: '127.0.0.1:1'}\nclusters:\n"
                   "  old: {protocol: http1, endpoints: ['127.0.0.1:1']}\n"
                   "  new: {protocol: http1, endpoints: ['127.0.0.1:2']}\nledger: {file: banyan.db}\nroutes:\n"
                   "  - {id: rest, match: {path: /rest}, to: old}\n"
                   "  - id: loose\n    match: {method: GET, path: /loose}\n"
                   f"    migrate: {{from: old, to: new, compare: {compare}}}\n")
        request = [{"method": "GET", "path": "/loose"}]
        done = self.replay(request, "--route", "loose", "-c", "banyan.yaml")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn("header x-side (1): old -> new", done.stdout)
        self.assertNotIn("$.", done.stdout)
        self.assertEqual(self.replay(request, "--route", "loose", "-c", "banyan.yaml", "--header",
                                     "content-type").returncode, 0)
        for options, words in ((["--route", "loose"], "go together"),
                               (["--route", "rest", "-c", "banyan.yaml"], "no route 'rest' of banyan.yaml has"),
                               (["--route", "loose", "-c", "gone.yaml"], "gone.yaml"),
                               (["--php", "loose"], "loose-empty or loose-numbers"),
                               (["--number-tolerance", "-1"], "at least 0"), (["--body", "xml"], "--body is one of")):
            done = self.replay(request, *options)
            self.assertEqual(done.returncode, 2, options)
            self.assertIn(words, done.stderr)

    def test_unsafe_requests_go_with_their_bodies_when_asked_for(self):
        request = [{"method": "POST", "path": "/rename", "headers": {"cookie": "s=1"}, "body": "name=Ann"}]
        done = self.replay(request)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no request that may be sent (1 skipped", done.stderr)
        self.assertEqual(self.old.seen + self.new.seen, [])
        self.assertEqual(self.replay(request, "--unsafe").returncode, 0)
        for service in (self.old, self.new):
            self.assertEqual([(seen[0], seen[1], seen[2]["cookie"], seen[3]) for seen in service.seen],
                             [("POST", "/rename", "s=1", "name=Ann")])

    def test_har_files_are_read(self):
        entries = [{"request": {"method": "GET", "url": url, "headers": [{"name": "Accept", "value": "a/b"}]}}
                   for url in ("https://shop.test/user/profile?id=7", "https://cdn.test/x.js", "https://shop.test/")]
        name = self.write("a.har", json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=2))
        done = self.banyan("replay", name, "--old", self.old.url + "/", "--new", self.new.url, "--ignore",
                           "$..served_by", "--unordered", "$..roles")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("2 compared, 0 different, 0 failed, 1 skipped", done.stdout)
        self.assertEqual(sorted(seen[1] for seen in self.new.seen), ["/", "/user/profile?id=7"])

    def test_a_side_that_does_not_answer_fails(self):
        done = self.replay([{"method": "GET", "path": "/hang"}, {"method": "GET", "path": "/"}], "--timeout", "8")
        self.assertEqual(done.returncode, 1)
        self.assertIn("1 compared, 0 different, 1 failed", done.stdout)
        self.assertIn("new side: ", done.stdout)

    def test_concurrency_is_bounded(self):
        self.assertEqual(self.replay([{"method": "GET", "path": "/slow"}] * 30, "--concurrency", "3").returncode, 0)
        self.assertEqual(len(self.new.seen), 30)
        self.assertIn(self.old.most, range(2, 4))
        self.assertLessEqual(self.new.most, 3)

    def test_what_is_wrong_is_said(self):
        self.write("bad.jsonl", '{"method": "GET", "path": "/"}\n\n{"method": "GET"}\n')
        self.write("bad.har", '{"log": {"entries": [{"request": {"method": "GET"}}]}}')
        self.write("empty.jsonl", "")
        for file, options, said in [
                ("bad.jsonl", [], "bad.jsonl:3: 'path' is missing"),
                ("bad.har", [], "log.entries[0] has no request.url"),
                ("none.jsonl", [], "none.jsonl"), ("empty.jsonl", [], "no request that may be sent"),
                ("bad.jsonl", ["--body", "xml"], "--body"), ("bad.jsonl", ["--ignore", "a["], "a["),
                ("bad.jsonl", ["--concurrency", "0"], "concurrency"), ("bad.jsonl", ["--timeout", "x"], "timeout")]:
            done = self.banyan("replay", file, "--old", self.old.url, "--new", self.new.url, *options)
            self.assertEqual(done.returncode, 2, (file, options, done.stdout))
            self.assertIn(said, done.stderr)
            self.assertEqual(done.stdout, "")
        for url in ("https://x", "x", "http://no-such-host.invalid"):
            done = self.banyan("replay", "bad.jsonl", "--old", self.old.url, "--new", url)
            self.assertEqual(done.returncode, 2)
            self.assertIn(url.removeprefix("http://"), done.stderr)


if __name__ == "__main__":
    unittest.main()

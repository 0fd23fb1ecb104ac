"""Files: types, validators, ranges, and no way out of the root."""
import os

from lib.case import GatewayCase
from lib.php import write_scripts
from lib.raw_http import RawClient

DATA = bytes(range(256)) * 40


class StaticTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.root = self.make_directory("www")
        write_scripts(self.root, {"assets/data.bin": DATA, "assets/app.css": "body {}", "assets/logo.svg": "<svg/>",
                                  "assets/app.js": "1", "assets/page.html": "<p>", "assets/empty.txt": "",
                                  "assets/no-type": "x", "assets/a b\u00e9.txt": "space",
                                  "secret.txt": "secret"})
        write_scripts(self.directory, {"outside.txt": "outside"})
        self.gateway = self.start_gateway(f"clusters: {{}}\nroutes:\n"
                                          f'  - {{id: assets, match: {{prefix: /assets/}}, '
                                          f'static: {{root: "{self.root}"}}}}\n')

    def get(self, target, headers=(), method="GET"):
        return self.gateway.fetch(target, method=method, headers=list(headers))

    def test_types(self):
        for name, kind in (("app.css", "text/css"), ("logo.svg", "image/svg+xml"), ("app.js", "application/javascript"),
                           ("page.html", "text/html"), ("empty.txt", "text/plain"), ("data.bin",
                                                                                     "application/octet-stream"),
                           ("no-type", "application/octet-stream")):
            with self.subTest(name):
                answer = self.get(f"/assets/{name}")
                self.assertEqual((answer.status, answer.get("content-type").split(";")[0]), (200, kind))

    def test_whole_files_and_head(self):
        self.assertEqual(self.get("/assets/data.bin").body, DATA)
        self.assertEqual(self.get("/assets/data.bin?v=1").body, DATA)
        self.assertEqual(self.get("/assets/a%20b%C3%A9.txt").body, b"space")
        head = self.get("/assets/data.bin", method="HEAD")
        self.assertEqual((head.status, head.get("content-length"), head.get("accept-ranges")),
                         (200, str(len(DATA)), "bytes"))

    def test_validators(self):
        first = self.get("/assets/data.bin")
        etag, modified = first.get("etag"), first.get("last-modified")
        self.assertRegex(etag, '^(W/)?"[^"]+"$')
        for headers, status in (([("If-None-Match", etag)], 304), ([("If-None-Match", f'"x", {etag}')], 304),
                                ([("If-None-Match", "*")], 304), ([("If-None-Match", '"x"')], 200),
                                ([("If-Modified-Since", modified)], 304),
                                ([("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")], 200),
                                ([("If-None-Match", '"x"'), ("If-Modified-Since", modified)], 200),
                                ([("If-Match", '"x"')], 412), ([("If-Match", etag)], 200)):
            with self.subTest(headers):
                answer = self.get("/assets/data.bin", headers)
                self.assertEqual(answer.status, status)
                if status == 304:
                    self.assertEqual((answer.get("etag"), answer.body), (etag, b""))
        write_scripts(self.root, {"assets/data.bin": DATA[1:]})
        self.assertEqual(self.get("/assets/data.bin", [("If-None-Match", etag)]).body, DATA[1:])

    def test_ranges(self):
        size = len(DATA)
        for value, start, end in (("bytes=0-0", 0, 1), ("bytes=10-19", 10, 20), ("bytes=-5", size - 5, size),
                                  ("bytes=10200-", 10200, size), ("bytes=10200-99999999", 10200,
                                                                  size), (f"bytes=-{size * 2}", 0, size)):
            with self.subTest(value):
                answer = self.get("/assets/data.bin", [("Range", value)])
                self.assertEqual((answer.status, answer.body), (206, DATA[start:end]))
                self.assertEqual(answer.get("content-range"), f"bytes {start}-{end - 1}/{size}")
        beyond = self.get("/assets/data.bin", [("Range", f"bytes={size}-")])
        self.assertEqual((beyond.status, beyond.get("content-range")), (416, f"bytes */{size}"))
        self.assertEqual(self.get("/assets/data.bin", [("Range", "lines=1-2")]).status, 200)
        for invalid in ("bytes=5-1", "bytes=a-b", "bytes="):      # RFC 9110 14.2: may be ignored or refused
            with self.subTest(invalid):
                self.assertIn(self.get("/assets/data.bin", [("Range", invalid)]).status, (200, 416))
        etag = self.get("/assets/data.bin").get("etag")
        self.assertEqual(self.get("/assets/data.bin", [("Range", "bytes=0-1"), ("If-Range", etag)]).status, 206)
        self.assertEqual(self.get("/assets/data.bin", [("Range", "bytes=0-1"), ("If-Range", '"x"')]).status, 200)

    def test_nothing_outside_the_root(self):
        for target in ("/assets/../../outside.txt", "/assets/..%2f..%2foutside.txt",
                       "/assets/%2e%2e/%2e%2e/outside.txt", "/assets/..\\..\\outside.txt",
                       "/assets/data.bin%00.css", "/assets//etc/passwd", "/assets/../secret.txt",
                       "/assets/%2e%2e/secret.txt"):
            with self.subTest(target):
                answer = self.get(target)
                self.assertIn(answer.status, (400, 403, 404))
                self.assertNotIn(b"outside", answer.body)
                self.assertNotIn(b"secret", answer.body)

    def test_what_is_not_a_file(self):
        self.assertEqual(self.get("/assets/none.txt").status, 404)
        self.assertIn(self.get("/assets/").status, (403, 404))
        self.assertEqual(self.get("/assets/data.bin/x").status, 404)
        posted = self.get("/assets/data.bin", method="POST", headers=[("Content-Length", "0")])
        self.assertEqual((posted.status, posted.get("allow")), (405, "GET, HEAD"))
        os.mkfifo(self.path("www", "assets", "pipe"))
        self.assertIn(self.get("/assets/pipe").status, (403, 404))

    def test_a_big_file_is_not_held_in_memory(self):
        with open(self.path("www", "assets", "big.bin"), "wb") as file:
            file.truncate(200 << 20)
        before = self.gateway.resident_bytes()
        with RawClient(self.gateway.address) as client:
            client.send(b"GET /assets/big.bin HTTP/1.1\r\nHost: a\r\n\r\n")
            head = client.read_head()
            remaining = int(head.get("content-length")) - len(client.buffer)
            while remaining > 0:
                data = client.sock.recv(1 << 20)
                self.assertTrue(data)
                remaining -= len(data)
                self.assertLess(self.gateway.resident_bytes() - before, 32 << 20)
        self.assertEqual(remaining, 0)

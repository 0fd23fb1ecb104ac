"""What real servers parse is what the gateway logs: PHP, Python, Node and Java, each with its own parser of HTTP or
FastCGI, write down method, target and number of body bytes of every request they have read to its end.

Clients send good requests in every framing, and all that test_smuggling.py tries. Whatever a server has parsed must be
on a line of the access log that says 200, and the other way round.
"""
import concurrent.futures
import json
import shutil
import subprocess

from e2e.test_smuggling import BAD_CHUNKS, HIDDEN, POST, REFUSED, TE, length
from lib.case import GatewayCase
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import RawClient, ResponseError, chunked
from processes import Child, free_port, wait_until

NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
PHP = """<?php
$body = file_get_contents('php://input');
file_put_contents(%(record)r, json_encode([$_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], strlen($body)]) . "\\n",
                  FILE_APPEND | LOCK_EX);
"""

FLASK = """import json
from flask import Flask, request
from werkzeug.serving import run_simple
app = Flask(__name__)

@app.before_request
def note():
    body = request.get_data()
    with open(%(record)r, "a", encoding="ascii") as file:
        file.write(json.dumps([request.method, request.environ["RAW_URI"], len(body)]) + "\\n")
    return ""

run_simple("127.0.0.1", %(port)d, app, threaded=False)
"""

NODE = """const fs = require('node:fs');
require('node:http').createServer((request, response) => {
  let bytes = 0;
  request.on('data', (part) => { bytes += part.length; });
  request.on('end', () => {
    fs.appendFileSync(%(record)r, JSON.stringify([request.method, request.url, bytes]) + '\\n');
    response.end();
  });
}).listen(%(port)d, '127.0.0.1');
"""

JAVA = """import com.sun.net.httpserver.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;

public class Parsed {
  public static void main(String[] arguments) throws Exception {
    Path record = Path.of("%(record)s");
    Files.createFile(record);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", %(port)d), 0);
    server.createContext("/", exchange -> {
      int bytes = exchange.getRequestBody().readAllBytes().length;
      String line = String.format("[\\"%%s\\", \\"%%s\\", %%d]\\n", exchange.getRequestMethod(),
                                  exchange.getRequestURI(), bytes);
      Files.write(record, line.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.APPEND);
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    server.start();
  }
}
"""


def good_requests():
    """(method, target, framing and body) of requests that servers must see as they are."""
    targets = ("/", "/a%20b?c=d&c=%26&%5B%5D=1", "/%E4%BD%A0/;v=1?x", "/a//b/?", "/" + "l" * 3000)
    for target in targets:
        yield "GET", target, b"\r\n"
    for method in ("POST", "PUT", "DELETE"):
        for size in (0, 1, 70_000, 300_001):
            yield method, f"/length/{size}", length(b"%d" % size) + b"\r\n" + b"x" * size
        for pieces in ([HIDDEN, b"x"], [b"y" * 100_000, b"z", b"w" * 9], []):
            yield method, f"/chunks/{len(pieces)}", TE + b"\r\n" + chunked(pieces)


class UpstreamParsersTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.record = self.path("parsed.json")

    def start(self, name, text, command):
        port = free_port()
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text % {"port": port, "record": self.record})
        if name.endswith(".java"):
            subprocess.run([shutil.which("javac"), "-d", self.directory, self.path(name)], check=True, timeout=300)
        child = Child(name, command, self.path(name + ".out"))
        self.addCleanup(child.stop)
        child.wait_listening(f"127.0.0.1:{port}", 60)
        return f'{{protocol: http1, endpoints: ["127.0.0.1:{port}"]}}'

    def read(self, data):
        """Sends DATA on a connection of its own, and reads until the gateway closes."""
        with RawClient(self.gateway.address, 30) as client:
            client.send(data)
            try:
                while client.read_response().status:
                    pass
            except (ResponseError, OSError):
                return

    def check(self, cluster):
        self.gateway = self.start_gateway(f"clusters:\n  up: {cluster}\nroutes:\n"
                                          "  - {id: all, match: {prefix: /}, to: up}\n")
        good = list(good_requests())
        with RawClient(self.gateway.address, 30) as client:
            for method, target, rest in good:
                client.send(f"{method} {target} HTTP/1.1\r\nHost: a\r\n".encode() + rest)
                self.assertEqual(client.read_response().status, 200, (method, target))
        attempts = [*REFUSED.values(), *(POST + TE + b"\r\n" + body for body in BAD_CHUNKS.values()),
                    POST + length(b"%d" % len(HIDDEN)) + b"\r\n" + HIDDEN + NEXT]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(self.read, attempts))
        self.assertEqual(self.gateway.fetch("/last").status, 200)
        with open(self.record, encoding="ascii") as file:
            parsed = sorted(json.loads(line) for line in file)
        wait_until(lambda: len(self.logged()) >= len(parsed), 60, "all lines of the log")
        self.assertEqual(parsed, sorted([line["method"], line["target"], line["request_bytes"]]
                                        for line in self.logged()))
        self.assertGreaterEqual(len(parsed), len(good) + 3)
        self.assertNotIn("/hidden", [target for _, target, _ in parsed])

    def logged(self):
        return [line for line in self.gateway.access_log() if line["status"] == 200]

    def test_php(self):
        write_scripts(self.make_directory("site"), {"index.php": PHP % {"record": self.record}})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        self.check(f'{{protocol: fastcgi, root: "{self.path("site")}", index: [index.php], fallback: /index.php, '
                   f'endpoints: ["{fpm.listen}"]}}')

    def test_python(self):
        python = "/usr/bin/python3"
        if subprocess.run([python, "-c", "import flask"], capture_output=True, check=False).returncode != 0:
            self.skipTest("there is no Flask: apt-get install python3-flask")
        self.check(self.start("parsed.py", FLASK, [python, "-B", self.path("parsed.py")]))

    def test_node(self):
        node = shutil.which("node") or shutil.which("nodejs")
        if node is None:
            self.skipTest("there is no Node: apt-get install nodejs")
        self.check(self.start("parsed.js", NODE, [node, self.path("parsed.js")]))

    def test_java(self):
        if shutil.which("javac") is None:
            self.skipTest("there is no JDK: apt-get install default-jdk-headless")
        self.check(self.start("Parsed.java", JAVA, [shutil.which("java"), "-cp", self.directory, "Parsed"]))

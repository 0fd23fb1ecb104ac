"""Colour and trace through services that know nothing of either: gateway -> old service with a shim -> second service.

Each old service is a small real one (php-fpm, Flask, the JDK's server, Node) that waits a little and then asks the
second service, which answers with the fields it was sent. Every request has a trace and a colour of its own, many run
at once, and each must see its own at the far end and nobody else's.
"""
import concurrent.futures
import json
import os
import shutil
import subprocess

from lib.case import GatewayCase
from lib.php import start_php_fpm, write_scripts
from processes import Child, find_program, free_port

SHIMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "shims")
AT_ONCE = 8
REQUESTS = 32

PHP = """<?php
usleep(random_int(1000, 20000));
$url = 'http://%(far)s/far';
if ($_GET['by'] === 'context') {
    $context = Banyan\\Shim\\context(['http' => ['header' => "x-own: 1\\r\\nbaggage: mine=1"]]);
    echo file_get_contents($url, false, $context);
} elseif ($_GET['by'] === 'curl') {
    $handle = Banyan\\Shim\\curl(curl_init($url), ['x-own: 1']);
    curl_setopt($handle, CURLOPT_RETURNTRANSFER, true);
    echo curl_exec($handle);
} else {
    echo file_get_contents($url);
}
"""

FLASK = """import random, sys, time, urllib.request
sys.path.insert(0, %(shims)r)
import banyan_shim
from flask import Flask, request
from werkzeug.serving import run_simple
banyan_shim.install()
app = Flask(__name__)
app.wsgi_app = banyan_shim.WsgiMiddleware(app.wsgi_app)

@app.get("/old")
def old():
    time.sleep(random.uniform(0.001, 0.02))
    own = {"baggage": "mine=1", "x-own": "1"} if request.args["by"] == "own" else {}
    with urllib.request.urlopen(urllib.request.Request("http://%(far)s/far", headers=own), timeout=60) as answer:
        return answer.read()

run_simple("127.0.0.1", %(port)d, app, threaded=True)
"""

ASGI = """import asyncio, sys, json
sys.path.insert(0, %(shims)r)
import banyan_shim

async def application(scope, receive, send):
    await asyncio.sleep(0.01)
    async def inner():
        await asyncio.sleep(0.01)
        await send(banyan_shim.headers())
    await asyncio.create_task(inner())

async def main():
    app, seen = banyan_shim.AsgiMiddleware(application), {}
    async def one(i):
        async def send(carried):
            seen[i] = carried
        await app({"type": "http", "headers": [(b"X-Gray-Tag", b"c%%d" %% i), (b"other", b"x")]}, None, send)
    await asyncio.gather(*(one(i) for i in range(50)))
    print(json.dumps([seen[i] == {"x-gray-tag": "c%%d" %% i} for i in range(50)].count(True)), banyan_shim.headers())

asyncio.run(main())
"""

JAVA = """import banyan.shim.BanyanShim;
import com.sun.net.httpserver.*;
import java.net.*;
import java.net.http.*;
import java.util.concurrent.*;

public class Old {
  public static void main(String[] arguments) throws Exception {
    HttpClient client = BanyanShim.wrap(HttpClient.newHttpClient());
    ExecutorService workers = Executors.newFixedThreadPool(8);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", %(port)d), 0);
    server.setExecutor(workers);
    HttpContext context = server.createContext("/old", exchange -> {
      try {
        Thread.sleep(ThreadLocalRandom.current().nextInt(1, 20));
        String by = exchange.getRequestURI().getQuery();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://%(far)s/far"));
        if (by.equals("by=own")) request.header("baggage", "mine=1").header("x-own", "1");
        byte[] body;
        if (by.equals("by=thread")) {
          CompletableFuture<byte[]> done = new CompletableFuture<>();
          new Thread(BanyanShim.carrying(() -> {
            try {
              done.complete(client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body());
            } catch (Exception error) {
              done.completeExceptionally(error);
            }
          })).start();
          body = done.get();
        } else {
          body = client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray()).get().body();
        }
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      } catch (Exception error) {
        exchange.sendResponseHeaders(500, -1);
      }
      exchange.close();
    });
    context.getFilters().add(new BanyanShim.ServerFilter());
    server.start();
  }
}
"""

NODE = """const http = require('node:http');
http.createServer(async (request, response) => {
  await new Promise((done) => setTimeout(done, 1 + Math.random() * 20));
  const url = 'http://%(far)s/far';
  const by = new URL(request.url, url).searchParams.get('by');
  if (by === 'fetch') return response.end(await (await fetch(url)).text());
  const headers = by === 'own' ? { baggage: 'mine=1', 'x-own': '1' } : {};
  http.get(url, { headers }, (answer) => answer.pipe(response));
}).listen(%(port)d, '127.0.0.1');
"""


def far_service(exchange):
    """Answers with the fields it was sent, by lower-case name."""
    exchange.read_body()
    lines = [line.partition(b":") for line in exchange.head.split(b"\r\n")[1:] if line]
    seen = {name.decode().lower(): value.strip().decode("latin-1") for name, _, value in lines}
    exchange.reply(json.dumps(seen).encode(), headers=[("Content-Type", "application/json")])
    if exchange.header("connection") == "close":
        exchange.close()  # PHP's streams read to the end of the connection


class ShimCase(GatewayCase):
    def setUp(self):
        super().setUp()
        self.far = self.start_upstream(far_service)

    def start_chain(self, cluster):
        return self.start_gateway(f"gray: {{trust: [127.0.0.0/8]}}\nclusters:\n  old: {cluster}\n"
                                  "routes:\n  - {id: old, match: {prefix: /}, to: old}\n")

    def start_script(self, name, text, command):
        """An old service that listens on a port of its own, and the gateway before it."""
        port = free_port()
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text % {"port": port, "far": self.far.address, "shims": os.path.join(SHIMS, "python")})
        child = Child(name, command, self.path(name + ".out"))
        self.addCleanup(child.stop)
        child.wait_listening(f"127.0.0.1:{port}", 60)
        return self.start_chain(f'{{protocol: http1, endpoints: ["127.0.0.1:{port}"]}}')

    def ask(self, gateway, number, target):
        trace, colour = f"{number + 1:032x}", f"colour-{number}"
        answer = gateway.fetch(target, headers=[("traceparent", f"00-{trace}-00000000000000ab-01"),
                                                ("tracestate", f"vendor={number}"), ("x-gray-tag", colour)])
        self.assertEqual(answer.status, 200, answer)
        return trace, colour, answer.json()

    def check_carried(self, gateway, by, target="/old", own=False):
        """Many at once: each sees its own trace and colour at the far end. OWN: the caller's `baggage` went first."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            asked = list(pool.map(lambda number: self.ask(gateway, number, f"{target}?by={by}"), range(REQUESTS)))
        for number, (trace, colour, seen) in enumerate(asked):
            self.assertEqual(seen.get("traceparent", "").split("-")[1:2], [trace], seen)
            self.assertEqual(seen.get("x-gray-tag"), colour, seen)
            self.assertIn(f"vendor={number}", seen.get("tracestate", ""), seen)
            if own:
                self.assertEqual((seen.get("baggage"), seen.get("x-own")), ("mine=1", "1"), seen)
            else:
                self.assertIn(f"x-gray-tag={colour}", seen.get("baggage", ""), seen)


class PhpShimTest(ShimCase):
    def start(self):
        write_scripts(self.make_directory("site"), {"old.php": PHP % {"far": self.far.address}})
        prepend = os.path.join(SHIMS, "php", "banyan_shim.php")
        fpm = start_php_fpm(self.directory, workers=5, extra=f"php_admin_value[auto_prepend_file] = {prepend}\n")
        self.addCleanup(fpm.stop)
        return self.start_chain(f'{{protocol: fastcgi, root: "{self.path("site")}", endpoints: ["{fpm.listen}"]}}')

    def test_streams_and_contexts(self):
        gateway = self.start()
        self.check_carried(gateway, "default", "/old.php")
        self.check_carried(gateway, "context", "/old.php", own=True)

    def test_curl(self):
        modules = subprocess.run([find_program(["php8.2", "php"], "apt-get install php8.2-cli"), "-m"],
                                 capture_output=True, text=True, timeout=300, check=False).stdout.split()
        if "curl" not in modules:
            self.skipTest("PHP has no cURL here: apt-get install php8.2-curl")
        self.check_carried(self.start(), "curl", "/old.php")

    def test_what_could_smuggle_is_left_behind(self):
        program = find_program(["php8.2", "php"], "apt-get install php8.2-cli")
        code = ("$_SERVER += ['HTTP_X_GRAY_TAG' => \"a\\r\\nx: y\", 'HTTP_TRACEPARENT' => 'zz', "
                "'HTTP_BAGGAGE' => str_repeat('b', 9000), 'HTTP_TRACESTATE' => 'v=1'];"
                f"require '{os.path.join(SHIMS, 'php', 'banyan_shim.php')}';"
                "echo json_encode(Banyan\\Shim\\headers());")
        run = subprocess.run([program, "-n", "-r", code], capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual((run.stdout, run.stderr), ('{"tracestate":"v=1"}', ""))


class PythonShimTest(ShimCase):
    def test_flask(self):
        python = "/usr/bin/python3"
        if subprocess.run([python, "-c", "import flask"], capture_output=True, check=False).returncode != 0:
            self.skipTest("there is no Flask: apt-get install python3-flask")
        gateway = self.start_script("old.py", FLASK, [python, "-B", self.path("old.py")])
        self.check_carried(gateway, "urllib")
        self.check_carried(gateway, "own", own=True)

    def test_asgi_tasks_have_contexts_of_their_own(self):
        with open(self.path("asgi.py"), "w", encoding="utf-8") as file:
            file.write(ASGI % {"shims": os.path.join(SHIMS, "python")})
        run = subprocess.run([shutil.which("python3"), "-B", self.path("asgi.py")], capture_output=True, text=True,
                             timeout=300, check=False)
        self.assertEqual((run.stdout, run.stderr), ("50 {}\n", ""))


class JavaShimTest(ShimCase):
    def compile(self, *sources, path=()):
        javac = shutil.which("javac")
        if javac is None:
            self.skipTest("there is no JDK: apt-get install default-jdk-headless")
        run = subprocess.run([javac, "-Xlint:all", "-Werror", "-d", self.make_directory("classes"),
                              *(["-cp", ":".join(path)] if path else []), *sources], capture_output=True, text=True,
                             timeout=300, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_the_jdks_server_and_client(self):
        port = free_port()
        with open(self.path("Old.java"), "w", encoding="utf-8") as file:
            file.write(JAVA % {"port": port, "far": self.far.address})
        self.compile(os.path.join(SHIMS, "java", "BanyanShim.java"), self.path("Old.java"))
        child = Child("java", [shutil.which("java"), "-cp", self.path("classes"), "Old"], self.path("java.out"))
        self.addCleanup(child.stop)
        child.wait_listening(f"127.0.0.1:{port}", 60)
        gateway = self.start_chain(f'{{protocol: http1, endpoints: ["127.0.0.1:{port}"]}}')
        self.check_carried(gateway, "async")
        self.check_carried(gateway, "thread")
        self.check_carried(gateway, "own", own=True)

    def test_the_servlet_filter_compiles(self):
        api = [os.path.join("/usr/share/java", name)
               for name in ("jakarta-servlet-api.jar", "servlet-api-5.0.jar", "tomcat10-servlet-api.jar")]
        found = [path for path in api if os.path.exists(path)]
        if not found:
            self.skipTest("there is no servlet API: apt-get install libjakarta-servlet-api-java")
        self.compile(os.path.join(SHIMS, "java", "BanyanShim.java"),
                     os.path.join(SHIMS, "java", "BanyanServletFilter.java"), path=found)


class NodeShimTest(ShimCase):
    def test_http_and_fetch(self):
        node = shutil.which("node") or shutil.which("nodejs")
        if node is None:
            self.skipTest("there is no Node: apt-get install nodejs")
        shim = os.path.join(SHIMS, "node", "banyan_shim.js")
        gateway = self.start_script("old.js", NODE, [node, "--require", shim, self.path("old.js")])
        self.check_carried(gateway, "http")
        self.check_carried(gateway, "own", own=True)
        version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=300, check=False).stdout
        if int(version.lstrip("v").split(".")[0]) >= 18:  # fetch came with 18
            self.check_carried(gateway, "fetch")

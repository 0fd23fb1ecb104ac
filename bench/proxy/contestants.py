"""How each proxy is configured and started: one worker, and the same features on every side of a case.

Plain means what each does at its fastest: connections to the origin kept, no access log. Features means what the
gateway does by default and the others when told to: X-Forwarded-For, a request id, a JSON access log, buffered where
the program can. The origins are a local nginx and php-fpm, which share the load's CPU.
"""

import json
import os
import re
from pathlib import Path

from lib import build
from lib.process import LOAD_CPUS, SERVER_CPUS, find_program, free_port

HERE = Path(__file__).resolve().parent

NGINX = """
daemon off; master_process on; worker_processes 1; worker_rlimit_nofile 20000;
pid {directory}/pid; error_log {directory}/error.log;
{user}
events {{ worker_connections 10000; multi_accept on; }}
http {{
  access_log off; keepalive_timeout 600s; keepalive_requests 1000000000; tcp_nodelay on;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  {http}
  server {{ listen 127.0.0.1:{port} backlog=4096; {server} }}
}}
"""

NGINX_LOG = """
  log_format lines escape=json '{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method",'
  '"path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"request_id":"$request_id"}';
  access_log access.log lines buffer=64k flush=1s;"""

HAPROXY = """
global
  fd-hard-limit 20000
  maxconn 9000
  nbthread 1
  {log_target}
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  {features}
frontend in
  bind 127.0.0.1:{port} backlog 4096
  default_backend out
backend out
  http-reuse always
  {backend}
"""

HAPROXY_FEATURES = """option forwardfor
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  log global
  log-format '{"time":"%T","client":"%ci","method":"%HM","path":"%HP","status":%ST,"bytes":%B,"ms":%Ta,"id":"%ID"}'"""

FPM = """
[global]
error_log = {directory}/fpm.log
daemonize = no
[www]
listen = {socket}
pm = static
pm.max_children = 2
{user}
"""


def quoted(path):
    """A path as an nginx word, since a checkout may lie under a folder with a space."""
    return f'"{path}"'


def nginx(space, http, server, cpus=SERVER_CPUS):
    """An nginx with one worker and these extra lines in its http and server blocks."""
    directory, port = space.directory("nginx"), free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    text = NGINX.format(directory=directory, port=port, http=http, server=server, user=user)
    (directory / "nginx.conf").write_text(text.replace(" access.log ", f" {directory}/access.log "), encoding="utf-8")
    program = find_program("nginx")
    return space.serve([program, "-p", directory, "-c", directory / "nginx.conf"], port, cpus=cpus)


def origin(space):
    """The HTTP origin: nginx answering 1 KiB from memory, on the load's CPU."""
    return nginx(space, "", f"location / {{ default_type text/plain; return 200 {'x' * 1024}; }}", LOAD_CPUS)


def php(space):
    """php-fpm with two static workers behind a unix socket; gives (socket, document root)."""
    directory = space.directory("php")
    (directory / "index.php").write_text("<?php echo str_repeat('x', 1024);\n", encoding="utf-8")
    socket = directory / "fpm.sock"
    root = os.geteuid() == 0
    text = FPM.format(directory=directory, socket=socket, user="user = root\ngroup = root" if root else "")
    (directory / "fpm.conf").write_text(text, encoding="utf-8")
    program = find_program("php-fpm", "php-fpm8.4", "php-fpm8.3", "php-fpm8.2")
    space.serve([program, "-F", "-n", *(["-R"] if root else []), "-y", directory / "fpm.conf"], socket, cpus=LOAD_CPUS)
    return socket, directory


def nginx_proxy(space, port, features):
    upstream = f"upstream origin {{ server 127.0.0.1:{port}; keepalive 128; keepalive_requests 1000000000; }}"
    forward = "proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection '';"
    if features:
        forward += ("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
                    "proxy_set_header X-Request-Id $request_id;")
    return nginx(space, upstream + (NGINX_LOG if features else ""), f"location / {{ {forward} }}")


def nginx_fastcgi(space, socket, root):
    upstream = f"upstream fpm {{ server unix:{socket}; keepalive 2; keepalive_requests 1000000000; }}"
    return nginx(space, upstream, "location / { include /etc/nginx/fastcgi_params; fastcgi_pass fpm;"
                 f"fastcgi_keep_conn on; fastcgi_param SCRIPT_FILENAME {quoted(root / 'index.php')}; }}")


def haproxy(space, backend, features, extra=""):
    directory, port = space.directory("haproxy"), free_port()
    text = HAPROXY.format(port=port, backend=backend, log_target="log stdout format raw local0" if features else "",
                          features=HAPROXY_FEATURES if features else "")
    (directory / "haproxy.cfg").write_text(text + extra, encoding="utf-8")
    return space.serve([find_program("haproxy"), "-db", "-f", directory / "haproxy.cfg"], port)


def haproxy_proxy(space, port, features):
    return haproxy(space, f"server origin 127.0.0.1:{port} pool-max-conn 128", features)


def haproxy_fastcgi(space, socket, root):
    application = f"fcgi-app php\n  docroot {root}\n  index index.php\n  option keep-conn\n"
    backend = f"use-fcgi-app php\n  server fpm unix@{socket} proto fcgi maxconn 2 pool-max-conn 2"
    return haproxy(space, backend, False, application)


def gin_program():
    """The Gin gateway's program and version."""
    return build.go(HERE / "gin", "gin-gateway", [("github.com/gin-gonic/gin", ["latest", "v1.9.1"])])


def gin_proxy(space, port, features):
    listen, directory = free_port(), space.directory("gin")
    program, _ = gin_program()
    log = ["-features", directory / "access.log"] if features else []
    return space.serve([program, "-listen", f"127.0.0.1:{listen}", "-origin", f"http://127.0.0.1:{port}", *log], listen,
                       environment={"GOMAXPROCS": "1"})


def banyan(space, configuration):
    """The gateway with these clusters and routes; `configuration` is completed with a listener of one worker.

    The text written is JSON, which is YAML too.
    """
    program = build.banyan_program("apps/banyan/banyan")
    directory, port = space.directory("banyan"), free_port()
    gateway = {"listen": [f"127.0.0.1:{port}"], "workers": 1, "limits": {"idle_timeout": "600s"},
               **configuration.get("gateway", {})}
    file = directory / "gateway.yaml"
    file.write_text(json.dumps({"version": 1, **configuration, "gateway": gateway}, indent=1), encoding="utf-8")
    return space.serve([program, "gateway", "-c", file], port, cwd=directory)


def banyan_proxy(space, port, features):
    log = str(space.directory("log") / "access.log") if features else "off"
    return banyan(space, {"gateway": {"access_log": {"file": log, "format": "json"}},
                          "clusters": {"origin": {"protocol": "http1", "endpoints": [f"127.0.0.1:{port}"]}},
                          "routes": [{"id": "all", "match": {"prefix": "/"}, "to": "origin"}]})


def banyan_fastcgi(space, socket, root):
    cluster = {"protocol": "fastcgi", "root": str(root), "index": "index.php", "endpoints": [f"unix:{socket}"],
               "connections_max": 2}
    route = {"id": "all", "match": {"prefix": "/"}, "to": "php"}
    return banyan(space, {"gateway": {"access_log": {"file": "off"}}, "clusters": {"php": cluster}, "routes": [route]})


PROXY = {"banyan": banyan_proxy, "nginx": nginx_proxy, "haproxy": haproxy_proxy, "gin": gin_proxy}
FASTCGI = {"banyan": banyan_fastcgi, "nginx": nginx_fastcgi, "haproxy": haproxy_fastcgi}


def version(name):
    """What the contestant calls itself; raises NotRun when it is missing."""
    if name == "gin":
        return "gin " + gin_program()[1]
    if name == "banyan":
        return build.version_of([build.banyan_program("apps/banyan/banyan"), "version"])
    said = build.version_of([find_program(name), "-v"])
    return f"{name} {re.search(r'[0-9]+[.][0-9.]+', said)[0]}"

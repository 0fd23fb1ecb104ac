"""The user centre three times, each on the same PostgreSQL: started, and asked once so that it answers the same."""

import json
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

from lib import build
from lib.pairing import NotRun
from lib.process import find_program, free_port

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parents[1] / "examples" / "usercenter"
sys.path[:0] = [str(EXAMPLE), str(HERE.parents[1] / "tests")]

from lib_of_tests import Postgres  # noqa: E402  see there
from processes import PhpFpm, ProcessError  # noqa: E402
from seed import seed_postgres  # noqa: E402

USERS = 10_000
FPM = """[global]
daemonize = no
error_log = {directory}/fpm.log
[usercenter]
{identity}
listen = {directory}/fpm.sock
pm = static
pm.max_children = 16
clear_env = yes
env[USERCENTER_DB] = "{database}"
php_admin_flag[log_errors] = off
"""
NGINX = """{user} daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {directory}/body; fastcgi_temp_path {directory}/fastcgi;
  proxy_temp_path {directory}/proxy; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  keepalive_requests 1000000000;
  upstream fpm {{ server unix:{directory}/fpm.sock; keepalive 16; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{port}; location / {{
    include /etc/nginx/fastcgi_params; fastcgi_pass fpm; fastcgi_keep_conn on;
    fastcgi_param SCRIPT_FILENAME "{root}/public/index.php"; }} }}
}}
"""


def postgres(space):
    """A server on the load's processor, with the users."""
    try:
        server = Postgres()
        space.callback(server.stop)
        server.start()
        seed_postgres(server.url, USERS)
    except ProcessError as missing:
        raise NotRun(str(missing)) from missing
    return server


def banyan(space, database):
    program = build.banyan_program("examples/usercenter/native/usercenter-native")
    port = free_port()
    return space.serve([program, "--listen", f"127.0.0.1:{port}", "--database", database.url], port)


def gin_ent_program():
    modules = [("entgo.io/ent", ["latest"]), ("github.com/gin-gonic/gin", ["latest"]),
               ("github.com/jackc/pgx/v5", ["latest"])]
    generate = [["go", "run", "entgo.io/ent/cmd/ent", "generate", "./ent/schema"], ["go", "mod", "tidy"]]
    return build.go(HERE / "gin_ent", "gin_ent", modules, generate)


def gin_ent(space, database):
    port = free_port()
    program, _ = gin_ent_program()
    url = f"host={database.directory} port={database.port} user=banyan dbname=postgres"
    return space.serve([program, "-listen", f"127.0.0.1:{port}", "-database", url], port)


def php_source(directory):
    """The PHP service with PDO's driver of PostgreSQL in SQLite's place, and connections that stay."""
    root = directory / "legacy"
    shutil.copytree(EXAMPLE / "legacy", root)
    functions = root / "includes" / "functions.php"
    text = functions.read_text(encoding="utf-8")
    changed = text.replace("new PDO('sqlite:' . $CONFIG['db'])",
                           "new PDO($CONFIG['db'], null, null, array(PDO::ATTR_PERSISTENT => true))")
    changed = changed.replace("        $DB->exec('PRAGMA busy_timeout = 2000');\n", "")
    if changed == text or "PRAGMA" in changed:
        raise NotRun("the PHP service's db() is not what this bench knows how to change")
    functions.write_text(changed, encoding="utf-8")
    return root


def php_fpm(space, database):
    """php-fpm with opcache, its CPU alone: the nginx before it runs beside the load."""
    directory, port = space.directory("php"), free_port()
    root = php_source(directory)
    dsn = f"pgsql:host={database.directory};port={database.port};user=banyan;dbname=postgres"
    text = FPM.format(directory=directory, identity=PhpFpm.identity(), database=dsn)
    (directory / "fpm.conf").write_text(text, encoding="utf-8")
    program = find_program("php-fpm8.2", "php-fpm")
    if "pdo_pgsql" not in build.version_of([program, "-m"], lambda modules: modules.split()):
        raise NotRun("php-fpm has no pdo_pgsql: apt-get install php8.2-pgsql")
    root_flag = ["-R"] if PhpFpm.identity() else []
    fpm = space.serve([program, "-F", *root_flag, "-y", directory / "fpm.conf"], directory / "fpm.sock")
    user = "user root;" if root_flag else ""
    text = NGINX.format(user=user, directory=directory, port=port, root=root)
    (directory / "nginx.conf").write_text(text, encoding="utf-8")
    space.serve([find_program("nginx"), "-p", directory, "-e", directory / "start.log", "-c", directory / "nginx.conf"],
                port, cpus="1")
    fpm.port = port
    return fpm


START = {"banyan": banyan, "gin-ent": gin_ent, "php-fpm": php_fpm}


def version(name):
    if name == "gin-ent":
        return gin_ent_program()[1]
    if name == "php-fpm":
        return build.version_of([find_program("php-fpm8.2", "php-fpm"), "-v"])
    return ""


def port_of(server):
    return getattr(server, "port", server.address)


def answer(server, path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port_of(server)}{path}", data=body,
                                     headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as said:
            return json.load(said)
    except (OSError, urllib.error.URLError, ValueError) as failure:
        raise NotRun(f"{path}: {failure}: {server.last_words()}") from failure

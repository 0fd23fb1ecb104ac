"""The user centre four times, each on the same database: started, and asked once so that it answers the same."""

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

from lib_of_tests import Mariadb, Postgres  # noqa: E402  see there
from processes import PhpFpm, ProcessError  # noqa: E402
from seed import seed, seed_mariadb, seed_postgres  # noqa: E402
from servers import mount_legacy  # noqa: E402

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


class File:
    """SQLite, which is no server."""

    def __init__(self, path):
        self.url = self.path = str(path)


def open_database(space, kind):
    """One with the users; a server runs wherever the load leaves room."""
    try:
        if kind == "sqlite":
            server = File(space.directory("sqlite") / "users.db")
            seed(server.path, USERS)
        else:
            server, fill = (Postgres(), seed_postgres) if kind == "postgresql" else (Mariadb(), seed_mariadb)
            space.callback(server.stop)
            server.start()
            fill(server.url, USERS)
    except ProcessError as missing:
        raise NotRun(str(missing)) from missing
    server.kind = kind
    return server


def banyan(space, database):
    program = build.banyan_program("examples/usercenter/native/usercenter-native")
    port = free_port()
    return space.serve([program, "--listen", f"127.0.0.1:{port}", "--database", database.url], port)


def gin_ent_program():
    modules = [("entgo.io/ent", ["latest"]), ("github.com/gin-gonic/gin", ["latest"]),
               ("github.com/jackc/pgx/v5", ["latest"]), ("github.com/go-sql-driver/mysql", ["latest"])]
    generate = [["go", "run", "entgo.io/ent/cmd/ent", "generate", "./ent/schema"], ["go", "mod", "tidy"]]
    return build.go(HERE / "gin_ent", "gin_ent", modules, generate)


def gin_ent(space, database):
    port = free_port()
    program, _ = gin_ent_program()
    if database.kind == "postgresql":
        driver, place = "pgx", f"host={database.directory} port={database.port} user=banyan dbname=postgres"
    else:
        driver, place = "mysql", f"banyan@unix({database.socket})/banyan?interpolateParams=true"
    return space.serve([program, "-listen", f"127.0.0.1:{port}", "-driver", driver, "-database", place], port)


def php_source(directory, kind):
    """The PHP service as it is, or with PDO's driver of PostgreSQL in SQLite's place and connections that stay."""
    root = directory / "legacy"
    shutil.copytree(EXAMPLE / "legacy", root)
    if kind == "sqlite":
        return root
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
    root, module, place = php_source(directory, database.kind), "pdo_sqlite", database.url
    if database.kind == "postgresql":
        module, place = "pdo_pgsql", f"pgsql:host={database.directory};port={database.port};user=banyan;dbname=postgres"
    text = FPM.format(directory=directory, identity=PhpFpm.identity(), database=place)
    (directory / "fpm.conf").write_text(text, encoding="utf-8")
    program = find_program("php-fpm8.2", "php-fpm")
    if module not in build.version_of([program, "-m"], lambda modules: modules.split()):
        package = "php8.2-pgsql" if module == "pdo_pgsql" else "php8.2-sqlite3"
        raise NotRun(f"php-fpm has no {module}: apt-get install {package}")
    root_flag = ["-R"] if PhpFpm.identity() else []
    fpm = space.serve([program, "-F", *root_flag, "-y", directory / "fpm.conf"], directory / "fpm.sock")
    user = "user root;" if root_flag else ""
    text = NGINX.format(user=user, directory=directory, port=port, root=root)
    (directory / "nginx.conf").write_text(text, encoding="utf-8")
    space.serve([find_program("nginx"), "-p", directory, "-e", directory / "start.log", "-c", directory / "nginx.conf"],
                port, cpus="1")
    fpm.port = port
    return fpm


def mounted(space, database):
    """The PHP service's own conversion, by `banyan php mount`."""
    banyan_program = build.banyan_program("apps/banyan/banyan")
    build.banyan_program("src/php_mount/banyan_php_mount")
    try:
        program = mount_legacy(banyan_program.parents[2], str(space.directory("mounted")))
    except ProcessError as missing:
        raise NotRun(str(missing)) from missing
    port = free_port()
    return space.serve([program, "--listen", f"127.0.0.1:{port}"], port, environment={"USERCENTER_DB": database.path})


START = {"banyan": banyan, "gin-ent": gin_ent, "php-fpm": php_fpm, "mounted": mounted}


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

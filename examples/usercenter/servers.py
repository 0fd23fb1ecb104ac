"""The user centre's two services, old and native, on one database: how each is started. The tests start them the same
way."""
import hashlib
import os
import subprocess

from processes import Child, PhpFpm, ProcessError, ini_quoted

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LEGACY_ROOT = os.path.join(HERE, "legacy", "public")


def fill(template, places):
    """The text of a template with every @NAME@ replaced."""
    with open(template, encoding="utf-8") as file:
        text = file.read()
    for name, value in places.items():
        text = text.replace(f"@{name}@", value)
    return text


def program(build, path):
    full = os.path.join(build, path)
    if not os.access(full, os.X_OK):
        raise ProcessError(
            f"{full} is missing: build it with\n  cmake --preset release && cmake --build --preset release")
    return full


def legacy_build():
    """The name of the PHP service's build: another one when any of its scripts is another."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(os.path.dirname(LEGACY_ROOT)):
        folders.sort()
        for name in sorted(name for name in names if name.endswith(".php")):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                digest.update(os.path.relpath(path, HERE).encode() + b"\0" + file.read() + b"\0")
    return "php-" + digest.hexdigest()[:12]


def start_legacy(directory, sockets, database, sessions=None, extra="", before=None):
    """php-fpm with the PHP user centre on "unix:SOCKETS/php-fpm.sock"; logs and configuration go to DIRECTORY, and so
    do sessions, unless SESSIONS is another session.save_path. EXTRA are further directives of the pool. BEFORE is what
    runs before each script, in place of build_header.php."""
    if sessions is None:
        sessions = os.path.join(directory, "sessions")
        os.mkdir(sessions)
    listen = os.path.join(sockets, "php-fpm.sock")
    config = fill(os.path.join(HERE, "legacy", "php-fpm.conf.in"),
                  {"IDENTITY": PhpFpm.identity(), "LOG": ini_quoted(os.path.join(directory, "php-fpm.log")),
                   "SOCKET": ini_quoted(listen), "DATABASE": ini_quoted(database), "SESSIONS": ini_quoted(sessions),
                   "BUILD": legacy_build(),
                   "BUILD_HEADER": ini_quoted(before or os.path.join(HERE, "build_header.php"))})
    fpm = PhpFpm(directory, config + extra, "unix:" + listen)
    fpm.require_module("pdo_sqlite", "php8.2-sqlite3")
    return fpm.start()


def native_child(binary, log, database, options):
    """The native service, begun; it listens soon on what OPTIONS say."""
    return Child("usercenter-native", [binary, "--database", database, *options], log)


def start_native(binary, directory, listen, socket, database, options=()):
    """The native service on LISTEN ("HOST:PORT") and on the unix socket at path SOCKET; its log goes to DIRECTORY."""
    native = native_child(binary, os.path.join(directory, "native.log"), database,
                          ["--listen", listen, "--unix", socket, *options])
    return native.wait_listening(listen).wait_listening("unix:" + socket)


# What of the PHP service its own conversion answers.
MOUNTED_ROUTES = ("GET /user/profile", "GET /user/batch", "POST /user/batch", "GET /user/update", "POST /user/update",
                  "POST /user/login", "POST /user/logout", "GET /healthz", "GET /")


def mount_legacy(build, directory):
    """The PHP user centre as a program: converted by `banyan php mount`, and compiled against the runtime in BUILD,
    which takes a minute or two. Its path, in DIRECTORY."""
    project, made, name = os.path.join(directory, "mounted"), os.path.join(directory, "mounted-build"), "usercenter-php"
    routes = [word for route in MOUNTED_ROUTES for word in ("--route", route)]
    for step in ([program(build, "apps/banyan/banyan"), "php", "mount", os.path.join(LEGACY_ROOT, "index.php"),
                  os.path.dirname(LEGACY_ROOT), *routes, "--name", name, "-o", project],
                 ["cmake", "-S", project, "-B", made, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19",
                  "-Dbanyan_DIR=" + os.path.abspath(build)],
                 ["cmake", "--build", made]):
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stdout + done.stderr)[-2000:]
            raise ProcessError(f"{' '.join(step[:3])} ended with {done.returncode}:\n{said}")
    return os.path.join(made, name)


def mounted_child(binary, log, database, options):
    """The PHP user centre's conversion, begun; it listens soon on what OPTIONS say."""
    return Child("usercenter-php", [binary, *options], log, env={"USERCENTER_DB": database})

"""The whole user centre on one machine: php-fpm, the native service and the gateway before both, each a child process;
and the deployment of the native service's next build while they serve."""
import asyncio
import json
import os
import secrets
import shutil

from processes import Child, ProcessError, free_port, socket_directory
from seed import seed
from servers import HERE, LEGACY_ROOT, ROOT, fill, mount_legacy, mounted_child, native_child, program, start_legacy
from traffic import Connection

USERS = 10_000
LISTEN_TIMEOUT_S = 20


def run_directory():
    """A fresh build/run/usercenter-PID; those of runs that have ended are removed."""
    parent = os.path.join(ROOT, "build", "run")
    os.makedirs(parent, exist_ok=True)
    for name in os.listdir(parent):
        pid = name.removeprefix("usercenter-")
        if name != pid and pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            shutil.rmtree(os.path.join(parent, name), ignore_errors=True)
    directory = os.path.join(parent, f"usercenter-{os.getpid()}")
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    return directory


class UserCentre:
    """The three servers. start() and what asks them raise ProcessError; stop() may be called at any time. With MOUNTED
    the second build is the PHP itself, converted."""

    def __init__(self, build, mounted=False):
        self.banyan = program(build, "apps/banyan/banyan")
        self.native_program = program(build, "examples/usercenter/native/usercenter-native")
        self.directory = run_directory()
        self.sockets = socket_directory(self.directory)
        self.listen = f"127.0.0.1:{free_port()}"
        self.admin = f"127.0.0.1:{free_port()}"
        self.token = secrets.token_hex(16)
        self.native = None
        self.children = []
        self.mounted_program = mount_legacy(build, self.directory) if mounted else None
        self.second_build = "mounted" if mounted else "native-2"

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self):
        seed(self.path("usercenter.db"), USERS)
        legacy = start_legacy(self.directory, self.sockets, self.path("usercenter.db"))
        self.children.append(legacy.child)
        addresses = self.start_native("native-1", ["--first-build"])
        self.native.wait_listening(addresses["NATIVE"]).wait_listening(addresses["NATIVE_SOCKET"])
        with open(os.open(self.path("admin.token"), os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(self.token + "\n")
        self.write_config(addresses)
        gateway = Child("banyan", [self.banyan, "gateway", "-c", self.path("banyan.yaml")], self.path("banyan.log"))
        self.children.append(gateway)
        gateway.wait_listening(self.listen)
        gateway.wait_listening(self.admin)

    def start_native(self, name, options):
        """Begins a build of the native service, which is then self.native; its addresses, on which it listens soon."""
        listen, path = f"127.0.0.1:{free_port()}", os.path.join(self.sockets, name + ".sock")
        log, database = self.path(name + ".log"), self.path("usercenter.db")
        options = ["--listen", listen, "--unix", path, *options]
        if name == "mounted":
            sessions = ["--build", name, "--sessions", self.path("sessions")]
            self.native = mounted_child(self.mounted_program, log, database, [*options, *sessions])
        else:
            self.native = native_child(self.native_program, log, database, options)
        self.children.insert(1, self.native)  # it ends after the gateway, which asks it
        return {"NATIVE": listen, "NATIVE_SOCKET": "unix:" + path}

    def write_config(self, addresses):
        places = {"LISTEN": self.listen, "ADMIN": self.admin, "TOKEN_FILE": self.path("admin.token"),
                  "ACCESS_LOG": self.path("access.log"), "LEDGER": self.path("banyan.db"), "LEGACY_ROOT": LEGACY_ROOT,
                  "LEGACY_SOCKET": "unix:" + os.path.join(self.sockets, "php-fpm.sock"), **addresses}
        with open(self.path("banyan.yaml.new"), "w", encoding="utf-8") as file:
            file.write(fill(os.path.join(HERE, "banyan.yaml.in"),
                            {name: json.dumps(value, ensure_ascii=False) for name, value in places.items()}))
        os.replace(self.path("banyan.yaml.new"), self.path("banyan.yaml"))

    async def deploy(self):
        """The second build beside the first, then the gateway told to ask it alone, then the first one ended: requests
        go on being answered all the while."""
        first = self.native
        addresses = self.start_native(self.second_build, [])
        for address in addresses.values():
            await asyncio.to_thread(self.native.wait_listening, address, LISTEN_TIMEOUT_S)
        self.write_config(addresses)
        await self.ask("POST", "/reload")
        await asyncio.to_thread(first.stop)
        self.children.remove(first)

    def check_alive(self):
        for child in self.children:
            child.check_alive()

    def stop(self):
        """Ends the servers, the gateway first, so that nothing it forwards is lost."""
        while self.children:
            self.children.pop().stop()
        if self.sockets != self.directory:
            shutil.rmtree(self.sockets, ignore_errors=True)

    async def ask(self, method, target):
        """What the gateway's admin API answers, as a document."""
        host, port = self.admin.rsplit(":", 1)
        try:
            connection = await Connection.open(host, int(port))
            code, body = await connection.exchange(method, target, None, [f"Authorization: Bearer {self.token}"])
            connection.close()
        except (OSError, EOFError) as error:
            self.check_alive()
            raise ProcessError(
                f"the gateway's admin API does not answer: {error}; see {self.path('banyan.log')}") from error
        if code != 200:
            raise ProcessError(f"the gateway's admin API answered {method} {target} with {code}: {body[:200]!r}")
        return json.loads(body)

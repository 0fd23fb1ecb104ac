"""Banyan under test: a gateway of its own, on free ports, in a directory of its own, from the rest of a
configuration."""
import json
import os
import secrets
import signal
import subprocess

from lib.raw_http import fetch
from processes import Child, ProcessError, free_port, wait_until


def binary():
    path = os.environ.get("BANYAN_BIN")
    if not path:
        raise ProcessError("BANYAN_BIN is not set: run these tests through ctest, or set it to the banyan program")
    return path


def run_banyan(*arguments, timeout=300, env=None):
    """One run of the command, to its end: status, stdout and stderr as text."""
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=timeout, check=False,
                          stdin=subprocess.DEVNULL, env=None if env is None else {**os.environ, **env})


def memory_factor():
    """How much more memory this build takes: a sanitized one surrounds every block and keeps freed ones for a while."""
    return 8 if "sanitizers" in run_banyan("version").stdout else 1


class Gateway:
    """BODY is the configuration from `clusters:` on; SETTINGS are further keys of `gateway:`, name to YAML text."""

    def __init__(self, directory, body, settings=None, listen=None):
        self.directory = directory
        self.address = f"127.0.0.1:{free_port()}"
        self.admin = f"127.0.0.1:{free_port()}"
        self.token = secrets.token_hex(16)
        self.listen = [f'"{self.address}"', *(listen or [])]
        self.settings = {"workers": "2",
    "access_log": f'{{file: "{self.path("access.log")}", format: json}}',
     **(settings or {})}
        self.body = body
        self.child = None
        # Of its own: an earlier gateway of the test would take over a changed file, and listen there too.
        earlier = sum(name.startswith("banyan") and name.endswith(".yaml") for name in os.listdir(directory))
        self.name = f"banyan-{earlier + 1}.yaml" if earlier else "banyan.yaml"
        with open(self.path("admin.token"), "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(self.token + "\n")
        self.write_config(body)

    def path(self, name):
        return os.path.join(self.directory, name)

    @property
    def config(self):
        return self.path(self.name)

    def text(self, body):
        settings = "".join(f"  {name}: {value}\n" for name, value in self.settings.items())
        return (f"version: 1\ngateway:\n  listen: [{', '.join(self.listen)}]\n{settings}"
                f'admin: {{listen: "{self.admin}", token_file: admin.token}}\n{body}')

    def write_config(self, body):
        """Replaces the file in one step, as an editor or a deployment does."""
        self.write_text(self.text(body))

    def write_text(self, text):
        with open(self.config + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.config + ".new", self.config)

    def start(self, prefix=()):
        """PREFIX is put before the command, such as prlimit with its arguments."""
        self.child = Child("banyan", [*prefix, binary(), "gateway", "-c", self.config], self.path("banyan.log"))
        self.child.wait_listening(self.address, 60)
        self.child.wait_listening(self.admin, 60)
        return self

    def stop(self, number=signal.SIGTERM, timeout=60):
        return self.child.stop(number, timeout) if self.child else None

    def fetch(self, target, **arguments):
        return fetch(self.address, target, **arguments)

    def ask_admin(self, target, method="GET", token=None):
        credentials = [("Authorization", f"Bearer {self.token if token is None else token}")]
        return fetch(self.admin, target, method=method, headers=credentials, body=b"" if method == "POST" else None)

    def status(self):
        answer = self.ask_admin("/status")
        if answer.status != 200:
            raise ProcessError(f"GET /status: {answer}")
        return answer.json()

    def route(self, route_id):
        """The counters of one route."""
        return next(route for route in self.status()["routes"] if route["id"] == route_id)

    def wait_requests(self, route_id, count):
        """Requests are counted when they are over, which is a moment after the client has its answer."""
        wait_until(lambda: self.route(route_id)["requests"] >= count, 60, f"{count} requests counted")
        return self.route(route_id)

    def metrics(self):
        return self.ask_admin("/metrics").body.decode()

    def wait_revision(self, revision):
        wait_until(lambda: self.status()["config_revision"] >= revision, 60, f"config revision {revision}")

    def log(self):
        with open(self.path("banyan.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def events(self):
        """The whole lines of the log, each one JSON object."""
        return [json.loads(line) for line in self.log().split("\n")[:-1]]

    def access_log(self, name="access.log"):
        """The entries written so far; every line must be one JSON object. A reader may see a block half written, so
        a last line counts only once its end is there."""
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return [json.loads(line) for line in file.read().split("\n")[:-1]]
        except FileNotFoundError:
            return []

    def wait_access_log(self, count, name="access.log"):
        return wait_until(lambda: (entries := self.access_log(name)) and len(entries) >= count and entries, 60,
                          f"{count} entries in {name}")

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def resident_bytes(self):
        with open(f"/proc/{self.child.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

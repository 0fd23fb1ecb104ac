"""Starts servers for a measurement and ends them again: own directories, free ports, chosen CPUs.

Every server runs in a session of its own and is ended by its process id, then by that session's group: a bench
never looks for processes by name. Nothing here touches a system service or its configuration.
"""

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .pairing import NotRun

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples" / "usercenter"))
from processes import free_port  # noqa: E402, F401  (for those who start servers)

SERVER_CPUS = "0"
LOAD_GRACE_S = 20  # that a load may need beyond its time, to connect and to end
LOAD_CPUS = "1" if (os.cpu_count() or 1) > 1 else "0"


def raise_open_files():
    """Lifts the soft limit of descriptors to the hard one for us and for what we start; gives the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def find_program(*names):
    """The first of `names` on PATH or in the sbin folders, else NotRun."""
    path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise NotRun(f"{' or '.join(names)} is not installed")


def pinned(cpus, argv):
    """`argv` bound to `cpus`, where taskset and those CPUs exist."""
    if not cpus or not shutil.which("taskset"):
        return [str(part) for part in argv]
    return ["taskset", "-c", cpus, *map(str, argv)]


def run_load(argv, seconds):
    """A program that makes load for SECONDS, on the load's CPU: its finished run, output as text.

    One that hangs is ended by its process id, and said to have failed: the row of its contestant tells, and the rest of
    the bench goes on.
    """
    limit_s = seconds + LOAD_GRACE_S
    try:
        return subprocess.run(pinned(LOAD_CPUS, argv), capture_output=True, text=True, check=False, timeout=limit_s)
    except subprocess.TimeoutExpired:
        why = f"{Path(str(argv[0])).name} should have ended after {seconds:g} s and was killed after {limit_s:g} s"
        print(f"!! FAILED: {why}: {' '.join(map(str, argv))}", file=sys.stderr, flush=True)
        raise NotRun(why) from None


def connects(address):
    """Whether something accepts at `address`: a TCP port number or the path of a unix socket."""
    family = socket.AF_INET if isinstance(address, int) else socket.AF_UNIX
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(("127.0.0.1", address) if isinstance(address, int) else str(address))
            return True
        except OSError:
            return False


class Server:
    """A running program. `address` is what it listens on; ready means that it accepts a connection there."""

    def __init__(self, argv, address, cpus=SERVER_CPUS, cwd=None, environment=None):
        self.argv = [str(part) for part in argv]
        self.address = address
        self.ended_ = False
        self.log_ = tempfile.TemporaryFile()
        self.process_ = subprocess.Popen(
            pinned(cpus, self.argv), cwd=cwd, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=self.log_, stderr=self.log_, start_new_session=True,
        )
        self.pid = self.process_.pid

    def wait_ready(self, timeout_s=60):
        """Returns self once a connection is accepted; NotRun with the program's last words otherwise."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if self.process_.poll() is not None:
                raise NotRun(f"{self.name()} ended at once: {self.last_words()}")
            if connects(self.address):
                return self
            time.sleep(0.01)
        self.end()
        raise NotRun(f"{self.name()} accepted nothing at {self.address} within {timeout_s} s: {self.last_words()}")

    def name(self):
        return Path(self.argv[0]).name

    def output(self):
        """What it wrote so far to its standard output and error."""
        self.log_.seek(0)
        return self.log_.read().decode(errors="replace")

    def last_words(self):
        return self.output()[-400:].strip().replace("\n", " | ") or "no output"

    def end(self, timeout_s=5):
        """Asks it to stop, then kills what is left of its own process group. Ending twice does nothing."""
        if self.ended_:
            return
        self.ended_ = True
        if self.process_.poll() is None:
            self.process_.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process_.wait(timeout_s)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process_.wait()
        self.log_.close()


class Workspace(contextlib.ExitStack):
    """A scratch directory and the servers started in it; leaving it ends them all and removes the directory."""

    def __init__(self, prefix="banyan-bench-"):
        super().__init__()
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        self.path.chmod(0o755)
        self.callback(shutil.rmtree, self.path, ignore_errors=True)

    def directory(self, name):
        """A new directory of that name; a number is added when it is taken."""
        made = Path(tempfile.mkdtemp(prefix=name + "-", dir=self.path))
        made.chmod(0o755)
        return made

    def serve(self, argv, address, **options):
        """Starts a server that lives until the workspace closes, and waits until it accepts."""
        server = Server(argv, address, **options)
        self.callback(server.end)
        return server.wait_ready()


@contextlib.contextmanager
def busy_loops(count):
    """`count` processes that only burn CPU, on any core, for as long as the block lasts."""
    loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"], start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()

"""Child processes for examples and tests: started with their output in a log, watched by pid, never left behind.

Every child leads a session of its own, so that Ctrl-C in the terminal reaches only the parent, which then stops the children in
its own order; and the kernel sends a child SIGTERM should its parent die without doing so (prctl PR_SET_PDEATHSIG).
"""
import contextlib
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
SOCKET_PATH_MAX = 107
PORTS = range(10240, 32768)  # below what Linux gives to outgoing connections (ip_local_port_range, ip(7))
PORT_BLOCK = 64


class ProcessError(Exception):
    """A child that could not be started or did not do what it was waited for; the message says what to look at."""


def own_ports():
    """Ports that no other process gets from here while this one lives, each once, in blocks: a block belongs to the
    process that has bound its name in the abstract namespace of unix sockets (unix(7)), which goes with the process."""
    claims = []
    for first in random.sample(PORTS[::PORT_BLOCK], len(PORTS) // PORT_BLOCK):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0banyan-ports-{first}")
        except OSError:
            claim.close()
            continue
        claims.append(claim)
        yield from range(first, first + PORT_BLOCK)


OWN_PORTS = own_ports()
PORTS_LOCK = threading.Lock()


def free_port():
    """A TCP port of the loopback nobody listens on, given once in this process and to no other that asks here;
    ProcessError when there are no more."""
    with PORTS_LOCK:
        for port in OWN_PORTS:
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise ProcessError(f"all ports from {PORTS.start} to {PORTS.stop - 1} are taken")


def find_program(names, remedy):
    """The path of the first of NAMES there is, in PATH or the sbin directories; ProcessError with the remedy otherwise."""
    places = os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"
    for name in names:
        path = shutil.which(name, path=places)
        if path:
            return path
    raise ProcessError(f"{names[0]} is missing: {remedy}")


def socket_directory(preferred):
    """PREFERRED when a unix socket's address fits there (107 bytes), else a fresh temporary directory."""
    if len(os.path.join(preferred, "php-fpm.sock").encode()) <= SOCKET_PATH_MAX:
        return preferred
    return tempfile.mkdtemp(prefix="banyan-")


def connect(address, timeout=30.0):
    """A connected socket; ADDRESS is "unix:PATH" or "HOST:PORT"."""
    if address.startswith("unix:"):
        sock = socket.socket(socket.AF_UNIX)
        target = address[len("unix:"):]
    else:
        sock = socket.socket()
        host, port = address.rsplit(":", 1)
        target = (host, int(port))
    sock.settimeout(timeout)
    try:
        sock.connect(target)
    except OSError:
        sock.close()
        raise
    return sock


def wait_until(condition, timeout=60.0, what="a condition", interval=0.02):
    """Returns the first true value of condition(); ProcessError after TIMEOUT seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise ProcessError(f"{what}: not within {timeout:g} s")
        time.sleep(interval)


def ini_quoted(path):
    """A path as a quoted value of php-fpm's configuration, which reads backslash and quote as special."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Child:
    """One running program. LOG receives stdout and stderr, appended."""

    def __init__(self, name, command, log, env=None, cwd=None):
        self.name = name
        self.log = log
        parent = os.getpid()

        def die_with_parent():
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

        try:
            with open(log, "ab") as output:
                self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd,
                                                env=None if env is None else {**os.environ, **env},
                                                start_new_session=True, preexec_fn=die_with_parent)
        except OSError as error:
            raise ProcessError(f"{name} cannot be started: {error}") from error

    @property
    def pid(self):
        return self.process.pid

    def exit_status(self):
        """None while it runs, else its status, negative for a signal."""
        return self.process.poll()

    def log_tail(self, lines=10):
        with contextlib.suppress(OSError), open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-lines:])
        return ""

    def check_alive(self):
        status = self.exit_status()
        if status is not None:
            raise ProcessError(
                f"{self.name} ended with status {status}; its log {self.log} ends with:\n{self.log_tail()}")

    def wait_listening(self, address, timeout=60.0):
        def listening():
            self.check_alive()
            try:
                connect(address).close()
            except OSError:
                return False
            return True

        try:
            wait_until(listening, timeout, f"{self.name} listening on {address}")
        except ProcessError as error:
            raise ProcessError(f"{error}\nlog {self.log}:\n{self.log_tail()}") from error
        return self

    def send(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=60.0):
        return self.process.wait(timeout)

    def stop(self, number=signal.SIGTERM, timeout=30.0):
        """Asks the child to end and returns its status; kills it, and says so, when it does not within TIMEOUT."""
        if self.exit_status() is None:
            self.send(number)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            print(f"{self.name} (pid {self.pid}) did not end within {timeout:g} s: killed", file=sys.stderr)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            return self.wait()


class PhpFpm:
    """php-fpm in the foreground. CONFIG is the text of its configuration, in which LISTEN ("unix:PATH") is the pool's socket."""

    def __init__(self, directory, config, listen):
        self.program = find_program(["php-fpm", "php-fpm8.2", "php-fpm8.3", "php-fpm8.4", "php-fpm8.1", "php-fpm8.0"],
                                    "apt-get install php8.2-fpm")
        self.directory = directory
        self.listen = listen
        self.config = os.path.join(directory, "php-fpm.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(config)
        self.child = None

    @staticmethod
    def identity():
        """The pool's user directives: php-fpm run by root insists on them and ignores them otherwise."""
        return "user = root\ngroup = root" if os.geteuid() == 0 else ""

    def require_module(self, module, package):
        listed = subprocess.run([self.program, "-m"], capture_output=True, text=True, check=False).stdout.split()
        if module not in listed:
            raise ProcessError(f"{self.program} has no module {module}: apt-get install {package}")

    def start(self):
        as_root = ["-R"] if os.geteuid() == 0 else []
        self.child = Child("php-fpm", [self.program, "-F", *as_root, "-p", self.directory, "-y", self.config],
                           os.path.join(self.directory, "php-fpm.out"))
        self.child.wait_listening(self.listen)
        return self

    def worker_pids(self):
        with open(f"/proc/{self.child.pid}/task/{self.child.pid}/children", encoding="ascii") as children:
            return [int(pid) for pid in children.read().split()]

    def reload(self):
        self.child.send(signal.SIGUSR2)

    def stop(self):
        return self.child.stop() if self.child else None

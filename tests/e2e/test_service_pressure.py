"""A service written with the framework (examples/notes) that gets more than its limits have room for."""
import os
import re
import socket
import threading

from lib.case import GatewayCase
from lib.raw_http import fetch
from processes import Child, ProcessError, free_port, wait_until

BODY = 1_000_000
# A sanitizer surrounds every block, and keeps freed ones for a while: the service cannot count that before it is there.
BEYOND_MIB = 8 if os.environ.get("BANYAN_SANITIZE") else 0
PATIENCE_S = 120    # for what comes of itself, however busy the machine is
HEAD = (f"POST /admin/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Type: application/json\r\n"
        f"Content-Length: {BODY}\r\n\r\n").encode()


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        found = re.search(r"VmRSS:\s+(\d+)", file.read())
    return int(found[1]) / 1024 if found else 0.0       # it has ended


class Peak:
    """The most a process was seen to hold."""

    def __init__(self, pid):
        self.mib = 0.0
        self.pid = pid
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(0.002):
            self.mib = max(self.mib, resident_mib(self.pid))

    def end(self):
        self.ended.set()
        self.thread.join()
        return self.mib


class PressureTest(GatewayCase):
    def start(self, *options, env=None):
        binary = os.environ.get("NOTES_BIN")
        if not binary:
            raise ProcessError("NOTES_BIN is not set: run these tests through ctest, or set it to the program notes")
        address = f"127.0.0.1:{free_port()}"
        # Of a sanitizer: what is freed is kept for a while, 256 MB of it unless told otherwise.
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
        child = Child("notes", [binary, "--listen", address, *options], self.path("notes.log"),
                      env={"ASAN_OPTIONS": sanitizer.lstrip(":"), **(env or {})})
        self.addCleanup(child.stop)
        child.wait_listening(address)
        return address, child

    def metric(self, address, name):
        lines = fetch(address, "/metrics").body.decode().splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + " "))

    def limit_with_room(self, mib):
        """A limit whose soft limit is MIB above what an idle service holds, in megabytes."""
        address, child = self.start("--memory-mb", "1000000")
        fetch(address, "/notes")
        idle = resident_mib(child.pid)
        child.stop()
        return int((idle + mib) / 0.85) + 1

    def begin(self, address):
        """A request that has been let in and has sent a hundredth of its body."""
        host, _, port = address.rpartition(":")
        client = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
        self.addCleanup(client.close)
        client.sendall(HEAD + b" " * (BODY // 100))
        return client

    def send_but_one(self, client):
        try:
            client.sendall(b" " * (BODY - BODY // 100 - 1))
        except OSError:
            pass        # refused meanwhile

    def status_of(self, client):
        client.settimeout(PATIENCE_S)
        said = client.recv(65536)
        return int(said.split()[1]), said

    def test_at_the_hard_limit_requests_fail_and_the_process_stays_within_it(self):
        limit = self.limit_with_room(24)
        address, child = self.start("--memory-mb", str(limit), "--deadline-ms", "600000")
        peak = Peak(child.pid)
        self.addCleanup(peak.end)
        clients = [self.begin(address) for _ in range(100)]
        wait_until(lambda: self.metric(address, "banyan_service_requests_under_way") == 100, PATIENCE_S,
                   "all to be let in")
        senders = [threading.Thread(target=self.send_but_one, args=(client,)) for client in clients]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        # Those that were refused have left room: more come until there is none.
        def shed():
            late = fetch(address, "/notes")
            if late.status == 503:
                return late
            clients.append(self.begin(address))
            self.send_but_one(clients[-1])
            return None
        self.assertEqual(wait_until(shed, PATIENCE_S, "who comes later being shed").get("retry-after"), "1")
        # Those there was room for are answered: that a million spaces are no JSON.
        for client in clients:
            try:
                client.sendall(b" ")
            except OSError:
                pass
        said = [self.status_of(client) for client in clients]
        statuses = [status for status, _ in said]
        self.assertEqual(set(statuses), {400, 503}, statuses)
        self.assertTrue(all(b"Retry-After: 1\r\n" in text for status, text in said if status == 503))
        # And when they are gone, so is the pressure.
        for client in clients:
            client.close()
        wait_until(lambda: fetch(address, "/notes").status == 200, PATIENCE_S, "room for requests")
        self.assertEqual(fetch(address, "/healthz").status, 200)
        self.assertGreater(self.metric(address, "banyan_service_memory_refused_total"), 0)
        self.assertLessEqual(peak.end(), limit + BEYOND_MIB)
        self.assertIsNone(child.exit_status())

    def test_memory_nobody_counted_sheds_too(self):
        """Notes are kept in memory, and no handler says so."""
        limit = self.limit_with_room(8)
        address, child = self.start("--memory-mb", str(limit))
        peak = Peak(child.pid)
        self.addCleanup(peak.end)
        note = ('{"title":"x","text":"' + "𝄞" * 10_000 + '"}').encode()
        statuses = []
        headers = [("Authorization", "Bearer secret"), ("Content-Type", "application/json")]
        for _ in range(3000):
            statuses.append(fetch(address, "/admin/notes", method="POST", headers=headers, body=note).status)
            if statuses[-1] == 503:
                break
        self.assertEqual(set(statuses), {201, 503}, statuses)
        self.assertLessEqual(peak.end(), limit + BEYOND_MIB)
        self.assertEqual(fetch(address, "/readyz").status, 200)
        self.assertIsNone(child.exit_status())

    def test_a_limit_that_is_too_small_is_told_at_the_start(self):
        for options, env, says in ((["--memory-mb", "1"], {}, "the memory limit is 1 MB (--memory-mb)"),
                                   ([], {"BANYAN_MEMORY_MB": "2"}, "the memory limit is 2 MB (BANYAN_MEMORY_MB)"),
                                   ([], {"BANYAN_MEMORY_MB": "2GB"}, "BANYAN_MEMORY_MB is '2GB'")):
            with self.subTest(says), self.assertRaisesRegex(ProcessError, re.escape(says)):
                self.start(*options, env=env)

    def test_requests_at_once_follow_what_becomes_of_them(self):
        address, _ = self.start("--concurrency-max", "40", "--deadline-ms", "200")
        first = self.metric(address, "banyan_service_concurrency_limit")
        statuses = []
        ask = lambda: statuses.append(fetch(address, "/slow").status)      # waits until its deadline

        def felt():
            clients = [threading.Thread(target=ask) for _ in range(60)]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
            return (self.metric(address, "banyan_service_concurrency_limit") < first
                    and self.metric(address, 'banyan_service_shed_total{reason="concurrency"}') > 0)
        wait_until(felt, PATIENCE_S, "a lower limit that refuses somebody")
        self.assertEqual(set(statuses), {503, 504})
        self.assertEqual(fetch(address, "/notes").status, 200)

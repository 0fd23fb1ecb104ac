"""The machine running out: of descriptors, of disk, of memory allowed. The gateway refuses what it cannot do and goes
on."""
import os
import subprocess

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.gateway import memory_factor
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import Load, RawClient, ResponseError, chunked
from processes import find_program, wait_until

BODY = b"x" * (8 << 20)


class DescriptorTest(GatewayCase):
    def test_without_descriptors_open_connections_are_served_and_new_ones_follow(self):
        prlimit = find_program(["prlimit"], "apt-get install util-linux")
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.start_upstream().address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", prefix=[prlimit, "--nofile=64:64"])
        first = RawClient(gateway.address)
        self.addCleanup(first.close)
        self.assertEqual(first.request("GET", "/").status, 200)
        crowd = []
        for _ in range(150):
            client = RawClient(gateway.address)
            self.addCleanup(client.close)
            crowd.append(client)
        self.assertIn(first.request("GET", "/").status, (200, 502, 503))
        for client in crowd:
            client.close()
        wait_until(lambda: self.is_served(gateway), 60, "service after the crowd has left")
        self.assertIsNone(gateway.child.exit_status())

    def is_served(self, gateway):
        """Whether a new connection gets its answer; without a descriptor it is closed, or waits to be taken."""
        try:
            return gateway.fetch("/", timeout=10).status == 200
        except (OSError, ResponseError):
            return False

    def test_the_soft_limit_is_raised_to_the_hard_one(self):
        prlimit = find_program(["prlimit"], "apt-get install util-linux")
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.start_upstream().address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", prefix=[prlimit, "--nofile=64:1024"])
        crowd = []
        for _ in range(150):
            crowd.append(RawClient(gateway.address))
            self.addCleanup(crowd[-1].close)
            self.assertEqual(crowd[-1].request("GET", "/").status, 200)

    def test_no_descriptor_is_lost(self):
        upstream = self.start_upstream(answers(headers=[("Connection", "close")]))
        gateway = self.proxy(upstream)
        with Load(gateway.address, clients=4) as load:
            load.wait_answers(100)
        before = gateway.open_descriptors()
        with Load(gateway.address, clients=4) as load:
            load.wait_answers(1000)
        wait_until(lambda: gateway.open_descriptors() <= before + 4, 60, f"descriptors going back to {before}")


class DiskTest(GatewayCase):
    def start_php_gateway(self, prefix=(), environment=None):
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php echo strlen(file_get_contents('php://input'));"})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        return self.start_gateway(
            f'clusters:\n  legacy: {{protocol: fastcgi, root: "{root}", index: index.php, '
            f'endpoints: ["{fpm.listen}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: legacy}\n", prefix=[*prefix, *(environment or [])])

    def assert_spooling_fails_cleanly(self, gateway):
        """An upload that needs the disk is refused, smaller ones and everything else are served."""
        uploads = (dict(headers=[("Transfer-Encoding", "chunked")], body=chunked([BODY])), dict(body=BODY))
        for upload in (*uploads, *uploads):
            self.assertIn(gateway.fetch("/", method="POST", **upload).status, (500, 503, 507))
        self.assertEqual(gateway.fetch("/", method="POST", body=b"abc").body, b"3")
        self.assertIsNone(gateway.child.exit_status())
        wait_until(lambda: "spool" in gateway.log(), 60, "the reason in the log")

    def test_files_may_not_grow(self):
        """RLIMIT_FSIZE: a write past the limit fails with EFBIG, and with SIGXFSZ unless that is ignored."""
        prlimit = find_program(["prlimit"], "apt-get install util-linux")
        self.assert_spooling_fails_cleanly(self.start_php_gateway([prlimit, f"--fsize={1 << 20}"]))

    def test_the_disk_is_full(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small tmpfs needs root; test_files_may_not_grow covers the same path without")
        small = self.make_directory("small")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", small], check=True)
        gateway = self.start_php_gateway(environment=["env", f"TMPDIR={small}"])
        self.assert_spooling_fails_cleanly(gateway)
        self.assertEqual(os.listdir(small), [])

    def test_spooled_files_are_gone_afterwards(self):
        spool = self.make_directory("spool")
        gateway = self.start_php_gateway(environment=["env", f"TMPDIR={spool}"])
        for headers, body in (([("Transfer-Encoding", "chunked")], chunked([BODY])), ([], BODY)):
            answer = gateway.fetch("/", method="POST", headers=headers, body=body)
            self.assertEqual(answer.body, b"%d" % len(BODY))
        self.assertEqual(os.listdir(spool), [])


class MemoryTest(GatewayCase):
    def test_the_memory_limit_holds(self):
        def big(exchange):
            exchange.read_body()
            exchange.reply(b"x" * (4 << 20))
        gateway = self.proxy(self.start_upstream(big), {"limits": "{memory: 32MiB, body_timeout: 1h}"})
        before = gateway.resident_bytes()
        clients = [RawClient(gateway.address) for _ in range(60)]
        for client in clients:
            self.addCleanup(client.close)
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        statuses = [client.read_response().status for client in clients]
        self.assertTrue(set(statuses) <= {200, 503}, set(statuses))
        self.assertIn(200, statuses)
        self.assertLess(gateway.resident_bytes() - before, (64 << 20) * memory_factor())

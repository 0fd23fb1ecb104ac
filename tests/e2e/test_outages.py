"""Real servers are killed, stopped and started again while clients ask: whoever could have been served by another
endpoint is, and nothing that may not be repeated is executed twice, which the servers' own database tells."""
import signal
import threading
import time

from lib.case import GatewayCase
from lib.counting_server import CountingServer, executed
from lib.faulty_upstream import answers
from lib.raw_http import Load, RawClient, ResponseError
from lib.tls_upstream import Certificates, TlsUpstream
from lib.troubled_path import TroubledPath
from processes import wait_until


class Writers:
    """Clients that post, each id once, and remember what they were answered."""

    def __init__(self, address, clients=6):
        self.address = address
        self.stopping = threading.Event()
        self.answered = {}
        self.threads = [threading.Thread(target=self.write, args=(number,), daemon=True) for number in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)

    def write(self, number):
        count = 0
        while not self.stopping.is_set():
            try:
                with RawClient(self.address) as client:
                    while not self.stopping.is_set():
                        identity = f"{number}-{count}"
                        count += 1
                        self.answered[identity] = 0
                        self.answered[identity] = client.request("POST", "/", body=identity.encode()).status
            except (OSError, ResponseError):
                time.sleep(0.01)

    def wait_answers(self, count):
        target = len(self.answered) + count
        wait_until(lambda: len(self.answered) >= target, 180, f"{target} posts")


class OutageTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.database = self.path("executed.sqlite")
        self.servers = []
        for _ in range(2):
            server = CountingServer(self.directory, self.database).start()
            self.addCleanup(server.stop)
            self.servers.append(server)

    def start_before(self, backends):
        endpoints = ", ".join(f'"{backend.address}"' for backend in backends)
        self.gateway = self.start_gateway(
            f"clusters:\n  up:\n    protocol: http1\n    endpoints: [{endpoints}]\n"
            "    health: {type: http, interval: 200ms, timeout: 7s, healthy_after: 1, unhealthy_after: 1}\n"
            "    outlier: {consecutive_failures: 3, base_ejection: 200ms, ejection_max: 1s, ejected_percent_max: 50}\n"
            "routes:\n  - id: all\n    match: {prefix: /}\n    to: up\n    timeout: 50s\n"
            "    retries: {attempts: 4, on: [connect, reset, timeout], try_timeout: 7s}\n")

    def break_in_turn(self, load):
        """What befalls a server in the field, to one after the other, under load."""
        for server in self.servers * 2:
            server.kill()
            load.wait_answers(50)
            server.start()
            load.wait_answers(50)
        for server in self.servers:
            server.child.send(signal.SIGSTOP)
            load.wait_answers(50)
            server.child.send(signal.SIGCONT)
            load.wait_answers(50)

    def trouble_in_turn(self, load):
        """What befalls the way to a server: its connections break, it is slow, and at last nothing is heard from the
        other end any more, not even that it is gone."""
        for path in self.paths * 2:
            path.reset()
            load.wait_answers(25)
        for path in self.paths:
            path.delay = 0.2
            load.wait_answers(25)
            path.delay = 0.0
            path.silent = True
            load.wait_answers(50)
            path.reset()
            path.silent = False
            load.wait_answers(50)

    def start_paths(self):
        self.paths = [TroubledPath(server.address) for server in self.servers]
        for path in self.paths:
            self.addCleanup(path.stop)
        self.start_before(self.paths)

    def check_requests(self, befall):
        with Load(self.gateway.address, clients=6) as load:
            load.wait_answers(100)
            befall(load)
        self.assertEqual(load.failures, [])
        self.assertGreater(self.gateway.status()["clusters"][0]["retries"], 0)

    def check_writes(self, befall):
        with Writers(self.gateway.address) as writers:
            writers.wait_answers(100)
            befall(writers)
        counts = executed(self.database)
        self.assertEqual({identity: count for identity, count in counts.items() if count != 1}, {})
        done = [identity for identity, status in writers.answered.items() if status == 200]
        self.assertGreater(len(done), 300)
        self.assertEqual([identity for identity in done if identity not in counts], [])

    def test_no_request_that_may_be_repeated_fails_while_one_server_lives(self):
        self.start_before(self.servers)
        self.check_requests(self.break_in_turn)

    def test_no_request_that_may_be_repeated_fails_while_one_path_is_whole(self):
        self.start_paths()
        self.check_requests(self.trouble_in_turn)

    def test_no_write_is_executed_twice(self):
        self.start_before(self.servers)
        self.check_writes(self.break_in_turn)

    def test_no_write_is_executed_twice_over_bad_paths(self):
        self.start_paths()
        self.check_writes(self.trouble_in_turn)


class CertificateOutageTest(GatewayCase):
    """Of two services one lets its certificate expire while clients ask."""

    def start_service(self, name):
        def answers_and_closes(exchange):
            answers(headers=[("Connection", "close")])(exchange)
            exchange.close()

        service = TlsUpstream(self.path(name + ".pem"), self.path(name + ".key"), behaviour=answers_and_closes)
        service.context.num_tickets = 0  # a resumed session shows no certificate
        self.addCleanup(service.stop)
        return service

    def test_no_request_fails_when_a_certificate_expires(self):
        certificates = Certificates(self.path)
        certificates.sign("good", "/CN=good", "IP:127.0.0.1")
        certificates.sign_for_seconds("brief", "/CN=brief", "IP:127.0.0.1", 40)
        good, brief = self.start_service("good"), self.start_service("brief")
        gateway = self.start_gateway(
            f'clusters:\n  up:\n    endpoints: ["{good.address}", "{brief.address}"]\n'
            "    protocol: http1\n    connect_timeout: 20s\n    tls: {ca: ca.pem}\n"
            "routes:\n  - {id: all, match: {prefix: /}, to: up, timeout: 1m, retries: {attempts: 3, on: [connect]}}\n")
        with Load(gateway.address, clients=2) as load:
            wait_until(lambda: brief.handshakes, 30, "its being in use")
        self.assertEqual(load.failures, [])

        def expired():
            self.assertEqual(gateway.fetch("/").status, 200)
            return "expired" in gateway.log()
        wait_until(expired, 120, "the expiry in the log", interval=0.1)
        with Load(gateway.address, clients=2) as load:
            load.wait_answers(20)
        self.assertEqual(load.failures, [])
        self.assertGreater(gateway.status()["clusters"][0]["retries"], 0)

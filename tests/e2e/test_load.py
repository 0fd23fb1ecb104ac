"""More load than fits: who is refused, that the service behind is spared, and that memory keeps its bound."""
import os
import subprocess
import sys
import threading

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.gateway import memory_factor
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import Load, RawClient
from processes import wait_until

DOCS = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "load.md")
HOG = """
import time
held = bytearray(192 << 20)
while True:
    for start in range(0, len(held), 4096):
        held[start] = 1
    time.sleep(0.01)
"""


class Gate:
    """A behaviour that holds every request until opened, and knows how many were there at once."""

    def __init__(self):
        self.opened = threading.Event()
        self.lock = threading.Lock()
        self.inside = self.peak = 0

    def __call__(self, exchange):
        exchange.read_body()
        with self.lock:
            self.inside += 1
            self.peak = max(self.peak, self.inside)
        while not self.opened.is_set():
            exchange.sleep(0.01)
        with self.lock:
            self.inside -= 1
        exchange.reply()


class LoadCase(GatewayCase):
    def start_limited(self, behaviour, concurrency, routes=""):
        self.upstream = self.start_upstream(behaviour)
        return self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.upstream.address}"], '
            f"concurrency: {concurrency}}}\n"
            f"routes:\n{routes}  - {{id: all, match: {{prefix: /}}, to: up}}\n")

    def figure(self, gateway, name):
        """The value of a metric without labels but the cluster's."""
        values = [line.rpartition(" ")[2] for line in gateway.metrics().splitlines()
                  if line.split("{")[0].split(" ")[0] == name]
        return float(values[0]) if values else None


class ConcurrencyTest(LoadCase):
    def test_each_priority_fills_its_share_of_the_limit(self):
        gate = Gate()
        gateway = self.start_limited(gate, "{min: 10, max: 10, initial: 10}",
                                     "  - {id: low, match: {prefix: /low}, to: up, priority: low}\n"
                                     "  - {id: high, match: {prefix: /high}, to: up, priority: high}\n")
        held = []
        for target, fits in (("/low", 7), ("/", 2), ("/high", 1)):
            for _ in range(fits):
                client = RawClient(gateway.address)
                self.addCleanup(client.close)
                client.send(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                held.append(client)
            wait_until(lambda: gate.inside == len(held), 60, f"{len(held)} requests at the service")
            answer = gateway.fetch(target)
            self.assertEqual((answer.status, answer.get("retry-after")), (503, "1"), target)
            self.assertEqual(self.figure(gateway, "banyan_concurrency_in_flight"), len(held))
        gate.opened.set()
        self.assertEqual({client.read_response().status for client in held}, {200})
        wait_until(lambda: self.figure(gateway, "banyan_concurrency_in_flight") == 0, 60, "every place given back")
        self.assertEqual(gateway.fetch("/low").status, 200)
        self.assertEqual(self.figure(gateway, "banyan_concurrency_refused_total"), 3)

    def test_a_service_never_sees_more_than_the_limit(self):
        gate = Gate()
        gate.opened.set()
        gateway = self.start_limited(gate, "{min: 2, max: 5, initial: 5}")
        statuses = []
        def ask():
            with RawClient(gateway.address) as client:
                statuses.extend(client.request("GET", "/").status for _ in range(50))
        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(len(statuses), 1000)
        self.assertTrue(set(statuses) <= {200, 503}, set(statuses))
        self.assertLessEqual(gate.peak, 5)
        self.assertEqual(statuses.count(503), self.figure(gateway, "banyan_concurrency_refused_total"))

    def test_the_limit_follows_what_the_service_says(self):
        gateway = self.start_limited(answers(status="503 Service Unavailable"), "{min: 8, max: 100, initial: 100}")
        with Load(gateway.address, clients=4, expect=503):
            wait_until(lambda: self.figure(gateway, "banyan_concurrency_limit") < 50, 120, "the limit shrinking")
        self.upstream.behaviour = answers()
        with Load(gateway.address, clients=4) as load:  # fewer than the limit may have shrunk to
            load.wait_answers(50)
            self.assertEqual(load.failures, [])

    def test_places_are_given_back_whatever_happens(self):
        gateway = self.start_limited(answers(delay=0.05), "{min: 8, max: 8, initial: 8}")
        for number in range(40):
            with RawClient(gateway.address) as client:
                client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                if number % 2:
                    client.read_response()
        self.upstream.stop()
        wait_until(lambda: self.figure(gateway, "banyan_concurrency_in_flight") == 0, 60, "every place given back")
        self.assertIn(gateway.fetch("/").status, (502, 504))
        wait_until(lambda: self.figure(gateway, "banyan_concurrency_in_flight") == 0, 60, "this place too")

    def test_what_was_learned_outlives_a_reload(self):
        gateway = self.start_limited(answers(status="503 Service Unavailable"), "{min: 4, max: 100, initial: 100}")
        with Load(gateway.address, clients=4, expect=503):
            wait_until(lambda: self.figure(gateway, "banyan_concurrency_limit") < 70, 120, "the limit shrinking")
        gateway.write_config(gateway.body + "  - {id: more, match: {path: /more}, to: up}\n")
        gateway.wait_revision(2)
        self.assertLess(self.figure(gateway, "banyan_concurrency_limit"), 70)


class MemoryTest(LoadCase):
    LIMIT = 16 << 20

    def start_crowded(self, clusters="", routes=""):
        """A gateway with little memory, and clients that take nothing of their answers until it is used up."""
        upstream = self.start_upstream(lambda exchange: (exchange.read_body(), exchange.reply(b"x" * (2 << 20))))
        small = self.start_upstream()
        gateway = self.start_gateway(
            f'clusters:\n  big: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
            f'  small: {{protocol: http1, endpoints: ["{small.address}"]}}\n{clusters}'
            f"routes:\n  - {{id: big, match: {{prefix: /big}}, to: big, priority: high}}\n{routes}"
            "  - {id: rest, match: {prefix: /}, to: small}\n", {"limits": "{memory: 16MiB, body_timeout: 1h}"})
        self.assertEqual(gateway.fetch("/").status, 200)
        self.resting = gateway.resident_bytes()
        return gateway

    def crowd(self, gateway):
        clients = []
        def full():
            if len(clients) < 1500:
                for _ in range(50):
                    client = RawClient(gateway.address)
                    self.addCleanup(client.close)
                    client.send(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
                    clients.append(client)
            return self.figure(gateway, "banyan_buffer_memory_bytes") > self.LIMIT // 10 * 9
        wait_until(full, 120, "the memory being used up")
        return clients

    def assert_bounded(self, gateway):
        self.assertLess(self.figure(gateway, "banyan_buffer_memory_bytes"), self.LIMIT + 1)
        self.assertLess(gateway.resident_bytes() - self.resting, (self.LIMIT + (48 << 20)) * memory_factor())
        self.assertIsNone(gateway.child.exit_status())

    def test_what_does_not_fit_is_refused_and_everything_comes_back(self):
        gateway = self.start_crowded()
        clients = self.crowd(gateway)
        answer = gateway.fetch("/")
        self.assertEqual((answer.status, answer.get("retry-after")), (503, "1"), answer)
        self.assert_bounded(gateway)
        self.assertGreaterEqual(self.figure(gateway, "banyan_memory_shed_requests_total"), 1)
        for client in clients:
            client.close()
        wait_until(lambda: gateway.fetch("/").status == 200, 60, "service after the crowd has left")
        wait_until(lambda: self.figure(gateway, "banyan_buffer_memory_bytes") < self.LIMIT // 10, 60, "memory back")

    def test_a_request_there_is_no_buffer_for_is_answered_and_not_reset(self):
        """Heads that never end hold a buffer each."""
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.start_upstream().address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", {"limits": "{memory: 16MiB, header_timeout: 1h}"})
        def refused():
            for _ in range(50):
                client = RawClient(gateway.address)
                self.addCleanup(client.close)
                client.send(b"GET / HTTP/1.1\r\nX-Slow: ")
            return self.figure(gateway, "banyan_memory_refused_total") > 0
        wait_until(refused, 120, "a buffer being refused")
        for _ in range(200):
            with RawClient(gateway.address) as client:
                client.send(b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 4000 + b"\r\n\r\n")
                self.assertEqual(client.read_response().status, 503)

    def test_the_bound_holds_beside_a_memory_hog_and_busy_php_fpm(self):
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php $held = str_repeat('x', 16 << 20); $end = microtime(true) + 0.02; "
                                          "while (microtime(true) < $end); echo strlen($held);"})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        gateway = self.start_crowded(
            f'  php: {{protocol: fastcgi, root: "{root}", endpoints: ["{fpm.listen}"], connections_max: 2}}\n',
            "  - {id: php, match: {prefix: /index.php}, to: php}\n")
        hog = subprocess.Popen([sys.executable, "-c", HOG])
        self.addCleanup(hog.wait)
        self.addCleanup(hog.kill)
        with Load(gateway.address, "/index.php", clients=6) as load:
            load.wait_answers(30, 120)
            self.assertEqual(load.failures, [])
        clients = self.crowd(gateway)
        self.assertEqual(gateway.fetch("/index.php").status, 503)
        self.assert_bounded(gateway)
        for client in clients:
            client.close()
        wait_until(lambda: gateway.fetch("/index.php").status == 200, 60, "service after the crowd has left")


class PageTest(GatewayCase):
    def test_the_page_shows_a_file_that_works(self):
        with open(DOCS, encoding="utf-8") as file:
            text = file.read().split("```yaml\n")[1].split("```")[0]
        upstream = self.start_upstream()
        body = text.split("clusters:\n")[1].replace("127.0.0.1:9001", upstream.address)
        gateway = self.start_gateway("clusters:\n" + body)
        self.assertEqual({gateway.fetch(path).status for path in ("/pay/1", "/export/1", "/")}, {200})

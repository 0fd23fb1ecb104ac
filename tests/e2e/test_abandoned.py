"""Clients that leave before they are answered: what is done for them ends. Who only has no more to ask is answered."""
import socket
import threading
import time

from lib.case import GatewayCase
from lib.faulty_upstream import answers, hangs, sends
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import RawClient
from processes import wait_until

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
BEGUN = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun"


class AbandonedTest(GatewayCase):
    SETTINGS = {"limits": "{half_closed_timeout: 1s}"}

    def wait_idle(self, gateway, upstream=None):
        """No request is under way, and the upstream has been left too."""
        wait_until(lambda: gateway.status()["requests_in_flight"] == 0, 60, "abandoned requests ending")
        if upstream:
            wait_until(lambda: not upstream.open_sockets, 60, "the upstream's connections being closed")

    def waiting_clients(self, gateway, upstream, count):
        clients = [RawClient(gateway.address) for _ in range(count)]
        for client in clients:
            client.send(GET)
        wait_until(lambda: upstream.requests == count, 60, "the requests at the upstream")
        return clients

    def test_a_client_that_leaves_frees_the_upstream_connection(self):
        upstream = self.start_upstream(hangs())
        gateway = self.proxy(upstream, self.SETTINGS, route="to: up, timeout: 1h")
        for number, client in enumerate(self.waiting_clients(gateway, upstream, 20)):
            if number % 2:
                client.reset()
            else:
                client.close()
        upstream.behaviour = answers(headers=[("Connection", "close")])
        self.assertEqual(gateway.fetch("/").status, 200)
        self.assertEqual(gateway.wait_requests("all", 21)["clusters"]["up"]["errors"], 0)
        # The connections are gone at the gateway; the upstream's threads still sleep and do not read.
        self.wait_idle(gateway)
        left = [entry for entry in gateway.wait_access_log(21) if entry["status"] == 499]
        self.assertEqual(len(left), 20)
        self.assertIn("left", left[0]["error"])
        for line in ("banyan_client_closed_requests_total 20", 'banyan_requests_total{route="all",status="499"} 20'):
            wait_until(lambda line=line: line in gateway.metrics(), 60, line)

    def test_a_reset_is_noticed_at_once(self):
        """Long before a half-closed client's time is over."""
        upstream = self.start_upstream(hangs())
        gateway = self.proxy(upstream, {"limits": "{half_closed_timeout: 1h}"}, route="to: up, timeout: 1h")
        for client in self.waiting_clients(gateway, upstream, 5):
            client.reset()
        self.wait_idle(gateway)

    def test_a_half_closed_client_is_answered(self):
        upstream = self.start_upstream(answers(b"late", delay=1.5))
        gateway = self.proxy(upstream, route="to: up, timeout: 60s")
        with RawClient(gateway.address) as client:
            client.send(GET)
            client.sock.shutdown(socket.SHUT_WR)
            self.assertEqual(client.read_response().body, b"late")

    def test_a_long_answer_to_a_half_closed_client_is_not_cut(self):
        """Its time runs anew with every piece of the answer."""
        body = b"x" * 400
        upstream = self.start_upstream(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n" + body, pause=1,
                                             parts=10))
        gateway = self.proxy(upstream, {"limits": "{half_closed_timeout: 8s}"})
        with RawClient(gateway.address) as client:
            client.send(GET)
            client.sock.shutdown(socket.SHUT_WR)
            self.assertEqual(client.read_response().body, body)

    def test_an_answer_that_stalls_is_given_up_when_its_client_leaves(self):
        for leave in (RawClient.close, RawClient.reset):
            upstream = self.start_upstream(sends(BEGUN, then="hang"))
            with self.subTest(leave):
                gateway = self.proxy(upstream, self.SETTINGS)
                client = RawClient(gateway.address)
                client.send(GET)
                self.assertEqual(client.read_head().status, 200)
                client.read_exactly(5)
                leave(client)
                self.wait_idle(gateway)
                wait_until(lambda: "banyan_client_closed_requests_total 1" in gateway.metrics(), 60, "it counted")
                gateway.stop()

    def test_clients_of_a_unix_socket(self):
        """There a close shows as what it is."""
        upstream = self.start_upstream(hangs())
        path = self.path("listen.sock")
        gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up, timeout: 1h}\n",
            {"limits": "{half_closed_timeout: 1h}"}, listen=[f'"unix:{path}"'])
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        client.sendall(GET)
        wait_until(lambda: upstream.requests == 1, 60, "the request at the upstream")
        client.close()
        self.wait_idle(gateway)

    def test_a_client_of_php_that_leaves_gives_its_connection_to_the_next(self):
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php usleep((int) ($_GET['ms'] ?? 0) * 1000); echo 'slept';"})
        fpm = start_php_fpm(self.directory, workers=2)
        self.addCleanup(fpm.stop)
        gateway = self.start_gateway(
            f'clusters:\n  legacy: {{protocol: fastcgi, root: "{root}", endpoints: ["{fpm.listen}"], '
            "connections_max: 1}\n"
            "routes:\n  - {id: all, match: {prefix: /}, to: legacy, timeout: 1h}\n")
        client, waiting = RawClient(gateway.address), RawClient(gateway.address)
        client.send(b"GET /?ms=600000 HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: gateway.status()["requests_in_flight"] == 1, 60, "the script running")
        waiting.send(GET)  # for the only connection
        wait_until(lambda: gateway.status()["requests_in_flight"] == 2, 60, "another request waiting")
        waiting.reset()
        wait_until(lambda: gateway.status()["requests_in_flight"] == 1, 60, "the one that waited being forgotten")
        client.reset()
        self.assertEqual(gateway.fetch("/").body, b"slept")
        self.assertEqual(gateway.wait_requests("all", 3)["clusters"]["legacy"]["errors"], 0)

    def test_a_tunnel_whose_client_ends_its_direction_goes_on(self):
        told = threading.Event()

        def tunnel(exchange):
            exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n")
            told.wait(120)
            exchange.send(b"still here")
            exchange.close()
        gateway = self.proxy(self.start_upstream(tunnel), self.SETTINGS)
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n")
            self.assertEqual(client.read_head().status, 101)
            client.sock.shutdown(socket.SHUT_WR)
            time.sleep(2)  # longer than a half-closed client is waited for
            told.set()
            self.assertEqual(client.read_exactly(10), b"still here")

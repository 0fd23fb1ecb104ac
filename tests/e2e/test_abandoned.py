"""Clients that leave before they are answered: what is done for them ends."""
from lib.case import GatewayCase
from lib.faulty_upstream import answers, hangs
from lib.raw_http import RawClient
from processes import wait_until


class AbandonedTest(GatewayCase):
    def test_a_client_that_leaves_frees_the_upstream_connection(self):
        upstream = self.start_upstream(hangs())
        gateway = self.proxy(upstream, route="to: up, timeout: 60s")
        clients = [RawClient(gateway.address) for _ in range(20)]
        for client in clients:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: upstream.requests == 20, 20, "the requests at the upstream")
        for client in clients:
            client.close()
        upstream.behaviour = answers()
        self.assertEqual(gateway.fetch("/").status, 200)
        wait_until(lambda: gateway.status()["requests_in_flight"] == 0, 20, "abandoned requests ending")

"""SIGTERM: what has begun is answered, nothing is lost, and the process ends with 0."""
import signal
import threading
import time

from lib.case import GatewayCase
from lib.faulty_upstream import answers, by_target, hangs, sends
from lib.raw_http import Load, RawClient, ResponseError
from processes import wait_until


class DrainTest(GatewayCase):
    def test_under_load_no_request_is_lost(self):
        gateway = self.proxy(self.start_upstream(answers(delay=0.01)))
        with Load(gateway.address, clients=16, may_refuse=True) as load:
            load.wait_answers(200)
            gateway.child.send(signal.SIGTERM)
            self.assertEqual(gateway.child.wait(60), 0)
        self.assertEqual(load.lost(), [])
        self.assertLessEqual(len(load.failures), 2 * 16)
        entries = [entry for entry in gateway.access_log() if entry["status"] == 200]
        self.assertEqual(len(entries), load.answers)

    def test_a_request_under_way_is_answered_and_told_to_close(self):
        upstream = self.start_upstream(answers(b"late", delay=1.0))
        gateway = self.proxy(upstream)
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_until(lambda: upstream.requests == 1, 60, "the request at the upstream")
            gateway.child.send(signal.SIGTERM)
            answer = client.read_response()
            self.assertEqual((answer.body, answer.get("connection")), (b"late", "close"))
            self.assertTrue(client.at_end())
        self.assertEqual(gateway.child.wait(60), 0)

    def test_it_listens_no_more_and_idle_connections_close_before_busy_ones(self):
        """At once but for a second in which a request that is on its way still arrives."""
        released = threading.Event()

        def when_released(exchange):
            released.wait(120)
            exchange.reply()
        upstream = self.start_upstream(when_released)
        gateway = self.proxy(upstream)
        idle, busy = RawClient(gateway.address), RawClient(gateway.address)
        self.addCleanup(idle.close)
        self.addCleanup(busy.close)
        busy.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: upstream.requests == 1, 60, "the request at the upstream")
        gateway.child.send(signal.SIGTERM)
        self.assertTrue(idle.at_end(60))
        with self.assertRaises(ConnectionRefusedError):
            RawClient(gateway.address)
        released.set()
        self.assertEqual(busy.read_response().status, 200)

    def test_a_hung_request_does_not_keep_it_for_ever(self):
        upstream = self.start_upstream(hangs())
        gateway = self.proxy(upstream, {"drain_timeout": "1h"}, route="to: up, timeout: 2s")
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_until(lambda: upstream.requests == 1, 60, "the request at the upstream")
            gateway.child.send(signal.SIGTERM)
            self.assertEqual(client.read_response().status, 504)
            self.assertEqual(gateway.child.wait(60), 0)

    def test_what_is_left_at_the_drain_timeout_is_cut_off(self):
        upstream = self.start_upstream(by_target({"/silent": hangs(), "/stops": sends(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun", then="hang")}))
        gateway = self.proxy(upstream, {"drain_timeout": "1s"}, route="to: up, timeout: 1h, read_timeout: 1h")
        with RawClient(gateway.address) as silent, RawClient(gateway.address) as stops:
            silent.send(b"GET /silent HTTP/1.1\r\nHost: a\r\n\r\n")
            stops.send(b"GET /stops HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertEqual(stops.read_head().status, 200)
            wait_until(lambda: upstream.requests == 2, 60, "the requests at the upstream")
            started = time.monotonic()
            gateway.child.send(signal.SIGTERM)
            answer = silent.read_response()
            self.assertEqual((answer.status, answer.get("connection")), (503, "close"))
            self.assertIn(b"ending", answer.body)
            with self.assertRaises(ResponseError):
                stops.read_exactly(9)
            self.assertEqual(gateway.child.wait(60), 0)
            self.assertGreater(time.monotonic() - started, 0.8)
        self.assertEqual(sorted(entry["status"] for entry in gateway.access_log()), [200, 503])

    def test_a_second_signal_ends_it_at_once(self):
        upstream = self.start_upstream(hangs())
        gateway = self.proxy(upstream, {"drain_timeout": "1h"}, route="to: up, timeout: 1h")
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_until(lambda: upstream.requests == 1, 60, "the request at the upstream")
            gateway.child.send(signal.SIGTERM)
            wait_until(lambda: '"draining"' in gateway.log(), 60, "the first signal being seen")  # two would be one
            gateway.child.send(signal.SIGTERM)
            gateway.child.wait(60)

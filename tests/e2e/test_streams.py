"""Connections that stay open: WebSocket over HTTP/1.1 and HTTP/2, and server-sent events."""
import asyncio
import base64
import hashlib
import os
import signal
import threading
import time

from lib import debian_modules
from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import RawClient
from lib.raw_http2 import Http2Client, request
from processes import connect, wait_until

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# Short, though not so short that a stalled machine would not keep them, and a silence that is longer.
SHORT = {"limits": "{body_timeout: 6s, idle_timeout: 6s, half_closed_timeout: 6s}"}
SHORT_ROUTE = "to: up, timeout: 6s, read_timeout: 6s"
SILENCE_S = 8


def accept_key(key):
    return base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()


def upgrades(exchange):
    """Speaks as a WebSocket server until the head, then sends every byte back."""
    exchange.send((f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   f"Content-Length: 0\r\n"
                   f"Sec-WebSocket-Accept: {accept_key(exchange.header('sec-websocket-key'))}\r\n\r\n").encode())
    while True:
        data = bytes(exchange.received[exchange.consumed:])
        exchange.consumed += len(data)
        if data:
            exchange.send(data)
        exchange.fill()


def frame(opcode, payload, final=True, mask=b"\x11\x22\x33\x44"):
    """A client's frame (RFC 6455 section 5.2) of up to 125 bytes."""
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return bytes([(0x80 if final else 0) | opcode, 0x80 | len(payload)]) + mask + masked


class WebSocketTest(GatewayCase):
    def upgrade(self, address):
        client = RawClient(address)
        self.addCleanup(client.close)
        key = base64.b64encode(os.urandom(16)).decode()
        client.send((f"GET /chat HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        head = client.read_head()
        self.assertEqual((head.status, head.get("sec-websocket-accept")), (101, accept_key(key)))
        self.assertIsNone(head.get("content-length"))
        return client

    def test_every_byte_passes_as_it_is(self):
        gateway = self.proxy(self.start_upstream(upgrades))
        client = self.upgrade(gateway.address)
        frames = [frame(1, b"hello"), frame(2, bytes(range(100))), frame(1, b"frag", final=False), frame(9, b"ping"),
                  frame(0, b"mented"), frame(8, b"\x03\xe8bye")]
        for one in frames:
            client.send(one)
            self.assertEqual(client.read_exactly(len(one)), one)
        self.assertEqual(gateway.metrics().count("banyan_requests_in_flight 1"), 1)
        client.close()
        entry = gateway.wait_access_log(1)[0]
        self.assertEqual((entry["status"], entry["response_bytes"]), (101, sum(map(len, frames))))

    def test_a_silent_tunnel_outlives_limits_for_requests(self):
        gateway = self.proxy(self.start_upstream(upgrades), SHORT, SHORT_ROUTE)
        client = self.upgrade(gateway.address)
        time.sleep(SILENCE_S)
        client.send(frame(1, b"still"))
        self.assertEqual(client.read_exactly(11), frame(1, b"still"))

    def test_drain_ends_tunnels_when_its_time_is_over(self):
        gateway = self.proxy(self.start_upstream(upgrades), {"drain_timeout": "500ms"})
        client = self.upgrade(gateway.address)
        self.assertEqual(gateway.stop(signal.SIGTERM, 60), 0)
        self.assertEqual(client.sock.recv(10), b"")

    def test_a_client_that_leaves_ends_the_services_side(self):
        upstream = self.start_upstream(upgrades)
        gateway = self.proxy(upstream)
        self.upgrade(gateway.address).close()
        wait_until(lambda: not upstream.open_sockets, 60, "the service's connection closed")

    def test_a_public_client_and_server(self):
        websockets = debian_modules.load("websockets", "python3-websockets")
        asyncio.run(asyncio.wait_for(self.talk(websockets), 300))

    async def talk(self, websockets):
        async def echo(socket):
            async for message in socket:
                await socket.send(message)

        async with websockets.serve(echo, "127.0.0.1", 0, ping_interval=None) as server:
            port = server.sockets[0].getsockname()[1]
            loop = asyncio.get_running_loop()
            gateway = await loop.run_in_executor(None, lambda: self.start_gateway(
                f'clusters:\n  up: {{protocol: http1, endpoints: ["127.0.0.1:{port}"]}}\n'
                "routes:\n  - {id: all, match: {prefix: /}, to: up}\n"))
            async with websockets.connect(f"ws://{gateway.address}/chat", max_size=None, open_timeout=None,
                                          ping_interval=None, close_timeout=60) as client:
                for message in ("text \u00e9", b"\x00\xff", "", "x" * 70000, os.urandom(1_000_000)):
                    await client.send(message)
                    self.assertEqual(await client.recv(), message)
                await (await client.ping())
            self.assertEqual(client.close_code, 1000)

    def test_over_http2_by_extended_connect(self):
        connection_of = debian_modules.load("h2.connection", "python3-h2")
        config = debian_modules.load("h2.config", "python3-h2")
        events = debian_modules.load("h2.events", "python3-h2")
        upstream = self.start_upstream(upgrades)
        gateway = self.proxy(upstream)
        sock = connect(gateway.address)
        self.addCleanup(sock.close)
        peer = connection_of.H2Connection(config.H2Configuration(header_encoding="utf-8"))
        peer.initiate_connection()
        sock.sendall(peer.data_to_send())

        def receive(kind):
            """The next event of that kind."""
            while True:
                for event in pending:
                    if isinstance(event, kind):
                        del pending[:pending.index(event) + 1]
                        return event
                data = sock.recv(65536)
                self.assertTrue(data, "the connection was closed")
                pending.extend(peer.receive_data(data))
                sock.sendall(peer.data_to_send())

        pending = []
        settings = receive(events.RemoteSettingsChanged)
        self.assertEqual(settings.changed_settings[8].new_value, 1)  # ENABLE_CONNECT_PROTOCOL
        peer.send_headers(1, [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"),
                              (":path", "/chat?room=1"), (":authority", "example.test"),
                              ("sec-websocket-version", "13")])
        sock.sendall(peer.data_to_send())
        answer = dict(receive(events.ResponseReceived).headers)
        self.assertEqual(answer[":status"], "200")
        self.assertNotIn("sec-websocket-accept", answer)
        for one in (frame(1, b"hello"), frame(8, b"\x03\xe8")):
            peer.send_data(1, one)
            sock.sendall(peer.data_to_send())
            self.assertEqual(receive(events.DataReceived).data, one)
        self.assertTrue(upstream.heads[0].startswith(b"GET /chat?room=1 HTTP/1.1\r\n"))
        peer.end_stream(1)
        sock.sendall(peer.data_to_send())
        receive(events.StreamEnded)
        self.assertEqual(gateway.wait_access_log(1)[0]["protocol"], "HTTP/2")

    def test_over_http2_an_answer_that_opens_no_tunnel_is_no_success(self):
        """RFC 8441 section 5: after any 2xx a client would take the page for frames of its WebSocket."""
        upstream = self.start_upstream(answers(b"<html>"))
        gateway = self.proxy(upstream)
        with Http2Client(gateway.address) as client:
            outcome = client.ask([*request(method=b"CONNECT", path=b"/chat"), (b":protocol", b"websocket"),
                                  (b"sec-websocket-version", b"13")])
        self.assertEqual((outcome[:2], upstream.requests), (("answer", 501), 1))
        self.assertEqual(gateway.wait_access_log(1)[0]["status"], 501)


class ServerSentEventsTest(GatewayCase):
    """The service sends an event only when the client has the one before: nothing on the way may keep one back."""

    def read_events(self, client, count, received):
        head = client.read_head()
        self.assertEqual((head.status, head.get("content-type")), (200, "text/event-stream"))
        for number in range(count):
            while f"data: {number}\n\n".encode() not in client.buffer:
                self.assertTrue(client.fill())
            received.release()

    def test_events_pass_one_by_one_and_silence_does_not_cut_them(self):
        received = threading.Semaphore(0)

        def events(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            for number in range(5):
                exchange.send(f"data: {number}\n\n".encode())
                self.assertTrue(received.acquire(timeout=60))
            exchange.sleep(SILENCE_S)
            exchange.send(b"data: 5\n\n")
            exchange.close()

        gateway = self.proxy(self.start_upstream(events), SHORT, SHORT_ROUTE)
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n")
            self.read_events(client, 6, received)

    def test_events_of_php(self):
        root = self.make_directory("www")
        gate = self.path("gate")
        write_scripts(root, {"index.php": f"""<?php header('Content-Type: text/event-stream');
            while (ob_get_level() > 0) {{ ob_end_flush(); }}
            for ($n = 0; $n < 3; $n++) {{
                echo "data: $n\\n\\n"; flush();
                for ($i = 0; $i < 1500 && !file_exists("{gate}$n"); $i++) {{ usleep(10000); clearstatcache(); }}
            }}"""})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        gateway = self.start_gateway(
            f'clusters:\n  php: {{protocol: fastcgi, root: "{root}", endpoints: ["{fpm.listen}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: php}\n")
        with RawClient(gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n")
            client.read_head()
            for number in range(3):
                while f"data: {number}\n\n".encode() not in client.buffer:
                    self.assertTrue(client.fill())
                with open(f"{gate}{number}", "wb"):
                    pass

"""A TCP server that misbehaves exactly as told, and remembers every byte it was sent.

Each connection is handled by the behaviour in force when its next request arrives; assigning `upstream.behaviour`
changes it at any time. A behaviour is a function of one Exchange, called when a request's head has arrived.
"""
import contextlib
import socket
import struct
import threading
import time

from processes import free_port

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


class Gone(Exception):
    """The peer closed, or the upstream is being stopped."""


class Exchange:
    """One request on one connection. `head` is the request's head with its blank line, as received."""

    def __init__(self, upstream, sock, received):
        self.upstream = upstream
        self.sock = sock
        self.received = received      # a bytearray: all bytes of this connection, in order
        self.consumed = 0
        self.head = b""

    def fill(self):
        try:
            data = self.sock.recv(65536)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        self.received += data

    def next_head(self):
        while (end := self.received.find(b"\r\n\r\n", self.consumed)) < 0:
            self.fill()
        self.head = bytes(self.received[self.consumed:end + 4])
        self.consumed = end + 4
        self.upstream.count_request(self.head)

    @property
    def target(self):
        return self.head.split(b" ")[1].decode("latin-1")

    def header(self, name):
        values = self.headers(name)
        return values[0] if values else None

    def headers(self, name):
        lines = [line.partition(b":") for line in self.head.split(b"\r\n")[1:]]
        return [value.strip().decode("latin-1")
                            for key, _, value in lines if key.strip().lower() == name.lower().encode()]

    def read_body(self):
        if (self.header("transfer-encoding") or "").lower() == "chunked":
            return self.read_chunks()
        return self.take(int(self.header("content-length") or 0))

    def take(self, size):
        while len(self.received) - self.consumed < size:
            self.fill()
        data = bytes(self.received[self.consumed:self.consumed + size])
        self.consumed += size
        return data

    def take_line(self):
        while (end := self.received.find(b"\r\n", self.consumed)) < 0:
            self.fill()
        return self.take(end + 2 - self.consumed)[:-2]

    def read_chunks(self):
        parts = []
        while size := int(self.take_line().split(b";")[0], 16):
            parts.append(self.take(size))
            self.take_line()
        while self.take_line():
            pass
        return b"".join(parts)

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Gone from error

    def reply(self, body=b"ok", status="200 OK", headers=()):
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}"]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def sleep(self, seconds):
        if self.upstream.stopping.wait(seconds):
            raise Gone

    def close(self):
        raise Gone

    def reset(self):
        """Ends the connection with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone


class FaultyUpstream:
    """Listens on a port of its own, which nobody else gets once it is stopped, or on PORT to come back where it was."""

    def __init__(self, behaviour=None, port=0, host="127.0.0.1"):
        self.behaviour = behaviour or answers()
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.heads = []                # of the latest requests
        self.requests = 0
        self.connections = []          # one bytearray each
        self.open_sockets = set()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port or free_port()))
        self.listener.listen(256)
        self.port = self.listener.getsockname()[1]
        self.address = f"{host}:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            received = bytearray()
            with self.lock:
                self.connections.append(received)
                self.open_sockets.add(sock)
                late = self.stopping.is_set()  # stop() may not have seen this one
            if late:
                self.end(sock)
            threading.Thread(target=self.serve, args=(sock, received), daemon=True).start()

    def serve(self, sock, received):
        exchange = Exchange(self, sock, received)
        with contextlib.suppress(Gone):
            while True:
                exchange.next_head()
                self.behaviour(exchange)
        with self.lock:
            self.open_sockets.discard(sock)
        sock.close()

    def count_request(self, head):
        with self.lock:
            self.requests += 1
            self.heads.append(head)
            del self.heads[:-1000]

    def stop(self):
        """Closes the listener and every connection, as a killed process would."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            sockets = list(self.open_sockets)
        for sock in sockets:
            self.end(sock)

    @staticmethod
    def end(sock):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def answers(body=b"ok", status="200 OK", headers=(), delay=0.0):
    """Well-behaved: reads the whole request and answers it."""
    def behaviour(exchange):
        exchange.read_body()
        if delay:
            exchange.sleep(delay)
        exchange.reply(body, status, headers)
    return behaviour


def echoes():
    """Answers with the request's head, a blank line included, followed by its body decoded."""
    def behaviour(exchange):
        body = exchange.read_body()
        exchange.reply(exchange.head + body)
    return behaviour


def sends(data, then="close", pause=0.0, parts=1):
    """Reads the request, sends DATA verbatim (in PARTS with pauses), then does "close", "reset", "hang" or "keep"."""
    def behaviour(exchange):
        exchange.read_body()
        size = max(1, -(-len(data) // parts))
        for start in range(0, len(data), size):
            exchange.send(data[start:start + size])
            exchange.sleep(pause)
        finish(exchange, then)
    return behaviour


def finish(exchange, then):
    if then == "close":
        exchange.close()
    if then == "reset":
        exchange.reset()
    if then == "hang":
        exchange.sleep(600)
        exchange.close()


def hangs():
    return sends(b"", then="hang")


def resets():
    return sends(b"", then="reset")


def closes():
    return sends(b"", then="close")


def by_target(table, otherwise=None):
    """Chooses among behaviours by the request's path, so that one gateway can be asked for every fault."""
    def behaviour(exchange):
        table.get(exchange.target.partition("?")[0], otherwise or answers())(exchange)
    return behaviour


def elapsed(action):
    """Seconds ACTION takes, and what it returns."""
    started = time.monotonic()
    value = action()
    return time.monotonic() - started, value

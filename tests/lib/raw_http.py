"""An HTTP/1.1 client that sends exactly the bytes it is told to, and reads answers strictly.

http.client would tidy up what these tests are about: it refuses odd requests, joins headers and hides truncation. Here
a short body, a bad chunk or a byte too many is an error of its own (ResponseError).
"""
import contextlib
import json
import socket
import ssl
import struct
import threading
import time

from processes import connect


class ResponseError(Exception):
    """What came back is not one whole HTTP/1.1 response."""


class ConnectionClosed(ResponseError):
    """The peer closed before the first byte of a response."""


class Response:
    def __init__(self, status, headers, body=b"", trailers=()):
        self.status = status
        self.headers = headers
        self.body = body
        self.trailers = list(trailers)

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name, default=None):
        values = self.all(name)
        return values[-1] if values else default

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:200]!r}>"


def parse_headers(lines):
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or name.strip() != name or not name:
            raise ResponseError(f"bad header line {line!r}")
        headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
    return headers


class RawClient:
    """One connection. A context manager; timeouts raise TimeoutError."""

    def __init__(self, address, timeout=60.0, tls=None, server_name=None):
        self.sock = connect(address, timeout)
        if tls:
            self.sock = tls.wrap_socket(self.sock, server_hostname=server_name)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def reset(self):
        """Leaves with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def send(self, data):
        self.sock.sendall(data)

    def fill(self):
        try:
            data = self.sock.recv(65536)
        except (ConnectionResetError, ssl.SSLError) as error:
            raise ResponseError(f"connection broken after {self.buffer[:100]!r}: {error}") from error
        self.buffer += data
        return bool(data)

    def read_line(self):
        while b"\r\n" not in self.buffer:
            if not self.fill():
                if not self.buffer:
                    raise ConnectionClosed("closed")
                raise ResponseError(f"closed within a line: {self.buffer[:200]!r}")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def read_exactly(self, size):
        while len(self.buffer) < size:
            if not self.fill():
                raise ResponseError(f"closed after {len(self.buffer)} of {size} bytes of body")
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_header_lines(self):
        lines = []
        while True:
            line = self.read_line()
            if not line:
                return lines
            lines.append(line)

    def read_head(self):
        status_line = self.read_line()
        if not status_line.startswith(b"HTTP/1.") or len(status_line) < 12:
            raise ResponseError(f"not a status line: {status_line[:200]!r}")
        return Response(int(status_line[9:12]), parse_headers(self.read_header_lines()))

    def read_response(self, method="GET"):
        """The next final response; interim ones (1xx) are skipped."""
        response = self.read_head()
        while 100 <= response.status < 200:
            response = self.read_head()
        if method == "HEAD" or response.status in (204, 304):
            return response
        lengths = response.all("content-length")
        coding = response.get("transfer-encoding")
        if coding and lengths:
            raise ResponseError("both Transfer-Encoding and Content-Length")
        if coding:
            self.read_chunked(response)
        elif lengths:
            if len(lengths) > 1:
                raise ResponseError("several Content-Length")
            response.body = self.read_exactly(int(lengths[0]))
        else:
            while self.fill():
                pass
            response.body, self.buffer = self.buffer, b""
        return response

    def read_chunked(self, response):
        while True:
            size = int(self.read_line().split(b";")[0], 16)
            if size == 0:
                response.trailers = parse_headers(self.read_header_lines())
                return
            response.body += self.read_exactly(size)
            if self.read_exactly(2) != b"\r\n":
                raise ResponseError("chunk without CRLF at its end")

    def request(self, method, target, headers=(), body=None):
        """Sends a well-formed request and reads its response. HEADERS is a list of pairs; Host is added when absent.

        A server may answer before it has read a body and close: what it said is read all the same.
        """
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send(request_bytes(method, target, headers, body))
        return self.read_response(method)

    def at_end(self, timeout=60.0):
        """True when the peer closes without another byte within TIMEOUT."""
        self.sock.settimeout(timeout)
        try:
            return not self.buffer and not self.fill()
        except TimeoutError:
            return False
        except ResponseError:
            return not self.buffer


def request_bytes(method, target, headers=(), body=None):
    lines = [f"{method} {target} HTTP/1.1"]
    names = {name.lower() for name, _ in headers}
    if "host" not in names:
        lines.append("Host: example.test")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def chunked(parts, trailers=b""):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n" + trailers + b"\r\n"


def fetch(address, target, method="GET", headers=(), body=None, timeout=60.0):
    """One request on a connection of its own."""
    with RawClient(address, timeout) as client:
        return client.request(method, target, [*headers, ("Connection", "close")], body)


class Load:
    """Clients that ask without a pause, each on its kept connection, until stopped: what must not notice a reload or a
    drain.

    A connection the server closes between two responses, after saying "Connection: close", is opened again and no
    failure; a response cut short, a refused connection or a wrong status is. With may_refuse, a refused new connection
    ends that client quietly: a server that has been told to end does not listen any more.
    """

    def __init__(self, address, target="/", clients=8, expect=200, may_refuse=False):
        self.address = address
        self.target = target
        self.expect = expect
        self.may_refuse = may_refuse
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.answers = 0
        self.failures = []
        self.bodies = set()
        self.threads = [threading.Thread(target=self.ask, daemon=True) for _ in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)

    def wait_answers(self, count, timeout=120.0):
        """Returns once COUNT further answers have come."""
        target = self.answers + count
        deadline = time.monotonic() + timeout
        while self.answers < target:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.answers} answers, waiting for {target}; failures: {self.failures[:3]}")
            time.sleep(0.005)

    def lost(self):
        """The failures but for connections that ended before the first byte of an answer: a server that has been told
        to end may close one just as its next request is sent, which it has not begun then."""
        return [failure for failure in self.failures
                if not failure.startswith(("ConnectionClosed:", "ResponseError: connection broken after b'':"))]

    def ask(self):
        while not self.stopping.is_set():
            try:
                client = RawClient(self.address)
            except OSError as error:
                if not self.may_refuse:
                    self.failed(f"connect: {error}")
                return
            with client:
                self.ask_on(client)

    def ask_on(self, client):
        """Asks on one connection for as long as it is good for."""
        while not self.stopping.is_set():
            try:
                response = client.request("GET", self.target)
            except (OSError, ResponseError) as error:
                self.failed(f"{type(error).__name__}: {error}")
                return
            self.answered(response)
            if (response.get("connection") or "").lower() == "close":
                return

    def failed(self, reason):
        with self.lock:
            self.failures.append(reason)
        time.sleep(0.01)

    def answered(self, response):
        with self.lock:
            self.answers += 1
            if len(self.bodies) < 100:
                self.bodies.add(response.body)
        if response.status != self.expect:
            self.failed(f"status {response.status}")

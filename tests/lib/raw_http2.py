"""HTTP/2 as raw frames (RFC 9113), so that a test may send what no proper client would.

Fields are written as literals without Huffman coding or a dynamic table (RFC 7541 section 6.2.3); those of answers are
not decoded, but for the status, since a test of refusals needs no more.
"""
import struct

from processes import connect

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 0x1, 0x1, 0x4, 0x8
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR = 0, 1, 2, 3
INDEXED_STATUS = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def integer(value, prefix_bits):
    """RFC 7541 section 5.1, its first byte without the bits before the prefix."""
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes([value])
    out, value = bytes([limit]), value - limit
    while value >= 128:
        out, value = out + bytes([value % 128 + 128]), value // 128
    return out + bytes([value])


def literal(name, value):
    return b"\x10" + integer(len(name), 7) + name + integer(len(value), 7) + value


def block(fields):
    return b"".join(literal(name, value) for name, value in fields)


def request(method=b"GET", path=b"/", authority=b"a", extra=(), scheme=b"http"):
    return [(b":method", method), (b":scheme", scheme), (b":path", path), (b":authority", authority), *extra]


def status_of(payload):
    """Of an answer's field block, which begins with the status, unless the sender says otherwise."""
    while payload[0] & 0xE0 == 0x20:  # a change of the table's size
        payload = payload[1:]
    if payload[0] & 0x80:
        return INDEXED_STATUS.get(payload[0] & 0x7F)
    digits = payload[2:2 + (payload[1] & 0x7F)]
    return huffman_digits(digits) if payload[1] & 0x80 else int(digits)


def huffman_digits(data):
    """Digits alone: 0, 1 and 2 have codes of five bits, the others of six (RFC 7541 appendix B)."""
    bits = "".join(f"{byte:08b}" for byte in data)
    text, at = "", 0
    while len(text) < 3:
        if bits[at:at + 5] in ("00000", "00001", "00010"):
            text += str(int(bits[at:at + 5], 2))
            at += 5
        else:
            text += str(int(bits[at:at + 6], 2) - 0b011001 + 3)
            at += 6
    return int(text)


class Http2Client:
    """One connection with the preface sent. `seen` holds all frames received: (kind, flags, stream, payload)."""

    def __init__(self, address, timeout=60.0):
        self.sock = connect(address, timeout)
        self.buffer = b""
        self.seen = []
        self.send(PREFACE + frame(SETTINGS))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def next_frame(self):
        """The next frame, or None at the end of the connection; settings and pings are acknowledged."""
        while len(self.buffer) < 9 or len(self.buffer) < 9 + int.from_bytes(self.buffer[:3], "big"):
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self.buffer += data
        size = int.from_bytes(self.buffer[:3], "big")
        kind, flags = self.buffer[3], self.buffer[4]
        stream = int.from_bytes(self.buffer[5:9], "big") & 0x7FFFFFFF
        payload, self.buffer = self.buffer[9:9 + size], self.buffer[9 + size:]
        self.seen.append((kind, flags, stream, payload))
        if kind in (SETTINGS, PING) and not flags & ACK:
            self.send(frame(kind, ACK, 0, payload if kind == PING else b""))
        return self.seen[-1]

    def outcome(self, stream=1):
        """How the stream ended: ("answer", status, body), ("reset", code), ("goaway", code) or ("closed",)."""
        status, body = None, b""
        while (one := self.next_frame()) is not None:
            kind, flags, number, payload = one
            if kind == GOAWAY:
                code = int.from_bytes(payload[4:8], "big")
                if code != NO_ERROR:
                    return ("goaway", code)
            if number != stream:
                continue
            if kind == RST_STREAM:
                return ("reset", int.from_bytes(payload, "big"))
            if kind == HEADERS and status is None:
                status = status_of(payload)
            if kind == DATA:
                body += payload
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                return ("answer", status, body)
        return ("closed",)

    def ask(self, fields, body=None, stream=1):
        """Sends a request whose field block fits a frame."""
        self.send(frame(HEADERS, END_HEADERS | (END_STREAM if body is None else 0), stream, block(fields)))
        if body is not None:
            self.send(frame(DATA, END_STREAM, stream, body))
        return self.outcome(stream)

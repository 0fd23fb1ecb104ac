"""A server process of its own, to be killed, stopped and started again, that counts in a database what it executed.

Every POST is one row of the table `executed`, written before it is answered: what was executed twice has two rows.
"""
import http.server
import os
import signal
import sqlite3
import sys
import threading

from processes import Child, free_port


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    database = None
    lock = threading.Lock()

    def do_GET(self):  # noqa: N802
        self.reply(b"ok")

    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with self.lock, self.database:
            self.database.execute("INSERT INTO executed (id, server) VALUES (?, ?)", (body, os.getpid()))
        self.reply(b"done")

    def reply(self, body):
        """In one write: killed between head and body, a server would leave an answer begun, which nobody can repeat."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


def main(port, path):
    Handler.database = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
    Handler.database.execute("PRAGMA journal_mode=WAL")
    Handler.database.execute("PRAGMA synchronous=OFF")
    Handler.database.execute("CREATE TABLE IF NOT EXISTS executed (id TEXT, server INTEGER)")
    Server(("127.0.0.1", int(port)), Handler).serve_forever()


class CountingServer:
    """One such process, at the same port and database however often it is started."""

    def __init__(self, directory, database):
        self.directory = directory
        self.database = database
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.child = None

    def start(self):
        command = [sys.executable, "-B", "-m", "lib.counting_server", str(self.port), self.database]
        self.child = Child("counting server", command, os.path.join(self.directory, f"server-{self.port}.log"))
        self.child.wait_listening(self.address, 60)
        return self

    def kill(self):
        self.child.send(signal.SIGKILL)
        self.child.wait()

    def stop(self):
        if self.child is not None and self.child.exit_status() is None:
            self.kill()


def executed(database):
    """How often each id was executed."""
    with sqlite3.connect(database, timeout=30) as connection:
        return dict(connection.execute("SELECT id, COUNT(*) FROM executed GROUP BY id"))


if __name__ == "__main__":
    main(*sys.argv[1:])

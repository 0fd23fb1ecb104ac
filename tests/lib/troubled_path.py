"""What lies between a gateway and a server: a relay of TCP connections that can be made slow, break them all, or keep
them open and let nothing through any more, as a path does that has lost one of its ends."""
import contextlib
import selectors
import socket
import struct
import threading

from processes import connect, free_port


class TroubledPath:
    """To the server at ADDRESS. One thread relays; `delay` is how long it holds back what has come, `silent` that it
    lets nothing pass."""

    def __init__(self, address):
        self.server = address
        self.delay = 0.0
        self.silent = False
        self.selector = selectors.DefaultSelector()
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", free_port()), backlog=256)
        self.address = "127.0.0.1:{}".format(self.listener.getsockname()[1])
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.relay, daemon=True)
        self.thread.start()

    def relay(self):
        while not self.stopping.is_set():
            for key, _ in self.selector.select(0.05):
                with self.lock:
                    if key.fileobj is self.listener:
                        self.accept()
                    elif key.fd in self.selector.get_map() and not self.silent:
                        self.pass_on(key.fileobj, key.data)
            self.stopping.wait(1.0 if self.silent else self.delay)

    def accept(self):
        client, _ = self.listener.accept()
        try:
            server = connect(self.server, 5)
        except OSError:
            client.close()
            return
        for one, other in ((client, server), (server, client)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(one, selectors.EVENT_READ, other)

    def pass_on(self, source, target):
        try:
            data = source.recv(65536)
            if data:
                target.sendall(data)
                return
        except OSError:
            pass
        self.end(source, target)

    def end(self, *sockets):
        for one in sockets:
            with contextlib.suppress(KeyError, ValueError):
                self.selector.unregister(one)
            one.close()

    def reset(self):
        """Breaks every connection with RST, as a firewall that has forgotten them does."""
        with self.lock:
            for key in [each for each in self.selector.get_map().values() if each.data is not None]:
                key.fileobj.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.end(key.fileobj)

    def stop(self):
        self.stopping.set()
        self.thread.join(120)
        self.reset()
        self.listener.close()

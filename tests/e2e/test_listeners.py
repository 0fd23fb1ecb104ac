"""Where the gateway listens besides TCP."""
import os

from lib.case import GatewayCase
from lib.raw_http import Load, fetch
from processes import wait_until


def link_of(path):
    """What a link of /proc names; "" for a descriptor that was closed meanwhile."""
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return ""


class UnixListenerTest(GatewayCase):
    ROUTES = "routes:\n  - {id: all, match: {prefix: /}, to: up}\n"

    def watchers(self, gateway, path):
        """How many epoll instances of the gateway watch the socket that listens at PATH."""
        with open("/proc/net/unix", encoding="utf-8") as table:
            inodes = [fields[6] for fields in (line.split() for line in table)
                      if len(fields) > 7 and fields[7] == path and fields[5] == "01"]
        listening = [f"socket:[{inode}]" for inode in inodes]
        process = f"/proc/{gateway.child.pid}"
        links = {fd: link_of(f"{process}/fd/{fd}") for fd in os.listdir(process + "/fd")}
        sockets = {fd for fd, link in links.items() if link in listening}
        count = 0
        for fd, link in links.items():
            if link == "anon_inode:[eventpoll]":
                with open(f"{process}/fdinfo/{fd}", encoding="ascii") as file:
                    count += any(line.split()[1] in sockets for line in file if line.startswith("tfd:"))
        return count

    def test_every_worker_serves_it_and_it_goes_with_its_line(self):
        path = self.path("listen.sock")
        clusters = f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.start_upstream().address}"]}}\n'
        gateway = self.start_gateway(clusters + self.ROUTES, {"workers": "3"}, listen=[f'"unix:{path}"'])
        wait_until(lambda: self.watchers(gateway, path) == 3, 60, "three workers watching it")
        with Load("unix:" + path, clients=8) as load:
            load.wait_answers(300)
        self.assertEqual(load.failures, [])
        before = gateway.open_descriptors()
        for revision, listens in ((2, False), (3, True), (4, False)):
            gateway.listen = [f'"{gateway.address}"'] + ([f'"unix:{path}"'] if listens else [])
            gateway.write_config(clusters + self.ROUTES)
            gateway.wait_revision(revision)
            wait_until(lambda listens=listens: os.path.exists(path) == listens, 60, "the socket's file coming or going")
            if listens:
                wait_until(lambda: self.watchers(gateway, path) == 3, 60, "three workers watching it")
                self.assertEqual(fetch("unix:" + path, "/").status, 200)
        wait_until(lambda: gateway.open_descriptors() < before, 60, "its descriptors being closed")

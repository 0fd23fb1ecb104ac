"""What every end-to-end test starts from: a directory of its own, children stopped whatever happens, logs shown when
it failed."""
import os
import re
import shutil
import sys
import tempfile
import unittest

from lib.faulty_upstream import FaultyUpstream
from lib.gateway import Gateway

LOG_TAIL_BYTES = 4000


class GatewayCase(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="banyan-e2e-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.addCleanup(self.show_logs)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def make_directory(self, *names):
        os.makedirs(self.path(*names), exist_ok=True)
        return self.path(*names)

    def start_upstream(self, behaviour=None, port=0, host="127.0.0.1"):
        upstream = FaultyUpstream(behaviour, port, host)
        self.addCleanup(upstream.stop)
        return upstream

    def start_gateway(self, body, settings=None, listen=None, prefix=()):
        gateway = Gateway(self.directory, body, settings, listen)
        self.addCleanup(gateway.stop)
        return gateway.start(prefix)

    def proxy(self, upstream, settings=None, route="to: up", cluster=""):
        """A gateway that sends everything to UPSTREAM."""
        return self.start_gateway(f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]{cluster}}}\n'
                                  f"routes:\n  - {{id: all, match: {{prefix: /}}, {route}}}\n", settings)

    def logs(self):
        """Name and contents of what the children wrote."""
        for name in sorted(os.listdir(self.directory)):
            if name.endswith((".log", ".out")):
                with open(self.path(name), encoding="utf-8", errors="replace") as file:
                    yield name, file.read()

    def check_sanitizers(self):
        """Fails for what a sanitizer found in a child, also as it ended; after all have ended."""
        for name, text in self.logs():
            summary = re.search(r"^SUMMARY: \w+Sanitizer: .*", text, re.MULTILINE)
            if summary:
                self.fail(f"{name}: {summary[0]}\n{text[text.find('Sanitizer') - 40:][:LOG_TAIL_BYTES]}")

    def failed(self):
        result = self._outcome.result
        return any(test is self for test, _ in [*result.failures, *result.errors])

    def show_logs(self):
        """With a failure, the ends of the logs say more than the assertion."""
        if not self.failed():
            return
        for name, text in self.logs():
            print(f"--- {name}\n{text[-LOG_TAIL_BYTES:]}", file=sys.stderr)

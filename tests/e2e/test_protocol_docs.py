"""The examples of docs/protocols.md are configurations the gateway takes."""
import os
import re

from lib.case import GatewayCase
from lib.gateway import run_banyan
from lib.tls_upstream import Certificates

DOCUMENT = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "protocols.md")


class ProtocolDocsTest(GatewayCase):
    def test_every_example_passes_the_check(self):
        certificates = Certificates(self.path)
        Certificates(self.path, "clients")
        for name in ("site", "gateway"):
            certificates.sign(name, f"/CN={name}.test", f"DNS:{name}.test")
        with open(DOCUMENT, encoding="utf-8") as file:
            examples = re.findall(r"```yaml\n(.*?)```", file.read(), re.DOTALL)
        self.assertEqual(len(examples), 5)
        for number, example in enumerate(examples):
            with self.subTest(number):
                with open(self.path("banyan.yaml"), "w", encoding="utf-8") as file:
                    file.write(example)
                done = run_banyan("check", "-c", self.path("banyan.yaml"))
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

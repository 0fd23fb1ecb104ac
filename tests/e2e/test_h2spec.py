"""The public conformance suite of HTTP/2, h2spec, against a plain listener and one with TLS."""
import subprocess
import xml.etree.ElementTree as ElementTree

from lib import go_program
from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.php import openssl
from processes import free_port

H2SPEC = "github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible"
CASES = 140  # there are 145 or more of them


class H2specTest(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = go_program.installed(H2SPEC)

    def setUp(self):
        super().setUp()
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", self.path("key.pem"), "-out", self.path("cert.pem"))
        self.tls_port = free_port()
        upstream = self.start_upstream(answers(b"a" * 1000))  # some questions need a body to hold back
        self.gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n",
            listen=[f'{{address: "127.0.0.1:{self.tls_port}", tls: {{certificate: cert.pem, key: key.pem}}}}'])

    def unlike(self, port, *options):
        """What the gateway did not answer as h2spec wants it."""
        report = self.path("report.xml")
        subprocess.run([self.program, "-h", "127.0.0.1", "-p", str(port), "-o", "20", "-j", report, *options],
                       capture_output=True, timeout=900, check=False)
        cases = list(ElementTree.parse(report).iter("testcase"))
        self.assertGreater(len(cases), CASES)
        self.assertFalse([case.get("classname") for case in cases if case.find("skipped") is not None])
        return [case.get("classname") for case in cases
                if case.find("failure") is not None or case.find("error") is not None]

    def test_over_tls_every_answer_is_as_it_wants_it(self):
        self.assertEqual(self.unlike(self.tls_port, "-t", "-k"), [])

    def test_on_a_plain_port_a_wrong_preface_is_a_request_of_http_1(self):
        port = self.gateway.address.rpartition(":")[2]
        self.assertEqual(self.unlike(port), ["Sends invalid connection preface"])


if __name__ == "__main__":
    import unittest

    unittest.main()

"""The TLS listener: certificate by name, versions, and a certificate changed while connections are open."""
import contextlib
import hashlib
import shutil
import signal
import socket
import ssl
import subprocess

from lib.case import GatewayCase
from lib.php import find_program, openssl
from lib.raw_http import RawClient
from processes import free_port, wait_until


class TlsTest(GatewayCase):
    def setUp(self):
        super().setUp()
        for name in ("one", "two", "three"):
            self.make_certificate(name, "two" if name == "three" else name)
        self.tls_address = f"127.0.0.1:{free_port()}"
        certificates = ("{certificate: one.pem, key: one.key}", "{certificate: two.pem, key: two.key}")
        listen = f'{{address: "{self.tls_address}", tls: [{", ".join(certificates)}]}}'
        upstream = self.start_upstream()
        self.gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", listen=[listen])
        self.upstream = upstream

    def make_certificate(self, name, host):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", f"/CN={host}.test", "-addext", f"subjectAltName=DNS:{host}.test,DNS:*.{host}.test",
                "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem"))

    def fingerprint(self, name):
        with open(self.path(name + ".pem"), encoding="ascii") as file:
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()

    def connect(self, host, **limits):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for key, value in limits.items():
            setattr(context, key, value)
        return RawClient(self.tls_address, tls=context, server_name=host)

    def served(self, host):
        with self.connect(host) as client:
            return hashlib.sha256(client.sock.getpeercert(binary_form=True)).hexdigest()

    def test_the_certificate_follows_the_name(self):
        for host, name in (("one.test", "one"), ("two.test", "two"), ("TWO.test", "two"), ("a.two.test", "two"),
                           ("unknown.test", "one"), (None, "one")):
            with self.subTest(host):
                self.assertEqual(self.served(host), self.fingerprint(name))

    def test_requests_and_the_scheme_told_to_the_upstream(self):
        with self.connect("one.test") as client:
            for _ in range(3):
                self.assertEqual(client.request("GET", "/").body, b"ok")
            self.assertEqual(client.sock.version(), "TLSv1.3")
        self.assertIn(b"x-forwarded-proto: https", self.upstream.heads[0].lower())

    def test_an_idle_connection_does_not_keep_the_gateway_from_ending(self):
        with self.connect("one.test") as client:
            client.request("GET", "/")
            self.gateway.child.send(signal.SIGTERM)
            self.assertTrue(client.at_end(60))
        self.assertEqual(self.gateway.child.wait(60), 0)

    def test_versions(self):
        with self.connect("one.test", maximum_version=ssl.TLSVersion.TLSv1_2) as client:
            self.assertEqual(client.sock.version(), "TLSv1.2")
            self.assertEqual(client.request("GET", "/").status, 200)
        with self.assertRaises((ssl.SSLError, OSError)):
            self.connect("one.test", minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)

    def test_a_changed_certificate_serves_new_connections_and_keeps_old_ones(self):
        with self.connect("two.test") as old:
            old.request("GET", "/")
            shutil.copy(self.path("three.key"), self.path("two.key"))
            shutil.copy(self.path("three.pem"), self.path("two.pem"))
            wait_until(lambda: self.served("two.test") == self.fingerprint("three"), 60, "the new certificate")
            self.assertEqual(old.request("GET", "/").status, 200)

    def test_a_certificate_that_does_not_fit_its_key_leaves_the_old_one(self):
        before = self.fingerprint("two")
        shutil.copy(self.path("three.pem"), self.path("two.pem"))
        wait_until(lambda: self.gateway.status()["config_error"], 60, "config_error")
        self.assertEqual(self.served("two.test"), before)

    def test_plain_http_and_rubbish_on_the_tls_port(self):
        for data in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 100, b"\0" * 1000):
            # What the gateway has not read when it closes resets the connection.
            with RawClient(self.tls_address) as client, contextlib.suppress(ConnectionError):
                client.send(data)
                with contextlib.suppress(OSError):
                    client.sock.shutdown(socket.SHUT_WR)
                while client.sock.recv(65536):
                    pass
        self.assertEqual(self.served("one.test"), self.fingerprint("one"))


class TlsAlgorithmsTest(GatewayCase):
    """What the gateway agrees on with strangers: kinds of keys on both sides, groups and ciphers."""
    KEYS = {"rsa": ["rsa:2048"], "pss": ["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
            "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "p384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "p521": ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"], "ed25519": ["ed25519"], "ed448": ["ed448"]}

    def setUp(self):
        super().setUp()
        for name, kind in self.KEYS.items():
            openssl("req", "-x509", "-newkey", *kind, "-nodes", "-days", "2", "-subj", f"/CN={name}.test", "-addext",
                    f"subjectAltName=DNS:{name}.test", "-keyout", self.path(name + ".key"), "-out",
                    self.path(name + ".pem"))
        with open(self.path("all.pem"), "w", encoding="ascii") as bundle:
            for name in self.KEYS:
                with open(self.path(name + ".pem"), encoding="ascii") as file:
                    bundle.write(file.read())
        self.address = f"127.0.0.1:{free_port()}"
        certificates = ", ".join(f"{{certificate: {name}.pem, key: {name}.key}}" for name in self.KEYS)
        listen = f'{{address: "{self.address}", tls: [{certificates}], client_ca: all.pem}}'
        self.upstream = self.start_upstream()
        self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.upstream.address}"]}}\n'
            "routes:\n  - {id: all, match: {prefix: /}, to: up}\n", listen=[listen])

    def asked(self, name, version, ciphers=None):
        """The cipher of a request in which both sides verify the certificate NAME."""
        context = ssl.create_default_context(cafile=self.path(name + ".pem"))
        context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        context.minimum_version = context.maximum_version = version
        if ciphers:
            context.set_ciphers(ciphers)
        with RawClient(self.address, tls=context, server_name=name + ".test") as client:
            self.assertEqual(client.request("GET", "/").status, 200)
            self.assertIn(f"CN={name}.test".encode(), self.upstream.heads[-1])
            return client.sock.cipher()[0]

    def test_every_kind_of_key_in_both_versions(self):
        for name in self.KEYS:
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                with self.subTest(name, version=version):
                    self.asked(name, version)

    def told_by_curl(self, *options):
        """What curl says of a request in which both sides verify the certificate rsa."""
        host, _, port = self.address.rpartition(":")
        answer = subprocess.run(
            [find_program(["curl"], "apt-get install curl"), "-sSv", "--max-time", "120", "--resolve",
             f"rsa.test:{port}:{host}", "--cacert", self.path("rsa.pem"), "--cert", self.path("rsa.pem"), "--key",
             self.path("rsa.key"), *options, f"https://rsa.test:{port}/"],
            capture_output=True, text=True, check=False)
        self.assertEqual(answer.stdout, "ok", answer.stderr)
        return answer.stderr

    def test_every_group(self):
        for group in ("X25519", "prime256v1", "X448", "secp521r1", "secp384r1", "ffdhe2048"):
            with self.subTest(group):
                self.assertIn("TLSv1.3 /", self.told_by_curl("--curves", group, "--tlsv1.3"))
                if group != "ffdhe2048":
                    self.assertIn("TLSv1.2 /", self.told_by_curl("--curves", group, "--tls-max", "1.2"))

    def test_every_cipher(self):
        for cipher in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
            with self.subTest(cipher):
                self.assertEqual(self.asked("rsa", ssl.TLSVersion.TLSv1_2, ciphers=cipher), cipher)
        for cipher in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
            with self.subTest(cipher):
                self.assertIn(cipher, self.told_by_curl("--tls13-ciphers", cipher))

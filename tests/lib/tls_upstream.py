"""An upstream under TLS, and the certificates such tests need."""
import ssl
import time

from lib.faulty_upstream import FaultyUpstream
from lib.php import openssl

EC_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Certificates:
    """An authority in DIRECTORY and what it signs; files are NAME.pem and NAME.key."""

    def __init__(self, path, authority="ca"):
        self.path = path
        self.authority = authority
        openssl("req", "-x509", *EC_KEY, "-days", "2", "-subj", f"/CN={authority}", "-keyout", path(authority + ".key"),
                "-out", path(authority + ".pem"))

    def sign_for_seconds(self, name, subject, names, seconds):
        """Like sign(); it expires in so many SECONDS."""
        self.request(name, subject, names)
        with open(self.path("ca.cnf"), "w", encoding="ascii") as file:
            file.write("[ca]\ndefault_ca=a\n[a]\ndefault_md=sha256\npolicy=p\nunique_subject=no\nrand_serial=yes\n"
                       f"database={self.path('ca.index')}\nnew_certs_dir={self.path('')}\n[p]\ncommonName=supplied\n")
        with open(self.path("ca.index"), "w", encoding="ascii"):
            pass
        end = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
        openssl("ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-in", self.path(name + ".csr"), "-cert",
                self.path(self.authority + ".pem"), "-keyfile", self.path(self.authority + ".key"), "-enddate", end,
                "-extfile", self.path(name + ".ext"), "-out", self.path(name + ".pem"))

    def request(self, name, subject, names):
        with open(self.path(name + ".ext"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        openssl("req", *EC_KEY, "-subj", subject, "-keyout", self.path(name + ".key"), "-out", self.path(name + ".csr"))

    def sign(self, name, subject, names, days=2):
        """NAMES as openssl has them: "DNS:a.test,IP:127.0.0.1". DAYS may be negative: expired."""
        self.request(name, subject, names)
        openssl("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path(self.authority + ".pem"), "-CAkey",
                self.path(self.authority + ".key"), "-CAcreateserial", "-days", str(days), "-extfile",
                self.path(name + ".ext"), "-out", self.path(name + ".pem"))


class TlsUpstream(FaultyUpstream):
    """Keeps of each handshake the client's SNI, ALPN, subject and whether its session was resumed."""

    def __init__(self, certificate, key, client_ca=None, alpn=("http/1.1",), behaviour=None):
        self.handshakes = []
        self.refused = []
        self.names = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.set_alpn_protocols(list(alpn))
        self.context.sni_callback = lambda sock, name, context: self.names.append(name)
        if client_ca:
            self.context.load_verify_locations(client_ca)
            self.context.verify_mode = ssl.CERT_REQUIRED
        super().__init__(behaviour)

    def serve(self, sock, received):
        try:
            secured = self.context.wrap_socket(sock, server_side=True)
        except (ssl.SSLError, OSError) as error:
            self.refused.append(str(error))
            sock.close()
            return
        subject = dict(pair for part in (secured.getpeercert() or {}).get("subject", ()) for pair in part)
        self.handshakes.append((secured.selected_alpn_protocol(), subject.get("commonName"), secured.session_reused))
        with self.lock:
            self.open_sockets.discard(sock)
            self.open_sockets.add(secured)
        super().serve(secured, received)

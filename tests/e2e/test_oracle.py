"""nginx before the same php-fpm is the oracle: for each request of a table Banyan must answer as nginx does."""
import re

from lib.case import GatewayCase
from lib.php import start_nginx, start_php_fpm, write_scripts
from lib.raw_http import fetch

# Variables the two may set differently: the port and software, and those that name the connection.
OWN = {"SERVER_PORT", "SERVER_SOFTWARE", "REMOTE_PORT", "REQUEST_TIME", "REQUEST_TIME_FLOAT", "HTTP_CONNECTION",
       "SERVER_NAME", "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO",
       "HTTP_X_FORWARDED_HOST", "HTTPS", "REDIRECT_STATUS", "argc", "argv"}
# Chosen otherwise: RFC 3875 names the path info's file and has the body's type and length once, and DOCUMENT_URI stays
# the script's without the path info.
CHOSEN = {"PATH_TRANSLATED", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "DOCUMENT_URI"}
DUMP = """<?php header('Content-Type: application/json'); $server = $_SERVER; ksort($server);
echo json_encode(['file' => basename(__FILE__), 'server' => $server, 'get' => $_GET, 'post' => $_POST,
                  'cookie' => $_COOKIE,
                  'body' => md5(file_get_contents('php://input'))], JSON_INVALID_UTF8_SUBSTITUTE);"""
FILES = {"index.php": DUMP, "dump.php": DUMP, "sub/index.php": DUMP, "sub/deep/dump.php": DUMP, "site.css": "p {}",
         "a.txt": "text" * 9,
         "status.php": "<?php header('X-A: 1'); header('X-A: 2', false); "
                       "http_response_code((int) @$_GET['c']); echo 'x';"}
FORM = ("Content-Type", "application/x-www-form-urlencoded")
# method, target, headers, body
TABLE = [
    ("GET", "/", [], None), ("GET", "/?a=1&a=2&b[x]=3&c", [], None), ("GET", "/index.php", [], None),
    ("GET", "/dump.php", [], None), ("GET", "/dump.php?x=%20+%26", [], None), ("GET", "/dump.php/info", [], None),
    ("GET", "/dump.php/in%20fo/?q", [], None), ("GET", "/sub/", [], None), ("GET", "/sub/?q", [], None),
    ("GET", "/sub/deep/dump.php", [], None), ("GET", "/some/route", [], None), ("GET", "/some/route?x=y", [], None),
    ("GET", "/caf%C3%A9?%C3%A9", [], None), ("GET", "/none.php", [], None),
    ("GET", "/dump.php", [("Cookie", "a=1; b=2")], None),
    ("GET", "/dump.php", [("X-Odd", "tab\there")], None), ("GET", "/dump.php", [("Authorization", "Basic YTpi")], None),
    ("POST", "/dump.php", [FORM], b"a=1&b=2"), ("POST", "/route", [FORM], b"a[]=1&a[]=2"),
    ("POST", "/dump.php", [], b""), ("POST", "/dump.php", [("Content-Type", "application/json")], b'{"a":1}'),
    ("PUT", "/dump.php", [], b"put"), ("DELETE", "/dump.php", [], None), ("PATCH", "/dump.php", [], b"x" * 100_000),
    ("OPTIONS", "/dump.php", [], None), ("HEAD", "/dump.php", [], None), ("HEAD", "/a.txt", [], None),
    ("GET", "/a.txt", [], None), ("GET", "/site.css", [], None), ("GET", "/a.txt", [("Range", "bytes=2-5")], None),
    ("GET", "/a.txt", [("Range", "bytes=99-")], None),
    *(("GET", f"/status.php?c={code}", [], None) for code in (200, 201, 204, 302, 403, 404, 500, 503)),
]


class OracleTest(GatewayCase):
    def setUp(self):
        super().setUp()
        root = self.make_directory("www")
        write_scripts(root, FILES)
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        nginx, self.nginx = start_nginx(self.directory, root, fpm.listen)
        self.addCleanup(nginx.stop)
        self.gateway = self.start_gateway(
            f'clusters:\n  legacy: {{protocol: fastcgi, root: "{root}", index: index.php, '
            f'endpoints: ["{fpm.listen}"], connections_max: 1}}\n'  # leaves nginx a worker
            "routes:\n  - {id: all, match: {prefix: /}, to: legacy}\n")

    def facts(self, answer):
        """What must agree: status, type, PHP's headers, and the body; PHP's dump without what each server owns."""
        body = answer.body
        if answer.status < 400 and (answer.get("content-type") or "").startswith("application/json"):
            body = answer.json() if body else body
            if body:
                body["server"] = {key: value for key, value in body["server"].items() if key not in OWN | CHOSEN}
                # The usual configuration of nginx sets it for every script, empty where there is none.
                body["server"].setdefault("PATH_INFO", "")
        elif answer.status >= 400 and b"nginx" in body or answer.status in (403, 404, 416):
            body = None
        kind = re.sub(r";\s*", ";", answer.get("content-type") or "").lower() if body is not None else None
        kind = kind and kind.removesuffix(";charset=utf-8")    # which we tell of text files
        return {"status": answer.status, "type": kind, "x-a": answer.all("x-a"), "body": body,
                "range": answer.get("content-range")}

    def test_every_row(self):
        self.maxDiff = None
        for method, target, headers, body in TABLE:
            with self.subTest(f"{method} {target} {headers}"):
                old = fetch(self.nginx, target, method=method, headers=headers, body=body)
                new = fetch(self.gateway.address, target, method=method, headers=headers, body=body)
                self.assertEqual(self.facts(new), self.facts(old))

    def test_an_encoded_slash_is_refused_where_nginx_takes_it_for_a_slash(self):
        self.assertEqual(fetch(self.nginx, "/a%2fb").status, 200)
        self.assertEqual(self.gateway.fetch("/a%2fb").status, 400)

"""banyan import: nginx with the original configuration and Banyan with what was proposed answer alike, before one real
php-fpm; and the example of docs/import-nginx.md is what it says."""
import base64
import hashlib
import json
import os
import re
import subprocess

from lib.case import GatewayCase
from lib.gateway import binary, run_banyan
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import fetch
from processes import Child, find_program, free_port

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "import-nginx.md")

SHOW = """<?php
header('Content-Type: application/json');
echo json_encode(['script' => $_SERVER['SCRIPT_NAME'], 'file' => $_SERVER['SCRIPT_FILENAME'],
  'uri' => $_SERVER['REQUEST_URI'], 'query' => $_SERVER['QUERY_STRING'], 'path_info' => $_SERVER['PATH_INFO'] ?? '',
  'method' => $_SERVER['REQUEST_METHOD'], 'body' => file_get_contents('php://input'), 'env' => $_SERVER['APP_ENV'] ?? '',
  'root' => $_SERVER['DOCUMENT_ROOT'], 'https' => $_SERVER['HTTPS'] ?? '', 'host' => $_SERVER['HTTP_HOST']]);
"""

HEAD = """{user}
daemon off; worker_processes 1; pid "{directory}/nginx.pid"; error_log "{directory}/nginx-error.log" info;
events {{ worker_connections 256; }}
http {{
  include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; client_max_body_size 1m;
  client_body_temp_path "{directory}/client_body"; proxy_temp_path "{directory}/proxy";
  fastcgi_temp_path "{directory}/fastcgi"; uwsgi_temp_path "{directory}/uwsgi"; scgi_temp_path "{directory}/scgi";
"""

# The commonest shape: a front controller, other scripts, files, a second server behind, and things that are closed.
CONFIG = """
  upstream legacy {{ server {php}; }}
  upstream native {{ server {native}; }}
  map $http_x_version $users {{ default native; "old" second; }}
  upstream second {{ server {second}; }}
  upstream told {{ server {told}; }}
  upstream auth {{ server {auth}; }}
  upstream ill {{ server {ill}; }}
  limit_req_zone $binary_remote_addr zone=perip:1m rate=2r/m;
  server {{
    listen {address};
    server_name shop.test www.shop.test;
    root "{root}";
    index index.php index.html;
    location / {{ try_files $uri $uri/ /index.php?$query_string; }}
    location ~ [^/]\\.php(/|$) {{
      fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
      try_files $fastcgi_script_name =404;
      set $path_info $fastcgi_path_info;
      include {directory}/params/*.conf;
      fastcgi_pass legacy;
    }}
    location ~ /\\.ht {{ deny all; }}
    location = /exact {{ proxy_pass http://native; proxy_set_header Host $host; }}
    location ^~ /files/ {{ root "{other}"; }}
    location /files/deep/ {{ proxy_pass http://native; proxy_set_header Host $host; }}
    location ~ ^/(users|orders)/ {{ proxy_pass http://$users; proxy_set_header Host $host; }}
    location /users/never/ {{ return 404; }}
    location /hidden/ {{ return 404; }}
    location /read/ {{ limit_except GET {{ deny all; }} proxy_pass http://native; proxy_set_header Host $host; }}
    location /private/ {{ deny all; }}
    location /api/ {{ proxy_pass http://native/v2/; proxy_set_header Host $host; }}
    location /cut/ {{ proxy_pass http://native/; proxy_set_header Host $host; }}
    location = /one {{ proxy_pass http://native/other; proxy_set_header Host $host; }}
    location /break/ {{ rewrite ^/break/([^/]+)/(.*)$ /$1/of/$2 break; proxy_pass http://native;
                        proxy_set_header Host $host; }}
    location /old/ {{ rewrite ^/old/(.*)$ /new/$1 permanent; return 404; }}
    location /away/ {{ return 302 http://elsewhere.test$request_uri; }}
    location = /health {{ default_type text/plain; return 200 "fine\n"; }}
    location = /nothing {{ return 204; }}
    location /here/ {{ allow 127.0.0.1; deny all; proxy_pass http://native; proxy_set_header Host $host; }}
    location /there/ {{ allow 10.0.0.0/8; deny all; proxy_pass http://native; proxy_set_header Host $host; }}
    location /not-you/ {{ deny 127.0.0.0/8; proxy_pass http://native; proxy_set_header Host $host; }}
    location /told/ {{ proxy_pass http://told; proxy_set_header Host shop.internal; proxy_set_header X-Real-IP $remote_addr;
                       proxy_set_header X-Edge "first one"; proxy_set_header X-Secret "";
                       proxy_hide_header X-Powered-By; add_header X-Served-By "$host$uri" always; }}
    location /asked/ {{ auth_request /auth; auth_request_set $user $upstream_http_x_user; proxy_set_header X-User $user;
                        proxy_set_header Host $host; proxy_pass http://told; }}
    location = /auth {{ internal; proxy_pass http://auth/check; proxy_pass_request_body off;
                        proxy_set_header Content-Length ""; }}
    location /zip/ {{ gzip on; gzip_types text/plain; gzip_proxied any; proxy_pass http://told;
                      proxy_set_header Host $host; }}
    location /spared/ {{ proxy_pass http://ill; proxy_intercept_errors on; error_page 500 502 503 504 = @spare; }}
    location @spare {{ proxy_pass http://second; }}
    location /sorry/ {{ proxy_pass http://ill; proxy_intercept_errors on; error_page 500 502 503 504 =200 /sorry; }}
    location = /sorry {{ default_type text/plain; return 503 "Back soon\n"; }}
    location /olden/ {{ error_page 404 = /index.php?$args; }}
    location /fast/ {{ limit_req zone=perip burst=2 nodelay; limit_req_status 429; proxy_pass http://native;
                       proxy_set_header Host $host; }}
  }}
  server {{
    listen {address};
    server_name other.test *.other.test;
    root "{other}";
    location / {{ try_files $uri $uri/ =404; }}
    location /gone/ {{ return 410; }}
  }}
}}
"""

PARAMS = """fastcgi_param PATH_INFO $path_info;
fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
fastcgi_param APP_ENV "prod env";
"""


class ImportTest(GatewayCase):
    def start_php(self):
        fpm = start_php_fpm(self.directory, workers=5)
        self.addCleanup(fpm.stop)
        return fpm.listen

    def start_named(self, name):
        """A server that says its name and what it was asked for."""
        def answer(exchange):
            exchange.read_body()
            method = exchange.head.split(b" ")[0].decode()
            exchange.reply(f"{name} {method} {exchange.target}".encode(), headers=[("Content-Type", "text/plain")])
        return self.start_upstream(answer)

    def start_told(self):
        """A server that says which fields it was sent."""
        def answer(exchange):
            exchange.read_body()
            names = ("host", "x-real-ip", "x-edge", "x-secret", "x-user")
            said = json.dumps({name: exchange.header(name) for name in names}) + " " * 1000
            exchange.reply(said.encode(), headers=[("Content-Type", "text/plain"), ("X-Powered-By", "magic")])
        return self.start_upstream(answer)

    def start_auth(self):
        """Lets in who says so, and says who it is; asked for anything but /check it fails."""
        def answer(exchange):
            exchange.read_body()
            known = exchange.target == "/check" and exchange.header("authorization") == "open"
            exchange.reply(b"", "200 OK" if known else "401 Unauthorized", headers=[("X-User", "ann")])
        return self.start_upstream(answer)

    def start_ill(self):
        """A server that fails, as the path says."""
        def answer(exchange):
            exchange.read_body()
            status = {"/spared/well": "200 OK", "/sorry/lost": "404 Not Found"}.get(exchange.target, "500 Ill")
            exchange.reply(b"ill", status, headers=[("Content-Type", "text/plain")])
        return self.start_upstream(answer)

    def write_site(self):
        write_scripts(self.make_directory("site"), {
            "index.php": SHOW, "admin/index.php": SHOW, "info.php": SHOW, "style.css": "a{}\n", ".htaccess": "secret",
            "plain/index.html": "<p>plain</p>", "empty/x.txt": "x", "files/hidden.txt": "not this one"})
        write_scripts(self.make_directory("other"), {
            "files/a.txt": "from the other root", "index.html": "<p>other</p>", "page.html": "<p>page</p>"})
        write_scripts(self.make_directory("params"),
                      {"a.conf": PARAMS, "b.conf": "include /etc/nginx/fastcgi_params;\n"})

    def start_nginx(self, address, text):
        """nginx with TEXT as the end of its configuration, whose path is given back."""
        nginx = find_program(["nginx"], "apt-get install nginx-light")
        config = self.path("nginx.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(HEAD.format(user="user root;" if os.geteuid() == 0 else "", directory=self.directory) + text)
        child = Child("nginx", [nginx, "-p", self.directory, "-c", config], self.path("nginx.out"))
        self.addCleanup(child.stop)
        child.wait_listening(address)
        return config

    def start_both(self):
        self.write_site()
        native, second = self.start_named("native"), self.start_named("second")
        told, auth, ill = self.start_told(), self.start_auth(), self.start_ill()
        address = f"127.0.0.1:{free_port()}"
        config = self.start_nginx(address, CONFIG.format(
            directory=self.directory, address=address, php=self.start_php(), native=native.address,
            second=second.address, told=told.address, auth=auth.address, ill=ill.address, root=self.path("site"),
            other=self.path("other")))
        imported = self.path("imported.yaml")
        run = run_banyan("import", config, "-o", imported)
        self.assertEqual(run.returncode, 0, run.stderr)
        own = f"127.0.0.1:{free_port()}"
        with open(imported, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(f'"{address}"', text)
        text = text.replace("ext_auth: {", "ext_auth: {timeout: 1m, ")  # a busy machine may need it
        with open(imported, "w", encoding="utf-8") as file:
            file.write(text.replace(f'"{address}"', f'"{own}"'))
        check = run_banyan("check", "-c", imported)
        self.assertEqual(check.returncode, 0, check.stderr)
        self.assertNotIn("warning: no route uses", check.stdout)
        gateway = Child("banyan", [binary(), "gateway", "-c", imported], self.path("banyan.log"))
        self.addCleanup(gateway.stop)
        gateway.wait_listening(own, 60)
        return address, own

    def ask(self, address, case):
        method, target, headers, body = case
        answer = fetch(address, target, method=method, headers=headers, body=body)
        content_type = (answer.get("content-type") or "").split(";")[0]
        shown = answer.body.decode(errors="replace")
        if answer.status >= 400:
            content_type = shown = ""  # each server's own words
        return answer.status, content_type, shown

    def test_both_answer_alike(self):
        nginx, banyan = self.start_both()
        shop, other = [("Host", "shop.test")], [("Host", "other.test")]
        cases = [(method, target, shop, None) for method, target in [
            ("GET", "/"), ("GET", "/?a=1&b=%20"), ("GET", "/no/such/page?x=y"), ("GET", "/index.php"),
            ("GET", "/index.php/extra/path?q=1"), ("GET", "/info.php?z"), ("GET", "/missing.php"), ("GET", "/admin/"),
            ("GET", "/style.css"), ("GET", "/plain/"), ("GET", "/empty/x.txt"), ("GET", "/exact"),
            ("GET", "/exact/more"),
            ("GET", "/files/a.txt"), ("GET", "/files/hidden.txt"), ("GET", "/files/deep/x?y=1"), ("GET", "/users/1"),
            ("GET", "/orders/7/lines"), ("GET", "/ordersx"), ("GET", "/read/x"),
            ("GET", "/api/x?y=1"), ("GET", "/cut/x/y"), ("GET", "/one?q"), ("GET", "/break/a/b/c?d"),
            ("GET", "/here/x"), ("GET", "/spared/x?y=1"), ("GET", "/spared/well"), ("DELETE", "/sorry/x"),
            ("GET", "/sorry/lost"), ("GET", "/olden/no/such?x=y"),
            ("HEAD", "/style.css"), ("GET", "/read/"), ("GET", "/users"), ("DELETE", "/users/1")]]
        cases += [("POST", "/form?x=1", shop + [("Content-Type", "text/plain")], b"a=1"),
                  ("GET", "/users/1", shop + [("X-Version", "old")], None),
                  ("GET", "/users/1", shop + [("X-Version", "new")], None),
                  ("GET", "/", [("Host", "unknown.test")], None), ("GET", "/page.html", other, None),
                  ("GET", "/", other, None), ("GET", "/page.html", [("Host", "deep.other.test")], None),
                  ("GET", "/nothing", other, None), ("POST", "/upload", shop, b"x" * (1024 * 1024 + 1))]
        for case in cases:
            with self.subTest(case=case[:3]):
                self.assertEqual(self.ask(banyan, case), self.ask(nginx, case))
        # What is closed stays closed.
        for case, status in [(("GET", "/private/x", shop, None), 403), (("POST", "/read/x", shop, b"x"), 403),
                             (("GET", "/gone/x", other, None), 410), (("GET", "/hidden/x", shop, None), 404),
                             (("GET", "/there/x", shop, None), 403), (("GET", "/not-you/x", shop, None), 403),
                             (("GET", "/asked/x", shop, None), 401), (("GET", "/auth", shop, None), 404)]:
            with self.subTest(case=case[:3]):
                self.assertEqual([self.ask(one, case)[0] for one in (nginx, banyan)], [status, status])
        hidden = ("GET", "/.htaccess", shop, None)  # as the list says
        self.assertEqual((self.ask(nginx, hidden)[0], self.ask(banyan, hidden)[0]), (403, 404))
        self.fields_alike(nginx, banyan, shop)
        statuses = [[self.ask(one, ("GET", "/fast/x", shop, None))[0] for _ in range(5)] for one in (nginx, banyan)]
        self.assertEqual(statuses, [[200, 200, 200, 429, 429]] * 2)

    def fields_alike(self, nginx, banyan, shop):
        def shown(address, target, headers):
            answer = fetch(address, target, headers=shop + headers)
            location = (answer.get("location") or "").replace(f"http://{address}", "").replace("http://shop.test", "")
            # nginx writes its own address before a path, with the port it listens on.
            location = re.sub(r"^:[0-9]+(?=/)", "", location)
            body = json.loads(answer.body) if answer.body.startswith(b"{") else answer.body
            if answer.status >= 300:
                body = None  # each server's own words
            return [answer.status, location, body, answer.get("x-served-by"), answer.get("x-powered-by"),
                    answer.get("content-encoding"), (answer.get("vary") or "").lower()]

        for target, headers in [("/told/a?b=c", [("X-Secret", "s")]), ("/asked/a", [("Authorization", "open")]),
                                ("/old/a/b?c=d", []), ("/away/x?y", []), ("/health", []), ("/nothing", []),
                                ("/asked/a", [("Authorization", "open"), ("X-User", "root")]), ("/zip/a", [])]:
            with self.subTest(target=target, headers=headers):
                self.assertEqual(shown(banyan, target, headers)[:5], shown(nginx, target, headers)[:5])
        zipped = [fetch(one, "/zip/a", headers=shop + [("Accept-Encoding", "gzip")]).get("content-encoding")
                  for one in (nginx, banyan)]
        self.assertEqual(zipped, ["gzip", "gzip"])

    def test_an_access_log_ranks_endpoints(self):
        with open(self.path("nginx.conf"), "w", encoding="utf-8") as file:
            file.write("server { listen 8080; location / { proxy_pass http://127.0.0.1:9000; } }")
        with open(self.path("access.log"), "w", encoding="utf-8") as file:
            start = "10.0.0.1 - - [10/Oct/2026:13:55:36 +0000]"
            for number in range(30):
                file.write(f'{start} "GET /user/{number} HTTP/1.1" 200 12 "-" "x" 0.020\n')
            file.write(f'{start} "POST /login HTTP/1.1" 502 12 "-" "x" 0.300\n')
            file.write("no such line\n")
        run = run_banyan("import", self.path("nginx.conf"), "--access-log", self.path("access.log"), "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        endpoints = json.loads(run.stdout)["traffic"]["endpoints"]
        self.assertEqual([(one["method"], one["path"], one["count"], one["errors"]) for one in endpoints],
                         [("GET", "/user/:id", 30, 0), ("POST", "/login", 1, 1)])
        self.assertAlmostEqual(endpoints[0]["p50_ms"], 20, delta=2)
        text = run_banyan("import", self.path("nginx.conf"), "--access-log", self.path("access.log"))
        self.assertRegex(text.stderr, r"30 +96\.8 % +0 +0 .* GET /user/:id")
        self.assertIn("1 lines are neither", text.stderr)

    def test_mistakes_and_files_that_are_there(self):
        with open(self.path("nginx.conf"), "w", encoding="utf-8") as file:
            file.write("http {\n  server {\n    listen 80\n  }\n}\n")
        run = run_banyan("import", self.path("nginx.conf"))
        self.assertEqual(run.returncode, 2)
        self.assertEqual(run.stderr, f"{self.path('nginx.conf')}:4:3: '}}' before the end of 'listen', add ';'\n")
        self.assertEqual(run_banyan("import", self.path("none.conf")).returncode, 2)
        with open(self.path("nginx.conf"), "w", encoding="utf-8") as file:
            file.write("server { listen 80; return 200; }")
        with open(self.path("out.yaml"), "w", encoding="utf-8") as file:
            file.write("mine")
        run = run_banyan("import", self.path("nginx.conf"), "-o", self.path("out.yaml"))
        self.assertEqual(run.returncode, 2)
        self.assertIn("is there already", run.stderr)
        with open(self.path("out.yaml"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")

    def test_debians_own_configuration(self):
        if not os.path.exists("/etc/nginx/nginx.conf"):
            self.skipTest("there is no /etc/nginx/nginx.conf: apt-get install nginx-light")
        run = run_banyan("import", "/etc/nginx/nginx.conf", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        answer = json.loads(run.stdout)
        self.assertEqual([note for note in answer["notes"] if "not known here" in note["instead"]], [])
        with open(self.path("debian.yaml"), "w", encoding="utf-8") as file:
            file.write(answer["config"])
        self.assertEqual(run_banyan("check", "-c", self.path("debian.yaml")).returncode, 0)

    def documented(self, language):
        with open(DOCUMENT, encoding="utf-8") as file:
            return re.findall(rf"```{language}\n(.*?)```", file.read(), re.S)

    def test_the_documented_example(self):
        with open(self.path("site.conf"), "w", encoding="utf-8") as file:
            file.write(self.documented("nginx")[0])
        run = subprocess.run([binary(), "import", "site.conf"], cwd=self.directory, capture_output=True, text=True,
                             timeout=300, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout, self.documented("yaml")[0])
        self.assertEqual(run.stderr, self.documented("text")[0])

    def test_nginx_goes_on_checking_passwords(self):
        address = f"127.0.0.1:{free_port()}"
        digest = base64.b64encode(hashlib.sha1(b"secret").digest()).decode()
        with open(self.path("htpasswd"), "w", encoding="utf-8") as file:
            file.write(f"ann:{{SHA}}{digest}\n")
        site = self.documented("nginx")[1].replace("127.0.0.1:8091", address)
        self.start_nginx(address, site.replace("/etc/nginx/htpasswd", self.path("htpasswd")) + "}\n")
        native = self.start_named("native")
        cluster = f'clusters:\n  127.0.0.1-9001: {{protocol: http1, endpoints: ["{native.address}"]}}\n'
        gateway = self.start_gateway(
            self.documented("yaml")[1].replace("127.0.0.1:8091", address).replace("clusters:\n", cluster))
        statuses = []
        for words in (None, "ann:secret", "ann:wrong", "bob:secret"):
            sent = [("Authorization", "Basic " + base64.b64encode(words.encode()).decode())] if words else []
            answer = fetch(gateway.address, "/admin/x", headers=sent)
            statuses.append(answer.status)
            self.assertEqual(answer.get("www-authenticate"), None if answer.status == 200 else 'Basic realm="staff"')
        self.assertEqual(statuses, [401, 200, 401, 401])

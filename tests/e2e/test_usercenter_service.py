"""What the native user centre does beyond the PHP one: search, edges, PHP's sessions, a cache in Redis, PostgreSQL,
MariaDB."""
import concurrent.futures
import json
import os
import sqlite3
import subprocess

from e2e.test_usercenter_native import native_binary
from lib.data_servers import Mariadb, Postgres, Redis
from lib.php import start_nginx
from lib.raw_http import fetch
from lib.usercenter import EXPIRED, JSON_TYPE, TOKEN, TOKEN_USER, UserCentreCase, questions
from processes import Child, free_port, socket_directory
from seed import post_rows, profile_row, seed_mariadb, seed_postgres, user_email, user_row
from servers import LEGACY_ROOT, start_legacy

BEARER = [("Authorization", f"Bearer {TOKEN}")]
USERS = 10_000


def points(user_id):
    hundredths = user_row(user_id)[5]
    return f"{hundredths // 100}.{hundredths % 100:02}"


class ServiceCase(UserCentreCase):
    def serve(self, database, *options):
        listen = f"127.0.0.1:{free_port()}"
        child = Child("usercenter-native", [native_binary(), "--listen", listen, "--database", database, *options],
                      self.path(f"native-{listen[-5:]}.log"))
        self.addCleanup(child.stop)
        child.wait_listening(listen)
        return listen

    def start_redis(self):
        redis = Redis(socket_directory(self.directory)).start()
        self.addCleanup(redis.stop)
        return redis

    def start_server(self, kind, seed):
        """One with the users and the tokens of the questions."""
        server = kind()
        self.addCleanup(server.stop)
        server.start()
        seed(server.url, USERS)
        server.run(f"INSERT INTO tokens VALUES ('{TOKEN}', {TOKEN_USER}, {2 ** 40}), ('{EXPIRED}', {TOKEN_USER}, 1)")
        return server

    def start_postgres(self):
        return self.start_server(Postgres, seed_postgres)

    def start_mariadb(self):
        return self.start_server(Mariadb, seed_mariadb)

    def search(self, address, query):
        answer = fetch(address, f"/users/search?{query}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def pages(self, address, query):
        """The ids of all pages, in order."""
        found, cursor = [], ""
        while True:
            page = self.search(address, f"{query}&cursor={cursor}")
            found += [user["id"] for user in page["users"]]
            cursor = page["next"]
            if cursor is None:
                return found

    def check_search_and_edges(self, address):
        best = sorted((i for i in range(1, USERS + 1) if user_row(i)[6] and user_row(i)[5] >= 9900),
                      key=lambda i: (-user_row(i)[5], i))
        self.assertGreater(len(best), 50)
        self.assertEqual(self.pages(address, "score_min=99&limit=7"), best)
        first = self.search(address, "score_min=99&limit=1")["users"][0]
        row = user_row(best[0])
        self.assertEqual(first, {"id": best[0], "name": row[1], "roles": row[4].split(","), "score": points(best[0])})
        active = next(i for i in range(100, USERS) if user_row(i)[6])
        self.assertIn(active, self.pages(address, f"q={user_email(active)[:8]}&limit=100"))
        self.assertEqual(self.search(address, "q=nobody%25is_called_so"), {"users": [], "next": None})
        for user_id in range(1, 30):
            user = fetch(address, f"/users/{user_id}").json()
            profile = profile_row(user_id)
            self.assertEqual(user["profile"], profile and {"city": profile[2], "about": profile[3]})
            self.assertEqual([post["id"] for post in user["posts"]],
                             [post[0] for post in reversed(post_rows(user_id))])
            self.assertNotIn("email", user)

    def check_all_questions(self, address):
        legacy = self.start_php()
        for question in questions():
            with self.subTest(question.name):
                old, new = self.ask(legacy, question), self.ask(address, question)
                self.assertEqual((new.status, new.json()), (old.status, old.json()))


    def check_me(self, address):
        """A token says who it is and lets change and post."""
        self.assertEqual(fetch(address, "/users/me").status, 401)
        self.assertEqual(fetch(address, "/users/me", headers=[("Authorization", f"Bearer {EXPIRED}")]).status, 401)
        self.assertEqual(fetch(address, "/users/me", headers=BEARER).json()["id"], TOKEN_USER)

        def send(method, path, body):
            return fetch(address, path, method=method, headers=[*BEARER, JSON_TYPE], body=json.dumps(body).encode())
        self.assertEqual(send("PATCH", "/users/me", {"name": " New <name> "}).json()["name"], "New <name>")
        self.assertEqual(fetch(address, f"/user/profile?id={TOKEN_USER}").json()["name"], "New <name>")
        self.assertEqual(send("PATCH", "/users/me", {"email": user_email(2)}).status, 409)
        wrong = send("PATCH", "/users/me", {"email": "nonsense"})
        self.assertEqual((wrong.status, wrong.json()["errors"][0]["pointer"]), (400, "/email"))
        post = send("POST", "/users/me/posts", {"title": "First", "text": "Hello"})
        self.assertEqual(post.status, 201)
        self.assertEqual(fetch(address, f"/users/{TOKEN_USER}").json()["posts"][0], post.json())
        self.assertEqual(send("POST", "/users/me/posts", {"title": ""}).status, 400)


class SearchTest(ServiceCase):
    def test_pages_and_edges_are_those_of_the_rows(self):
        self.check_search_and_edges(self.serve(self.seeded("users.db")))

    def test_pages_neither_miss_nor_repeat_while_rows_come_and_go(self):
        database = self.seeded("users.db")
        address = self.serve(database)
        before = self.search(address, "limit=50")
        with sqlite3.connect(database) as rows:
            rows.execute("UPDATE users SET score = 10001 WHERE id = ?", (before["users"][-1]["id"],))
        after = self.search(address, f"limit=50&cursor={before['next']}")
        self.assertFalse({user["id"] for user in before["users"]} & {user["id"] for user in after["users"]})

    def test_what_does_not_fit_is_named(self):
        address = self.serve(self.seeded("users.db"))
        for query, name in (("limit=0", "limit"), ("limit=x", "limit"), ("score_min=much", "score_min"),
                            ("cursor=forged", "cursor"), ("q=" + "x" * 101, "q")):
            answer = fetch(address, f"/users/search?{query}")
            self.assertEqual((answer.status, answer.get("content-type")), (400, "application/problem+json"), query)
            self.assertEqual([error["name"] for error in answer.json()["errors"]], [name])
        self.assertEqual(fetch(address, "/users/99999999").status, 404)
        paths = fetch(address, "/openapi.json").json()["paths"]
        self.assertLessEqual({"/users/search", "/users/{id}", "/users/me", "/users/me/posts"}, set(paths))


class MeTest(ServiceCase):
    def test_a_token_says_who_it_is_and_lets_change_and_post(self):
        address = self.serve(self.seeded("users.db"))
        self.assertEqual(fetch(address, "/users/me", headers=BEARER).json()["email"], user_email(TOKEN_USER))
        self.check_me(address)


class SessionTest(ServiceCase):
    def start_both(self, sessions=None, extra="", options=()):
        """php-fpm behind nginx, and the native service, on one database and with one place for sessions."""
        directory = self.make_directory("legacy")
        database = self.seeded("shared.db")
        fpm = start_legacy(directory, socket_directory(directory), database, sessions, extra)
        self.addCleanup(fpm.stop)
        nginx, legacy = start_nginx(directory, LEGACY_ROOT, fpm.listen)
        self.addCleanup(nginx.stop)
        return legacy, self.serve(database, "--sessions", sessions or os.path.join(directory, "sessions"), *options)

    def check_shared(self, legacy, native):
        user_id = next(i for i in range(1, 100) if user_row(i)[6])
        body = json.dumps({"email": user_email(user_id), "password": f"secret-{user_id}"}).encode()
        login = fetch(legacy, "/user/login", method="POST", body=body)
        self.assertEqual(login.status, 200, login)
        cookie = [("Cookie", "theme=dark; " + login.get("set-cookie").split(";")[0])]
        self.assertEqual(fetch(native, "/users/me", headers=cookie).json()["id"], user_id)
        self.assertEqual(fetch(native, "/users/me", headers=[("Cookie", "PHPSESSID=none")]).status, 401)
        self.assertEqual(fetch(native, "/users/me", headers=[("Cookie", "PHPSESSID=../../etc/passwd")]).status, 401)
        # The name that PHP's page shows is in the session.
        changed = fetch(native, "/users/me", method="PATCH", headers=[*cookie, JSON_TYPE],
                        body=b'{"name":"Native Name"}')
        self.assertEqual(changed.status, 200, changed)
        self.assertIn("Native Name", fetch(legacy, "/", headers=cookie).body.decode())
        # Requests of both services, side by side.
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            pages = [pool.submit(fetch, legacy, "/", headers=cookie) for _ in range(40)]
            answers = [pool.submit(fetch, native, "/users/me", headers=cookie) for _ in range(40)]
            names = [pool.submit(fetch, native, "/users/me", method="PATCH", headers=[*cookie, JSON_TYPE],
                                 body=json.dumps({"name": f"Name {i}"}).encode()) for i in range(20)]
            for answer in (*pages, *answers, *names):
                self.assertEqual(answer.result().status, 200)
            self.assertTrue(all("Signed in as" in page.result().body.decode() for page in pages))
        bearer = [("Authorization", "Bearer " + login.json()["token"])]
        self.assertEqual(fetch(legacy, "/user/logout", method="POST", headers=[*bearer, *cookie], body=b"").status, 200)
        self.assertEqual(fetch(native, "/users/me", headers=cookie).status, 401)

    def test_sessions_in_files_are_shared_with_php(self):
        self.check_shared(*self.start_both())

    def test_sessions_in_redis_are_shared_with_php(self):
        redis = self.start_redis()
        path = f"unix://{redis.socket}"
        extra = ("\nphp_admin_value[session.save_handler] = redis\n"
                 "php_admin_value[redis.session.locking_enabled] = 1\n"
                 "php_admin_value[redis.session.lock_retries] = -1\n")
        self.check_shared(*self.start_both(path, extra, ["--session-locking"]))


class CacheTest(ServiceCase):
    def test_profiles_are_kept_in_redis_and_forgotten_when_they_change(self):
        redis = self.start_redis()
        address = self.serve(self.seeded("users.db"), "--redis", "unix:" + redis.socket)
        self.check_all_questions(address)
        key = f"usercenter:profile:{TOKEN_USER}"
        profile = fetch(address, f"/user/profile?id={TOKEN_USER}").body.decode()
        self.assertEqual(redis.ask("GET", key), profile)
        redis.ask("SET", key, '{"kept":true}')
        self.assertEqual(fetch(address, f"/user/profile?id={TOKEN_USER}").json(), {"kept": True})
        changed = fetch(address, "/user/update", method="POST", headers=BEARER, body=b'{"name":"Changed"}')
        self.assertEqual(changed.status, 200)
        self.assertEqual(fetch(address, f"/user/profile?id={TOKEN_USER}").json()["name"], "Changed")
        redis.stop()
        self.assertEqual(fetch(address, f"/user/profile?id={TOKEN_USER}").json()["name"], "Changed")

    def test_many_who_want_one_profile_cost_one_statement(self):
        redis, postgres = self.start_redis(), self.start_postgres()
        addresses = [self.serve(postgres.url, "--redis", "unix:" + redis.socket) for _ in range(2)]
        before = postgres.log().count('FROM "users"')
        redis.ask("SET", "usercenter:profile:5:lock", "somebody", "PX", "300")   # all find it missing at once
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            answers = [pool.submit(fetch, addresses[i % 2], "/user/profile?id=5") for i in range(80)]
            self.assertEqual({answer.result().json()["id"] for answer in answers}, {5})
        # Each process loads for itself, once, where another holds the lock for longer than two seconds.
        self.assertIn(postgres.log().count('FROM "users"') - before, (1, 2))


class ServerTest(ServiceCase):
    def check_everything(self, server):
        address = self.serve(server.url)
        self.check_search_and_edges(address)
        self.check_all_questions(address)
        self.check_me(address)

    def test_every_answer_from_postgresql_is_the_one_php_gives(self):
        self.check_everything(self.start_postgres())

    def test_every_answer_from_mariadb_is_the_one_php_gives(self):
        self.check_everything(self.start_mariadb())

    def test_it_says_what_is_wrong_with_a_database_and_exits_2(self):
        cases = [("/nonexistent/users.db", "nonexistent"), ("oracle://x", "oracle://"),
                 ("postgresql://nobody@127.0.0.1:1/x", "127.0.0.1"),
                 ("mariadb://nobody@127.0.0.1:1/x", "127.0.0.1"), (self.path("empty.db"), "users")]
        sqlite3.connect(self.path("empty.db")).execute("CREATE TABLE t (a)").connection.close()
        for database, says in cases:
            with self.subTest(database):
                done = subprocess.run([native_binary(), "--listen", f"127.0.0.1:{free_port()}", "--database", database],
                                      capture_output=True, text=True, timeout=300, check=False)
                self.assertEqual(done.returncode, 2, done)
                self.assertIn(says, done.stderr)

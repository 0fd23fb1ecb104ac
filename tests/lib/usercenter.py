"""The questions both user centres must answer alike: examples/usercenter/README.md as data."""
import collections
import json
import sqlite3

from lib.case import GatewayCase
from lib.php import start_nginx
from lib.raw_http import fetch
from processes import socket_directory
from seed import seed, user_row
from servers import LEGACY_ROOT, start_legacy

Question = collections.namedtuple("Question", "name method target headers body status")
JSON_TYPE = ("Content-Type", "application/json")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
EXPIRED = "f" * 40
TOKEN_USER = 17
BAD_EMAILS = ("", "x", "@example.test", "a@b", "a@b.", "a@.b", "a b@c.d", "a@b.c\n", "é@b.c", "a" * 65 + "@b.c",
              "a@" + "b" * 187 + ".c", 7)


def get(name, target, status):
    return Question(name, "GET", target, [], None, status)


def post(name, target, body, status, headers=()):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Question(name, "POST", target, [JSON_TYPE, *headers], data, status)


def update(name, body, status, token=TOKEN):
    return post(f"update {name}", "/user/update", body, status, [("Authorization", f"Bearer {token}")])


def profile_questions():
    ids = [(f"id {user_id}", f"id={user_id}", 200) for user_id in (1, 2, 3, 17, 1001, 10000)]
    odd = [("leading zeros", "id=007", 200), ("18 digits", "id=000000000000000009", 200),
           ("encoded digit", "id=%31", 200), ("last one counts", "id=x&id=5", 200),
           ("among others", "a=1&id=6&b=2", 200), ("unknown", "id=10001", 404),
           ("largest", "id=999999999999999999", 404), ("zero", "id=0", 400),
           ("19 digits", "id=1000000000000000000", 400), ("negative", "id=-1", 400), ("word", "id=abc", 400),
           ("empty", "id=", 400), ("fraction", "id=1.0", 400), ("space", "id=%201", 400), ("plus", "id=+1", 400),
           ("list", "id[]=1", 400), ("bare", "id", 400), ("last one bad", "id=5&id=x", 400), ("signed", "id=%2B1", 400)]
    return [*(get(f"profile {name}", f"/user/profile?{query}", status) for name, query, status in ids + odd),
            get("profile without query", "/user/profile", 400)]


def batch_questions():
    lists = [("one", [1], 200), ("order and repeats", [3, 1, 3, 2], 200), ("strings", ["5", "007"], 200),
             ("some unknown", [1, 20000, 2, 30000], 200), ("all unknown", [20000], 200),
             ("hundred", list(range(1, 101)), 200), ("none", [], 400), ("hundred and one", list(range(1, 102)), 400),
             ("zero", [0], 400), ("negative", [-1], 400), ("fraction", [1.5], 400), ("whole fraction", [1.0], 400),
             ("null", [None], 400), ("true", [True], 400), ("word", ["x"], 400), ("nested", [[1]], 400),
             ("one bad among good", [1, 2, "x"], 400), ("beyond 64 bits", [2 ** 64], 400), ("an object", {"0": 1}, 400),
             ("a string", "1", 400), ("null ids", None, 400)]
    bodies = [("empty body", b"", 400), ("not JSON", b"{ids", 400), ("a list", b"[1]", 400), ("no ids", b"{}", 400),
              ("invalid UTF-8", b'{"ids":["\xff"]}', 400), ("two keys, last counts", b'{"ids":[],"ids":[4]}', 200),
              ("white space", b' \r\n\t{ "ids" : [ 1 ] } ', 200), ("trailing comma", b'{"ids":[1,]}', 400),
              ("more after it", b'{"ids":[1]} x', 400), ("escaped key", b'{"\\u0069ds":[8]}', 200)]
    return [*(post(f"batch {name}", "/user/batch", {"ids": ids}, status) for name, ids, status in lists),
            *(post(f"batch {name}", "/user/batch", body, status) for name, body, status in bodies),
            Question("batch without type", "POST", "/user/batch", [], b'{"ids":[9]}', 200),
            get("batch by GET", "/user/batch", 405)]


def update_questions():
    """In order: each changes user 17, so the two services must start from equal databases."""
    taken = user_row(2)[2]
    return [get("update by GET", "/user/update", 405), post("update without token", "/user/update", {"name": "x"}, 401),
            update("wrong token", {"name": "x"}, 401, "0" * 40), update("expired token", {"name": "x"}, 401, EXPIRED),
            update("upper case token", {"name": "x"}, 401, TOKEN.upper()),
            update("name", {"name": "Zoë <Zang> & \"co\"/\\"}, 200),
            post("update X-Token", "/user/update", {"name": "By X"}, 200, [("X-Token", TOKEN)]),
            update("stripped", {"name": " \t\r\n\v\0Name \0"}, 200), update("hundred bytes", {"name": "n" * 100}, 200),
            update("101 bytes", {"name": "n" * 101}, 400), update("blank", {"name": " \t"}, 400),
            update("number", {"name": 5}, 400), update("email", {"email": "New.Address+x@Example.Test"}, 200),
            update("same email", {"email": "new.address+x@example.test"}, 200),
            update("both", {"name": "Both", "email": "both@example.test"}, 200), update("taken", {"email": taken}, 409),
            update("taken in capitals", {"email": taken.upper()}, 409),
            *(update(f"email {email!r}", {"email": email}, 400) for email in BAD_EMAILS),
            update("64 before the @", {"email": "a" * 64 + "@b-c.d"}, 200),
            update("name is checked first", {"name": "", "email": ""}, 400), update("nothing", {}, 400),
            update("nulls", {"name": None, "email": None}, 400), update("unknown keys", {"role": "admin"}, 400),
            update("a list", [1], 400), update("not JSON", b"name=x", 400), update("empty", b"", 400),
            get("profile after the updates", f"/user/profile?id={TOKEN_USER}", 200)]


def questions():
    return [get("health", "/healthz", 200), *profile_questions(), *batch_questions(), *update_questions()]


def add_tokens(database):
    """The tokens the update questions carry, in an open sqlite3 connection."""
    with database:
        database.executemany("INSERT INTO tokens VALUES (?, ?, ?)",
                             [(TOKEN, TOKEN_USER, 2 ** 40), (EXPIRED, TOKEN_USER, 1)])


class UserCentreCase(GatewayCase):
    def start_php(self):
        """The PHP service behind nginx, on a fresh database; its address."""
        directory = self.make_directory("legacy")
        database = self.seeded("legacy.db")
        fpm = start_legacy(directory, socket_directory(directory), database)
        self.addCleanup(fpm.stop)
        nginx, address = start_nginx(directory, LEGACY_ROOT, fpm.listen)
        self.addCleanup(nginx.stop)
        return address

    def seeded(self, name):
        seed(self.path(name))
        database = sqlite3.connect(self.path(name))
        add_tokens(database)
        database.close()
        return self.path(name)

    def ask(self, address, question):
        return fetch(address, question.target, method=question.method, headers=question.headers, body=question.body)

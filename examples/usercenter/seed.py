#!/usr/bin/env python3
"""Makes the user centre's database: the schema, and users whose every field follows from their id alone.

    seed.py FILE [--users N]

The same N gives the same rows on every machine, so tests and measurements may name a user and know the answer. User N signs in
with the address user_email(N) and the password "secret-N". An existing FILE is refused, never overwritten.
"""
import argparse
import hashlib
import json
import os
import sqlite3
import sys

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "legacy", "schema.sql")
FIRST = ("Ana Björn Chen Dilnoza Emeka Farah Goran Hana Ivan Júlia Kofi Lena Mehmet Nadia Óscar Priya Quentin Rosa "
         "Sven Tomoko Uma Viktor Wen Ximena Yusuf Zoë").split()
LAST = ("Almeida O'Brien Çelik Dvořák Eriksson Ferrari García Horvat Ito Jansen Kovács Li Müller Nguyen Okafor Petrov "
        "Rossi Silva Tanaka Weber Young Zhang 王小明 <b>Bold</b>").split()


def user_email(user_id):
    return f"user{user_id}@example.test"


def mixed(user_id, salt):
    """A number below 2**32 that looks random but depends on its arguments alone."""
    return int.from_bytes(hashlib.sha256(f"{salt}/{user_id}".encode()).digest()[:4], "big")


def timestamp(user_id, salt):
    value = mixed(user_id, salt)
    return (f"{2015 + value % 9}-{1 + value // 9 % 12:02}-{1 + value // 108 % 28:02} "
            f"{value // 3024 % 24:02}:{value // 72576 % 60:02}:{value // 4354560 % 60:02}")


def user_row(user_id):
    roles = "user" + (",editor" if mixed(user_id, "editor") %
    8 == 0 else "") + (",admin" if user_id %
     1000 == 1 else "")
    settings = ""
    if mixed(user_id, "settings") % 3:
        settings = json.dumps({"theme": ("dark", "light")[user_id % 2], "lang": ("en", "de", "zh")[user_id % 3],
                               "per_page": 10 * (1 + user_id % 5)})
    salt = f"{mixed(user_id, 'salt'):08x}"
    password = f"sha256${salt}$" + hashlib.sha256(f"{salt}secret-{user_id}".encode()).hexdigest()
    created = timestamp(user_id, "created")
    return (user_id, FIRST[mixed(user_id, "first") % len(FIRST)] + " " + LAST[mixed(user_id, "last") % len(LAST)],
            user_email(user_id), password, roles, mixed(user_id, "score") % 10001,
            int(mixed(user_id, "active") % 20 != 0),
            settings, created, created, None if mixed(user_id, "seen") % 4 == 0 else timestamp(user_id, "login"))


def seed(path, users=10_000):
    if os.path.exists(path):
        raise FileExistsError(f"{path} exists already; remove it first, or name another file")
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    with open(SCHEMA, encoding="utf-8") as schema:
        database.executescript(schema.read())
    with database:
        database.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             (user_row(user_id) for user_id in range(1, users + 1)))
    database.close()


def main():
    parser = argparse.ArgumentParser(description="Make the user centre's database.")
    parser.add_argument("file")
    parser.add_argument("--users", type=int, default=10_000)
    arguments = parser.parse_args()
    try:
        seed(arguments.file, arguments.users)
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"seed.py: {error}")


if __name__ == "__main__":
    main()

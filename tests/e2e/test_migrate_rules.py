"""What differs by itself, requests that change something, builds side by side, the end of a migration, and what is
shown of it all."""
import contextlib
import ctypes
import gzip
import json
import os
import re
import sqlite3
import subprocess
import threading
import time

from lib.gateway import run_banyan
from lib.migrate import ROUTE, Clients, MigrateCase, profiles
from lib.raw_http import RawClient
from processes import find_program, wait_until

DOCUMENT = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "migrate.md")


def noisy(build, side, wrong=lambda number: False, times=time.time_ns):
    """A service whose answers hold a time; where WRONG says so the name is another."""

    def behaviour(exchange):
        number = int(exchange.target.rpartition("=")[2])
        user = {"id": number, "name": "nme" if wrong(number) else "name", "at": times(), "served_by": side}
        exchange.reply(json.dumps(user).encode(), headers=[("Content-Type", "application/json"), ("X-Build", build)])

    return behaviour


class NoiseTest(MigrateCase):
    def test_a_time_in_each_answer_is_learned_and_moves_nothing_back(self):
        gateway = self.start_route(noisy("php-1", "old"), noisy("native-1", "new"))
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "native")
        self.assertEqual(clients.failures, [])
        seen = self.endpoint(gateway)
        self.assertEqual([(one["path"], one["kind"], one["noise"]) for one in seen["differences"]],
                         [("$.at", "value", True)])
        self.assertEqual(seen["samples"], [])
        self.assertTrue(all(move["evidence"]["different"] == 0 for move in self.expect_evidence(gateway)))

    def test_a_wrong_name_beside_the_time_is_seen(self):
        gateway = self.start_route(noisy("php-1", "old"), noisy("native-1", "new", lambda number: number % 20 == 7))
        with Clients(gateway.address) as clients:
            route = self.wait_compared(gateway, 600)
        self.assertEqual((route["stage"], set(clients.answers)), ("mirrored", {"old"}))
        noise = {one["path"]: one["noise"] for one in self.endpoint(gateway)["differences"]}
        self.assertEqual(noise, {"$.at": True, "$.name": False})

    def test_a_time_of_another_type_is_a_difference(self):
        gateway = self.start_route(noisy("php-1", "old"), noisy("native-1", "new", times=lambda: str(time.time_ns())))
        with Clients(gateway.address):
            route = self.wait_compared(gateway, 100)
        self.assertEqual((route["stage"], route["different"]), ("mirrored", route["compared"]))
        self.assertIn(("$.at", "type", False), [(one["path"], one["kind"], one["noise"])
                                                for one in self.endpoint(gateway)["differences"]])


def zstd(data):
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_compress.restype = library.ZSTD_compressBound.restype = ctypes.c_size_t
    library.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
    library.ZSTD_compress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    out = ctypes.create_string_buffer(library.ZSTD_compressBound(len(data)))
    size = library.ZSTD_compress(out, len(out), data, len(data), 3)
    return out.raw[:size]


def coded(build, coding, compress, wrong=lambda number: False):
    """A service that answers in a coding of its own; where WRONG says so the name is another."""

    def behaviour(exchange):
        number = int(exchange.target.rpartition("=")[2])
        user = {"id": number, "name": "nme" if wrong(number) else "name", "text": "the same text " * 20}
        exchange.reply(compress(json.dumps(user).encode()), headers=[
            ("Content-Type", "application/json"), ("Content-Encoding", coding), ("X-Build", build)])

    return behaviour


class CodingsTest(MigrateCase):
    def start_coded(self, wrong=lambda number: False):
        return self.start_route(coded("php-1", "gzip", gzip.compress), coded("native-1", "zstd", zstd, wrong))

    def ask_until(self, gateway, reached, what):
        codings = set()

        def asked():
            with RawClient(gateway.address) as client:
                for number in range(100):
                    codings.add(client.request("GET", f"/user/profile?id={number}").get("content-encoding"))
            return reached(self.ledger(gateway))

        wait_until(asked, 300, what)
        return codings

    def test_sides_that_compress_differently_are_alike(self):
        gateway = self.start_coded()
        codings = self.ask_until(gateway, lambda route: route["stage"] == "native", "the stage native")
        self.assertEqual(codings, {"gzip", "zstd"})
        self.expect_evidence(gateway)
        self.assertEqual(self.endpoint(gateway)["differences"], [])

    def test_what_differs_in_them_is_named_and_shown(self):
        gateway = self.start_coded(lambda number: number % 10 == 7)
        self.ask_until(gateway, lambda route: route["different"] >= 20, "differences")
        self.assertEqual([one["path"] for one in self.endpoint(gateway)["differences"]], ["$.name"])
        wait_until(lambda: self.endpoint(gateway)["samples"], 60, "a sample in the ledger")
        sample = self.endpoint(gateway)["samples"][0]
        self.assertEqual((sample["old"]["body"]["name"], sample["new"]["body"]["name"]), ("name", "nme"))


def redirects(build, where):
    """A service that sends everybody elsewhere: where(exchange) says where to."""
    return lambda exchange: exchange.reply(b"", "302 Found", [("Location", where(exchange)), ("X-Build", build)])


class RedirectTest(MigrateCase):
    def ask_until_compared(self, gateway, count):
        def compared():
            with RawClient(gateway.address) as client:
                for number in range(50):
                    client.request("GET", f"/user/profile?id={number}")
            return self.ledger(gateway)["compared"] >= count

        wait_until(compared, 60, f"{count} comparisons")
        return self.ledger(gateway)

    def test_one_to_another_place_is_a_difference(self):
        gateway = self.start_route(redirects("php-1", lambda exchange: "/next"),
                                   redirects("native-1", lambda exchange: "/login"))
        route = self.ask_until_compared(gateway, 50)
        self.assertEqual((route["stage"], route["different"]), ("mirrored", route["compared"]))
        self.assertEqual([one["path"] for one in self.endpoint(gateway)["differences"]], ["header location"])

    def test_one_to_the_host_that_was_asked_is_one_to_its_path(self):
        gateway = self.start_route(redirects("php-1", lambda exchange: f"http://{exchange.header('host')}/next"),
                                   redirects("native-1", lambda exchange: "/next"))
        route = self.ask_until_compared(gateway, 50)
        self.assertEqual((route["different"], route["races"]), (0, 0))


def sized(build, size):
    return lambda exchange: exchange.reply(b"x" * size, headers=[("Content-Type", "text/plain"), ("X-Build", build)])


class TooLongTest(MigrateCase):
    def test_bodies_that_are_too_long_are_counted_and_shown(self):
        gateway = self.start_route(sized("php-1", 10), sized("native-1", 2 << 20))

        def count():
            gateway.fetch("/user/profile?id=1")
            return self.ledger(gateway)["too_long"]

        seen = wait_until(lambda: (now := count()) >= 5 and now, 60, "copies whose answer is too long")
        self.legacy.behaviour = sized("php-1", 2 << 20)
        wait_until(lambda: count() >= seen + 10, 60, "answers that are too long")
        self.assertEqual([(one["path"], one["kind"]) for one in self.endpoint(gateway)["differences"]],
                         [("body", "too long")])
        route = self.ledger(gateway)
        self.assertIn("too long to be compared", route["blocked_by"])
        self.assertEqual((route["stage"], route["compared"]), ("mirrored", 0))


class BreakingOffTest(MigrateCase):
    """A new side whose answers begin well and are never whole."""
    safe = ""

    def text(self, keys=ROUTE):
        return super().text(keys).replace("    migrate:", f"{self.safe}    migrate:")

    def breaks_off(self, exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Build: native-1\r\n"
                      b'Content-Length: 1000\r\n\r\n{"id": 1')
        exchange.close()

    def taken_back(self, gateway):
        """The reason why the route is back, after as many requests as that takes."""

        def asked():
            for number in range(20):
                with contextlib.suppress(Exception):
                    gateway.fetch(f"/user/profile?id={number}")
            return self.ledger(gateway)["share_hundredths"] == 0

        self.native.behaviour = self.breaks_off
        wait_until(asked, 60, "the old side answering again")
        return self.ledger(gateway)["hold_reason"]

    def test_they_take_a_route_back_at_a_hundred_percent(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        for _ in range(3):
            self.order(gateway, "promote")
        self.assertEqual(self.sides(gateway), {"new"})
        self.assertRegex(self.taken_back(gateway), "the new side('s answers differ| fails) more often")

    def test_they_do_where_nothing_is_compared(self):
        self.safe = "    safe: false\n"
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.order(gateway, "promote")
        self.assertEqual(self.sides(gateway, 100), {"old", "new"})
        self.assertEqual(self.taken_back(gateway), "the new side fails more often than the old one")


class ColourTest(MigrateCase):
    def text(self, keys=ROUTE):
        return 'gray: {trust: ["127.0.0.0/8"]}\n' + super().text(keys).replace(
            "    migrate: {", '    sticky: {keys: ["header:x-user-id"]}\n    migrate: {')

    def side_of(self, gateway, colour="", user=""):
        with RawClient(gateway.address) as client:
            answer = client.request("GET", "/user/profile?id=1", [("X-Gray-Tag", colour), ("X-User-Id", user)])
        return json.loads(answer.body)["served_by"]

    def cluster_of(self, gateway, user, tag=""):
        asked = f"/colour?route=user-profile&key=header:x-user-id={user}" + (f"&tag={tag}" if tag else "")
        return gateway.ask_admin(asked).json()["cluster"]

    def test_a_colour_chooses_only_among_sides_that_have_a_share(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   ROUTE.replace("hold: 1s", "hold: 1h"))
        self.learn_builds(gateway)
        self.assertEqual(self.side_of(gateway, "native"), "old")
        for _ in range(2):
            self.order(gateway, "promote")
        self.assertEqual([self.side_of(gateway, colour) for colour in ("native", "legacy")], ["new", "old"])
        self.order(gateway, "promote")
        self.assertEqual(self.side_of(gateway, "legacy"), "new")
        self.assertEqual(self.cluster_of(gateway, 1, "legacy"), "native")
        self.order(gateway, "rollback")
        self.assertEqual(self.side_of(gateway, "native"), "old")
        self.assertEqual(self.cluster_of(gateway, 1, "native"), "legacy")

    def test_testers_reach_the_new_side_before_it_is_proven_and_nobody_else_does(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   ROUTE.replace("hold: 1s", "hold: 1h") + ", testers: [qa]")
        self.learn_builds(gateway)
        for _ in range(2):
            self.assertEqual([self.side_of(gateway, colour) for colour in ("qa", "native", "")], ["new", "old", "old"])
            self.assertEqual([self.cluster_of(gateway, 1, tag) for tag in ("qa", "native")], ["native", "legacy"])
            self.order(gateway, "rollback")
        self.assertEqual(self.ledger(gateway)["share_hundredths"], 0)

    def test_the_dry_run_knows_how_far_the_route_has_come(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   ROUTE.replace("hold: 1s", "hold: 1h"))
        self.learn_builds(gateway)
        for _ in range(2):
            self.order(gateway, "promote")
        told = [self.cluster_of(gateway, user) for user in range(60)]
        self.assertEqual([{"legacy": "old", "native": "new"}[one] for one in told],
                         [self.side_of(gateway, user=str(user)) for user in range(60)])
        self.assertEqual(set(told), {"legacy", "native"})
        self.assertEqual(self.cluster_of(gateway, 1, "native"), "native")


class CachedTest(MigrateCase):
    def text(self, keys=ROUTE):
        return super().text(keys).replace("    migrate:", "    filters: [cache]\n    migrate:")

    def test_what_a_cache_refreshes_is_compared(self):
        def behaviour(build):
            return lambda exchange: exchange.reply(b'{"id": 1}', headers=[
                ("Content-Type", "application/json"), ("X-Build", build),
                ("Cache-Control", "max-age=0, stale-while-revalidate=600")])

        gateway = self.start_route(behaviour("php-1"), behaviour("native-1"))

        def compared():
            for _ in range(20):
                gateway.fetch("/user/profile?id=1")
            self.last = self.ledger(gateway)
            return self.last["compared"] >= 20

        wait_until(compared, 60, "20 comparisons")
        self.assertEqual((self.last["different"], self.last["dropped"]), (0, 0))


class ShownTest(MigrateCase):
    def test_diff_shows_places_as_a_tree_with_examples(self):
        gateway = self.start_route(noisy("php-1", "old"), noisy("native-1", "new", lambda number: number % 10 == 7))
        with Clients(gateway.address):
            self.wait_compared(gateway, 200)
            wait_until(lambda: self.endpoint(gateway)["samples"], 60, "a sample in the ledger")
        shown = run_banyan("diff", "user-profile", "-c", gateway.config)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertRegex(shown.stdout, r"^user-profile: \d+ of \d+ comparisons differ at this stage \(mirrored\)\n")
        self.assertRegex(shown.stdout, r"\n\$\n +\.at +value +\d+ +noise: it differs by itself\n")
        self.assertRegex(shown.stdout, r"\n +\.name +value +\d+ +GET /user/profile\?id=\d+: \*\*\* -> \*\*\*\n")
        parsed = json.loads(run_banyan("diff", "user-profile", "-c", gateway.config, "--json").stdout)
        self.assertEqual(parsed["route"]["id"], "user-profile")
        unknown = run_banyan("diff", "nobody", "-c", gateway.config)
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("banyan diff: ", unknown.stderr)

    def test_diff_shows_no_more_of_answers_than_a_terminal_can_bear(self):
        def named(name, build):
            return lambda exchange: exchange.reply(json.dumps({"\x1b[2J": name, "served_by": build}).encode(), headers=[
                ("Content-Type", "application/json"), ("X-Build", build)])

        self.legacy, self.native = self.start_upstream(named("旧" * 50, "php")), self.start_upstream(named("新", "go"))
        gateway = self.start_gateway(self.text().replace(', samples: {mask: ["$.id"]}', ""))
        with Clients(gateway.address, count=1, patient=True):
            wait_until(lambda: self.endpoint(gateway)["samples"], 60, "a sample in the ledger")
        shown = run_banyan("diff", "user-profile", "-c", gateway.config).stdout
        self.assertIn('"' + "旧" * 39 + '... -> "新"\n', shown)
        self.assertNotIn("\x1b", shown)
        self.assertIn("['?[2J']", shown)

    def test_metrics_say_where_it_stands(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 10 == 7))
        with Clients(gateway.address):
            self.wait_compared(gateway, 100)
        text = gateway.metrics()
        self.assertIn('banyan_rollout_stage{route="user-profile",stage="mirrored"} 1\n', text)
        self.assertIn('banyan_rollout_share_ratio{route="user-profile"} 0\n', text)
        self.assertRegex(text, r'banyan_rollout_comparisons_total\{route="user-profile",outcome="different"\} [1-9]')
        self.assertIn("banyan_ledger_writable 1\n", text)
        promtool = find_program(["promtool"], "apt-get install prometheus")
        check = subprocess.run([promtool, "check", "metrics"], input=text.encode(), capture_output=True, timeout=300,
                               check=False)
        self.assertEqual((check.returncode, check.stdout + check.stderr), (0, b""))

    def test_a_retired_route_asks_its_old_side_no_more(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        self.assertIn("native", self.order(gateway, "retire", status=409)["error"])
        for _ in range(3):
            self.order(gateway, "promote")
        done = run_banyan("retire", "user-profile", "-c", gateway.config, "--reason", "a month of quiet")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.ledger(gateway)["stage"], "retired")
        self.legacy.stop()
        asked = self.legacy.requests
        self.assertEqual(self.sides(gateway, 100), {"new"})
        self.assertEqual(self.legacy.requests, asked)
        gateway.stop()
        gateway.start()
        self.assertEqual((self.ledger(gateway)["stage"], self.sides(gateway)), ("retired", {"new"}))


class BuildsTest(MigrateCase):
    def test_two_builds_side_by_side_are_one_name_and_move(self):
        first, second = profiles("new", "native-1"), profiles("new", "native-2")

        def both(exchange):
            (first if int(exchange.target.rpartition("=")[2]) % 2 else second)(exchange)

        gateway = self.start_route(profiles("old", "php-1"), both)
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "native")
        self.assertEqual(clients.failures, [])
        self.assertEqual(self.ledger(gateway)["new_build"], "native-1, native-2")
        self.expect_evidence(gateway)


class UnsafeTest(MigrateCase):
    def setUp(self):
        super().setUp()
        self.lock = threading.Lock()
        self.saved = {"old": [], "new": []}

    def saver(self, side, build, status="200 OK"):
        """POST /user/save?id=N is done once for each request that is no dry run."""

        def behaviour(exchange):
            body = exchange.read_body()
            if exchange.header("x-dry-run") is None:
                with self.lock:
                    self.saved[side].append(body)
            exchange.reply(json.dumps({"saved": body.decode()}).encode(), status=status,
                           headers=[("Content-Type", "application/json"), ("X-Build", build), ("X-Side", side)])

        return behaviour

    def text(self, keys=ROUTE):
        return super().text(keys).replace("method: GET, path: /user/profile", "method: POST, path: /user/save")

    def save(self, gateway, count, start=0):
        """The sides that answered."""
        sides = set()
        with RawClient(gateway.address) as client:
            for number in range(start, start + count):
                answer = client.request("POST", f"/user/save?id={number}", body=str(number).encode())
                sides.add(answer.get("x-side"))
        return sides

    def test_into_a_sandbox_copies_are_compared_and_nothing_is_done_twice(self):
        gateway = self.start_route(self.saver("old", "php-1"), self.saver("new", "native-1"),
                                   ROUTE + ', sandbox: {header: "x-dry-run: yes"}')
        sent = 0

        def moved():
            nonlocal sent
            self.save(gateway, 100, sent)
            sent += 100
            return self.ledger(gateway)["stage"] == "native"

        wait_until(moved, 300, "the stage native")
        done = self.saved["old"] + self.saved["new"]
        self.assertEqual((len(done), len(set(done))), (sent, sent))
        self.expect_evidence(gateway)

    def test_without_one_it_is_moved_by_hand_and_shown_as_unverified(self):
        gateway = self.start_gateway_of(ROUTE)
        self.assertEqual(self.save(gateway, 50), {"old"})
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], route["unverified"], route["compared"]), ("legacy", True, 0))
        self.assertEqual(self.native.requests, 0)
        self.order(gateway, "promote")
        self.assertEqual(self.save(gateway, 200), {"old", "new"})
        wait_until(lambda: self.ledger(gateway)["new_build"] == "native-1", 60, "the builds being known")
        self.assertEqual(self.ledger(gateway)["share_hundredths"], 2500)
        self.native.behaviour = self.saver("new", "native-1", "500 Internal Server Error")

        def back():
            self.save(gateway, 20)
            return self.ledger(gateway)["share_hundredths"] == 0

        wait_until(back, 60, "the old side answering again")
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], route["hold_reason"]),
                         ("legacy", "the new side fails more often than the old one"))
        self.assertEqual(self.save(gateway, 50), {"old"})

    def start_gateway_of(self, keys):
        self.legacy = self.start_upstream(self.saver("old", "php-1"))
        self.native = self.start_upstream(self.saver("new", "native-1"))
        return self.start_gateway(self.text(keys).replace("    migrate: {", "    safe: false\n    migrate: {"))


class SecondDatabaseTest(MigrateCase):
    """The example of docs/migrate.md: both services save into one database of SQLite, the new one's copies into
    another. An id can be saved once in each; then it is a conflict."""
    route_id = "user-save"

    def setUp(self):
        super().setUp()
        for name in ("real.db", "rehearsal.db"):
            with self.database(name) as database:
                database.execute("CREATE TABLE saved (id INTEGER PRIMARY KEY, side TEXT)")
        self.sent = 0

    @contextlib.contextmanager
    def database(self, name):
        with contextlib.closing(sqlite3.connect(self.path(name), timeout=60)) as database, database:
            database.execute("PRAGMA synchronous = OFF")
            yield database

    def saved(self, name, side=None):
        with self.database(name) as database:
            rows = database.execute("SELECT id FROM saved WHERE ? IN (side, '') ORDER BY id", (side or "",))
            return [number for number, in rows]

    def saver(self, side, name, wrong=lambda number: False):
        def behaviour(exchange):
            number, status = int(exchange.read_body()), "201 Created"
            try:
                with self.database(name) as database:
                    if "dry_run=1" not in exchange.target:
                        database.execute("INSERT INTO saved VALUES (?, ?)", (number, side))
            except sqlite3.IntegrityError:
                status = "409 Conflict"
            exchange.reply(json.dumps({"id": number, "state": "svaed" if wrong(number) else "saved"}).encode(), status,
                           [("Content-Type", "application/json"), ("X-Build", f"{side}-1")])

        return behaviour

    def start(self, wrong=lambda number: False, sandbox="{cluster: rehearsal}"):
        self.legacy = self.start_upstream(self.saver("old", "real.db"))
        self.native = self.start_upstream(self.saver("new", "real.db", wrong))
        self.rehearsal = self.start_upstream(self.saver("new", "rehearsal.db", wrong))
        with open(DOCUMENT, encoding="utf-8") as file:
            text = re.findall(r"```yaml\n(.*?)```", file.read(), re.DOTALL)[1]
        for port, upstream in ((9000, self.legacy), (9001, self.native), (9002, self.rehearsal)):
            text = text.replace(f"127.0.0.1:{port}", upstream.address)
        text = text.replace("hold: 10m", "hold: 1s\n      mirror: {timeout: 60s}")
        gateway = self.start_gateway(text.replace("{cluster: rehearsal}", sandbox))
        wait_until(lambda: self.ledger(gateway)["stage"] == "mirrored", 60, "the stage mirrored")
        return gateway

    def save(self, gateway, count):
        statuses = set()
        with RawClient(gateway.address) as client:
            for number in range(self.sent, self.sent + count):
                answer = client.request("POST", f"/user/save?dry_run=0&id={number}", body=str(number).encode())
                statuses.add(answer.status)
        self.sent += count
        return statuses

    def save_until(self, gateway, reached, what):
        def saved():
            self.save(gateway, 50)
            return reached(self.ledger(gateway))

        wait_until(saved, 300, what)

    def test_it_is_verified_there_and_the_real_database_sees_each_write_once(self):
        gateway = self.start()
        self.save_until(gateway, lambda route: route["stage"] == "native", "the stage native")
        self.expect_evidence(gateway)
        self.save(gateway, 50)
        everything = list(range(self.sent))
        wait_until(lambda: len(self.saved("rehearsal.db")) == self.sent, 60, "the last copy")
        self.assertEqual((self.saved("real.db"), self.saved("rehearsal.db")), (everything, everything))
        self.assertEqual(self.rehearsal.requests, self.sent)
        # Nobody was sent anything but what clients asked for.
        self.assertEqual([upstream.requests for upstream in (self.legacy, self.native)],
                         [len(self.saved("real.db", side)) for side in ("old", "new")])
        self.assertTrue(all(b"dry_run=0&id=" in head for head in self.legacy.heads))

    def test_a_difference_is_seen_there_and_no_client_gets_it(self):
        gateway = self.start(wrong=lambda number: number % 20 == 7)
        self.save_until(gateway, lambda route: route["compared"] >= 400, "400 comparisons")
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], self.native.requests), ("mirrored", 0))
        self.assertGreater(route["different"], 15)
        self.assertEqual([one["path"] for one in self.endpoint(gateway)["differences"]], ["$.state"])
        self.assertEqual(self.saved("real.db", "old"), list(range(self.sent)))

    def test_what_fails_beside_a_sandbox_that_is_well_goes_back(self):
        gateway = self.start()
        self.save_until(gateway, lambda route: route["share_hundredths"] == 2500, "the first step")
        self.native.behaviour = lambda exchange: (exchange.read_body(), exchange.reply(status="503 Unavailable"))
        self.save_until(gateway, lambda route: route["share_hundredths"] == 0, "the old side answering again")
        self.assertEqual(self.ledger(gateway)["hold_reason"], "the new side fails more often than the old one")
        self.assertEqual(self.save(gateway, 50), {201})

    def test_with_a_parameter_too_the_old_side_is_compared_at_a_hundred_percent(self):
        gateway = self.start(sandbox='{cluster: rehearsal, query: "dry_run=1"}')
        self.save_until(gateway, lambda route: route["stage"] == "native", "the stage native")
        self.expect_evidence(gateway)
        before = self.legacy.requests
        self.save(gateway, 50)
        wait_until(lambda: self.legacy.requests >= before + 50, 60, "copies to the old side")
        self.assertEqual((self.saved("real.db"), self.saved("rehearsal.db")), (list(range(self.sent)), []))
        for upstream in (self.legacy, self.rehearsal):
            self.assertTrue(all(head.count(b"dry_run=") == 1 for head in upstream.heads))
        self.assertNotIn(b"dry_run=1", b"".join(self.native.heads))


if __name__ == "__main__":
    import unittest

    unittest.main()

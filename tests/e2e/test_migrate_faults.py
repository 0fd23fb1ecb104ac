"""What must never move a route forward, and what must take it back: a new side that is wrong for a few, hangs, answers
in another type; deployments; a gateway that is killed, a ledger that cannot be written."""
import contextlib
import json
import math
import signal
import sqlite3
import subprocess
import threading
import time

from lib.faulty_upstream import hangs
from lib.gateway import run_banyan
from lib.migrate import ROUTE, Clients, MigrateCase, profiles
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import RawClient, fetch
from processes import wait_until


def number_of(exchange):
    return int(exchange.target.rpartition("=")[2])


def users(build, side, content_type="application/json", change=None):
    """A service whose CHANGE may alter the user it would give."""

    def behaviour(exchange):
        user = {"id": number_of(exchange), "roles": ["a", "b"], "served_by": side}
        if change:
            change(exchange, user)
        exchange.reply(json.dumps(user).encode(), headers=[("Content-Type", content_type), ("X-Build", build)])

    return behaviour


def limit_files(gateway, size):
    """No file of the gateway may grow past SIZE: what a full disk does to it."""
    subprocess.run(["prlimit", "--pid", str(gateway.child.pid), f"--fsize={size}:"], check=True)


class NeverForwardTest(MigrateCase):
    def start(self, native, keys=ROUTE):
        return self.start_route(users("php-1", "old"), native, keys)

    def stays(self, gateway, count):
        """The route after so many comparisons, all clients being served by the old side."""
        with Clients(gateway.address) as clients:
            route = self.wait_compared(gateway, count)
        self.assertEqual((clients.failures, set(clients.answers)), ([], {"old"}))
        self.assertEqual((route["stage"], route["share_hundredths"]), ("mirrored", 0))
        return self.endpoint(gateway)

    def test_wrong_for_two_of_a_thousand_ids(self):
        def change(exchange, user):
            if number_of(exchange) % 500 == 77:
                user["roles"] = ["a"]

        gateway = self.start(users("native-1", "new", change=change), ROUTE.replace("1%", "0.1%", 1))
        seen = self.stays(gateway, 3500)
        self.assertGreaterEqual(seen["route"]["different"], 6)
        self.assertEqual([one["path"] for one in seen["differences"]], ["$.roles[*]"])

    def test_hanging_on_two_of_a_hundred(self):
        def change(exchange, _):
            if number_of(exchange) % 50 == 7:
                exchange.sleep(30)

        # Each hang is known of long before the route might move, and some are known of only after the last answer.
        keys = ROUTE.replace("60s", "200ms").replace("hold: 1s", "hold: 4s")
        gateway = self.start(users("native-1", "new", change=change), keys)
        self.stays(gateway, 3000)
        seen = wait_until(lambda: (now := self.endpoint(gateway))["route"]["different"] >= 20 and now, 60, "20 hangs")
        self.assertEqual([one["path"] for one in seen["differences"]], ["status"])
        self.assertGreaterEqual(seen["route"]["new"]["errors"], 20)
        self.assertLess(seen["route"]["old"]["errors"], 5)

    def test_another_header_alone(self):
        seen = self.stays(self.start(users("native-1", "new", content_type="application/json; charset=utf-8")), 400)
        self.assertEqual([one["path"] for one in seen["differences"]], ["header content-type"])
        self.assertEqual(seen["route"]["different"], seen["route"]["compared"])

    def test_another_type_alone(self):
        def change(_, user):
            user["id"] = str(user["id"])

        seen = self.stays(self.start(users("native-1", "new", change=change)), 400)
        self.assertEqual([(one["path"], one["kind"]) for one in seen["differences"]], [("$.id", "type")])

    def test_a_user_who_changes_between_two_looks_is_a_race_and_no_difference(self):
        asked, changed = set(), set()
        lock = threading.Lock()

        def give(exchange, user):
            with lock:
                user["version"] = int(user["id"] in changed)

        def give_and_change(exchange, user):
            """Somebody writes as soon as the client has its answer; not while it is asked for again."""
            give(exchange, user)
            with lock:
                if user["id"] not in asked and len(asked) % 200 == 0:
                    changed.add(user["id"])
                asked.add(user["id"])

        self.legacy = self.start_upstream(users("php-1", "old", change=give_and_change))
        self.native = self.start_upstream(users("native-1", "new", change=give))
        gateway = self.start_gateway(self.text(ROUTE))
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "shifted")
        self.assertEqual(clients.failures, [])
        verified = next(move for move in self.endpoint(gateway)["transitions"] if move["to"]["stage"] == "verified")
        self.assertEqual(verified["evidence"]["different"], 0)
        self.assertGreaterEqual(verified["evidence"]["races"], 1)

    def test_writers_on_hot_ids_give_no_false_verdict(self):
        versions, stopping = [0, 0, 0], threading.Event()

        def give(exchange, user):
            if number_of(exchange) % 150 == 0:
                user["version"] = versions[number_of(exchange) // 150 % 3]

        def write(hot):
            while not stopping.wait(0.001):
                versions[hot] += 1

        writers = [threading.Thread(target=write, args=(hot,), daemon=True) for hot in range(3)]
        self.addCleanup(stopping.set)
        for writer in writers:
            writer.start()
        gateway = self.start_route(users("php-1", "old", change=give), users("native-1", "new", change=give))
        with Clients(gateway.address, count=8) as clients:
            self.wait_stage(gateway, "native")
        self.assertEqual(clients.failures, [])
        evidence = [move["evidence"] for move in self.endpoint(gateway)["transitions"]]
        self.assertEqual([one["different"] for one in evidence], [0] * len(evidence))
        self.assertGreaterEqual(sum(one["races"] for one in evidence), 1)


class DeployedTest(MigrateCase):
    def test_a_fault_deployed_at_a_hundred_percent_takes_traffic_back_and_stays_out(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "native")
            self.native.behaviour = profiles("new", "native-2", lambda number: number % 50 == 0)
            self.wait_stage(gateway, "mirrored")
            self.wait_build(gateway, "native-2")
            route = self.wait_compared(gateway, 700)
        self.assertEqual(clients.failures, [])
        self.assertEqual((route["stage"], route["new_build"]), ("mirrored", "native-2"))
        self.assertLess(route["compared"], clients.next)
        self.assertEqual(self.sides(gateway), {"old"})


class HangingTest(MigrateCase):
    def test_a_side_whose_clients_give_up_is_taken_back_long_before_the_timeout_of_the_route(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   ROUTE.replace("60s", "500ms"))
        self.learn_builds(gateway)
        for _ in range(3):
            self.order(gateway, "promote")
        self.assertEqual(self.sides(gateway), {"new"})
        self.native.behaviour = hangs()

        def gave_up():
            clients = [RawClient(gateway.address, timeout=1) for _ in range(10)]
            for number, client in enumerate(clients):
                client.send(b"GET /user/profile?id=%d HTTP/1.1\r\nHost: a\r\n\r\n" % number)
            with contextlib.suppress(TimeoutError):
                clients[0].read_response()
            for client in clients:
                client.reset()
            return self.ledger(gateway)["share_hundredths"] == 0

        wait_until(gave_up, 60, "the old side answering again")
        self.assertRegex(self.ledger(gateway)["hold_reason"], "the new side('s answers differ| fails) more often")
        self.assertEqual(self.sides(gateway), {"old"})


class HealthBuildTest(MigrateCase):
    """Builds that only the answer to a check of health tells."""

    def text(self, keys=ROUTE):
        check = "health: {type: http, path: /health, interval: 100ms, timeout: 30s, build: version}"
        return super().text(keys).replace('"]}\n  native', f'"], {check}}}\n  native').replace(
            '"]}\nledger', f'"], {check}}}\nledger')

    def side(self, name, version):
        def behaviour(exchange):
            if exchange.target == "/health":
                exchange.reply(json.dumps({"version": version}).encode())
            else:
                users("", name)(exchange)

        return behaviour

    def test_a_route_moves_on_them_and_begins_anew_with_another_one(self):
        gateway = self.start_route(self.side("old", "php-1"), self.side("new", "native-1"),
                                   "mismatch_bound: 1%, hold: 1s, steps: [25%, 100%], mirror: {timeout: 60s}")
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "native")
            self.assertEqual([self.ledger(gateway)[key] for key in ("old_build", "new_build")], ["php-1", "native-1"])
            self.native.behaviour = self.side("new", "native-2")
            self.wait_stage(gateway, "mirrored")
            self.wait_build(gateway, "native-2")
        self.assertEqual(clients.failures, [])


class KilledTest(MigrateCase):
    STICKY = 'sticky: {keys: ["header:x-user-id"], salt: test}'

    def text(self, keys=ROUTE):
        return super().text(keys).replace("    migrate: {", f"    {self.STICKY}\n    migrate: {{")

    def moved(self, gateway):
        """Those of 200 users whom the new side answers."""
        moved = set()
        with RawClient(gateway.address) as client:
            for number in range(200):
                answer = client.request("GET", f"/user/profile?id={number}", [("X-User-Id", str(number))])
                if json.loads(answer.body)["served_by"] == "new":
                    moved.add(number)
        return moved

    LIFE_S = 2
    BOUND = 0.001
    NEEDED = math.ceil(math.log(20) / math.log((1 - BOUND / 10) / (1 - BOUND)))  # 3327 equal comparisons, no other

    def set_clock_back(self, gateway):
        """By an hour: the latest evidence is an hour ahead of the clock then, as it is made to be here."""
        with contextlib.closing(sqlite3.connect(gateway.path("banyan.db"))) as ledger, ledger:
            ledger.execute("UPDATE evidence SET minute = minute + 60, at_ns = at_ns + 3600000000000 "
                           "WHERE sequence = (SELECT max(sequence) FROM evidence)")

    def live(self, gateway, disk_is_full, clock_goes_back):
        """One life, ended by kill -9 two seconds after its start. Gives the share and the users who had moved."""
        route, moved = self.ledger(gateway), self.moved(gateway)
        if disk_is_full:
            limit_files(gateway, 0)
        time.sleep(max(0, self.started + self.LIFE_S - time.monotonic()))
        before = self.ledger(gateway)
        gateway.stop(signal.SIGKILL)
        if clock_goes_back:
            self.set_clock_back(gateway)
        gateway.start()
        self.started = time.monotonic()
        if disk_is_full:
            self.assertEqual(self.ledger(gateway)["share_hundredths"], before["share_hundredths"])
        return route["share_hundredths"], moved

    def test_killed_every_two_seconds_it_makes_no_step_without_evidence_and_keeps_who_has_moved(self):
        """On the way the disk is full for each fourth life, and the clock is set back before each fourth."""
        keys = ROUTE.replace("1%", f"{self.BOUND:.1%}", 1).replace("[25%, 100%]", "[25%, 50%, 100%]")
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"), keys)
        self.started = time.monotonic()
        lives = [(0, set())]
        with Clients(gateway.address, patient=True, pause=0.002) as clients:
            deadline = self.started + 900
            while lives[-1][0] < 10000 and time.monotonic() < deadline:
                share, moved = self.live(gateway, len(lives) % 4 == 2, len(lives) % 4 == 3)
                self.assertGreaterEqual(share, lives[-1][0])
                self.assertLessEqual(lives[-1][1], moved)
                lives.append((share, moved))
        self.assertEqual((lives[-1][0], clients.failures), (10000, []))
        self.assertGreater(len(lives), 5)
        self.assertEqual(len(self.expect_evidence(gateway, self.NEEDED)), 4)

    def test_a_user_who_has_moved_stays_moved_while_the_share_grows(self):
        keys = ROUTE.replace("[25%, 100%]", "[10%, 50%, 100%]").replace("hold: 1s", "hold: 1h")
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"), keys)
        self.learn_builds(gateway)
        self.order(gateway, "promote")
        self.assertEqual(self.moved(gateway), set())
        self.order(gateway, "promote")
        ten = self.moved(gateway)
        self.order(gateway, "promote")
        half = self.moved(gateway)
        self.assertLess(ten, half)
        self.assertTrue(5 <= len(ten) <= 40 and 70 <= len(half) <= 130, (len(ten), len(half)))
        gateway.stop(signal.SIGKILL)
        gateway.start()
        self.assertEqual(self.moved(gateway), half)
        self.order(gateway, "rollback")
        self.assertEqual(self.moved(gateway), set())


class LedgerFaultsTest(MigrateCase):
    def test_a_full_disk_stops_steps_and_no_traffic(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        limit_files(gateway, 0)
        with Clients(gateway.address) as clients:
            wait_until(lambda: not gateway.ask_admin("/ledger").json()["writable"], 60, "the ledger being unwritable")
            self.wait_compared(gateway, 800)
            self.assertTrue(gateway.ask_admin("/ledger").json()["error"])
            self.assertEqual(self.last["stage"], "mirrored")
            self.assertEqual(self.last["blocked_by"], "the ledger cannot be written")
            self.order(gateway, "promote", status=409)
            self.assertEqual(self.ledger(gateway)["stage"], "mirrored")
            limit_files(gateway, "unlimited")
            self.wait_stage(gateway, "native")
        self.assertEqual(clients.failures, [])
        self.expect_evidence(gateway)

    def test_rolled_back_on_a_full_disk_it_is_back_at_once_and_written_later(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        for _ in range(3):
            self.order(gateway, "promote")
        limit_files(gateway, 0)
        self.order(gateway, "rollback", "wrong totals")
        self.assertEqual(self.sides(gateway), {"old"})
        wait_until(lambda: not gateway.ask_admin("/ledger").json()["writable"], 60, "the ledger being unwritable")
        limit_files(gateway, "unlimited")
        wait_until(lambda: self.endpoint(gateway)["transitions"][0]["why"] == "wrong totals", 60, "the rollback in it")
        gateway.stop(signal.SIGKILL)
        gateway.start()
        self.assertEqual(self.sides(gateway), {"old"})
        self.assertTrue(self.ledger(gateway)["held"])

    def test_a_ledger_that_may_not_be_opened_refuses_the_start(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        gateway.stop()
        with open(gateway.path("banyan.db"), "r+b") as file:
            file.write(b"no database at all")
        done = run_banyan("gateway", "-c", gateway.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("banyan.db", done.stderr)


class BreakerTest(MigrateCase):
    def test_an_open_breaker_takes_the_route_back(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        for _ in range(3):
            self.order(gateway, "promote")
        self.assertEqual(self.sides(gateway), {"new"})
        answer = fetch(gateway.admin, "/clusters/native/breaker", method="POST", body=b'{"force": "open"}',
                       headers=[("Authorization", f"Bearer {gateway.token}")])
        self.assertEqual(answer.status, 200, answer)
        wait_until(lambda: self.ledger(gateway)["share_hundredths"] == 0, 60, "the old side answering again")
        self.assertEqual(self.ledger(gateway)["hold_reason"], "the circuit breaker of the new side is open")
        self.assertEqual(self.sides(gateway), {"old"})

    def text(self, keys=ROUTE):
        text = super().text(keys)
        native = f'endpoints: ["{self.native.address}"]'
        return text.replace(native, native + ", breaker: {consecutive_failures: 5}")


class PhpTest(MigrateCase):
    SCRIPT = ("<?php header('Content-Type: application/json'); header('X-Build: php-1'); "
              "echo json_encode(['id' => (int) $_GET['id'], 'name' => 'name', 'served_by' => 'old']);")

    def test_from_php_fpm_to_a_native_service(self):
        root = self.make_directory("www")
        write_scripts(root, {"user/profile.php": self.SCRIPT})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        self.native = self.start_upstream(profiles("new", "native-1"))
        gateway = self.start_gateway(
            f'clusters:\n  legacy: {{protocol: fastcgi, root: "{root}", fallback: /user/profile.php, '
            f'endpoints: ["{fpm.listen}"], connections_max: 2}}\n'
            f'  native: {{protocol: http1, endpoints: ["{self.native.address}"]}}\n'
            "ledger: {file: banyan.db}\nroutes:\n  - id: user-profile\n    match: {method: GET, path: /user/profile}\n"
            f'    migrate: {{from: legacy, to: native, compare: {{ignore: ["$.served_by"]}}, {ROUTE}}}\n')
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "native")
            self.native.behaviour = profiles("new", "native-1", lambda number: number % 4 == 0)
            self.wait_stage(gateway, "mirrored")  # php-fpm was asked for comparison at a hundred percent too
        self.assertEqual(clients.failures, [])
        self.assertEqual(self.sides(gateway), {"old"})
        self.expect_evidence(gateway)


if __name__ == "__main__":
    import unittest

    unittest.main()

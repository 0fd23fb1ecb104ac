"""A route that moves from one cluster to another on evidence: forward by itself, back by hand, nothing forgotten."""
import json
import signal
import threading

from lib.case import GatewayCase
from lib.gateway import run_banyan
from lib.raw_http import RawClient, fetch
from processes import wait_until

ROUTE = "mismatch_bound: 1%, hold: 1s, steps: [25%, 100%], build: {header: x-build}"


def profiles(name, build, wrong=lambda number: False):
    """A service that answers /user/profile?id=N; where WRONG says so the second letter of the name is lost."""

    def behaviour(exchange):
        number = int(exchange.target.rpartition("=")[2])
        user = {"id": number, "name": "nme" if wrong(number) else "name", "served_by": name}
        exchange.reply(json.dumps(user).encode(),
                       headers=[("Content-Type", "application/json"), ("X-Build", build), ("X-Side", name)])

    return behaviour


class Clients:
    """Asks for one user after the other until it is stopped; counts who answered."""

    def __init__(self, address, count=2):
        self.address = address
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.answers, self.failures, self.next = {}, [], 0
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self):
        while not self.stopping.is_set():
            try:
                with RawClient(self.address) as client:
                    while not self.stopping.is_set():
                        self.ask(client)
            except Exception as error:  # noqa: BLE001
                self.failures.append(repr(error))
                return

    def ask(self, client):
        with self.lock:
            self.next += 1
            number = self.next
        answer = client.request("GET", f"/user/profile?id={number}")
        with self.lock:
            if answer.status != 200:
                self.failures.append(str(answer))
            side = json.loads(answer.body)["served_by"]
            self.answers[side] = self.answers.get(side, 0) + 1


class MigrateCase(GatewayCase):
    def start_route(self, legacy, native, keys=ROUTE):
        self.legacy, self.native = self.start_upstream(legacy), self.start_upstream(native)
        return self.start_gateway(self.text(keys))

    def text(self, keys=ROUTE):
        return (f'clusters:\n  legacy: {{protocol: http1, endpoints: ["{self.legacy.address}"]}}\n'
                f'  native: {{protocol: http1, endpoints: ["{self.native.address}"]}}\n'
                'ledger: {file: banyan.db, samples: {mask: ["$.id"]}}\n'
                "routes:\n  - id: user-profile\n    match: {method: GET, path: /user/profile}\n"
                f'    migrate: {{from: legacy, to: native, compare: {{ignore: ["$.served_by"]}}, {keys}}}\n')

    def ledger(self, gateway):
        answer = gateway.ask_admin("/ledger")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["routes"][0]

    def endpoint(self, gateway):
        answer = gateway.ask_admin("/ledger/user-profile")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def wait_stage(self, gateway, stage, seconds=90):
        def reached():
            self.last = self.ledger(gateway)
            return self.last["stage"] == stage

        try:
            wait_until(reached, seconds, f"the stage {stage}")
        except Exception:
            print(json.dumps(self.last))
            raise

    def order(self, gateway, action, reason="because", status=200):
        answer = fetch(gateway.admin, f"/ledger/user-profile/{action}", method="POST",
                       headers=[("Authorization", f"Bearer {gateway.token}")],
                       body=json.dumps({"reason": reason}).encode())
        self.assertEqual(answer.status, status, answer)
        return answer.json()

    def learn_builds(self, gateway):
        """What is said before the builds are known is about other ones."""
        gateway.fetch("/user/profile?id=1")
        wait_until(lambda: self.ledger(gateway)["new_build"], 10, "the builds being known")

    def sides(self, gateway, count=40):
        sides = set()
        with RawClient(gateway.address) as client:
            for number in range(count):
                sides.add(json.loads(client.request("GET", f"/user/profile?id={number}").body)["served_by"])
        return sides


class ForwardTest(MigrateCase):
    def test_a_route_whose_answers_are_alike_reaches_native_by_itself(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "native")
        self.assertEqual(clients.failures, [])
        self.assertEqual(self.sides(gateway), {"new"})
        seen = self.endpoint(gateway)
        moves = [(move["to"]["stage"], move["to"]["hundredths"], move["by"]) for move in reversed(seen["transitions"])]
        self.assertEqual(moves, [("mirrored", 0, "deployment"), ("mirrored", 0, "deployment"),
                                 ("verified", 0, "evidence"), ("shifted", 2500, "evidence"),
                                 ("native", 10000, "evidence")])
        self.assertEqual((seen["route"]["old_build"], seen["route"]["new_build"]), ("php-1", "native-1"))
        for move in seen["transitions"][:1] + seen["transitions"][2:3]:
            self.assertGreaterEqual(move["evidence"]["compared"], 332)
            self.assertEqual(move["evidence"]["different"], 0)
        self.assertEqual((seen["differences"], seen["samples"]), ([], []))
        # Another build begins anew, with the old side answering.
        self.native.behaviour = profiles("new", "native-2")
        with Clients(gateway.address):
            self.wait_stage(gateway, "mirrored")
        self.assertEqual(self.ledger(gateway)["new_build"], "native-2")
        self.assertEqual(self.sides(gateway), {"old"})

    def test_without_builds_nothing_moves_by_itself(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   "mismatch_bound: 1%, hold: 1s, steps: [25%, 100%]")
        with Clients(gateway.address):
            wait_until(lambda: self.ledger(gateway)["compared"] > 400, 60, "400 comparisons")
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], route["comparisons_needed"]), ("mirrored", 0))
        self.assertIn("build", route["blocked_by"])


class WrongTest(MigrateCase):
    def test_a_side_that_is_wrong_for_some_is_never_promoted_and_the_field_is_shown(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 20 == 7))
        with Clients(gateway.address) as clients:
            wait_until(lambda: self.ledger(gateway)["compared"] > 1000, 90, "1000 comparisons")
        self.assertEqual(clients.failures, [])
        self.assertEqual(set(clients.answers), {"old"})
        seen = wait_until(lambda: (now := self.endpoint(gateway))["samples"] and now, 10, "a sample in the ledger")
        self.assertEqual(seen["route"]["stage"], "mirrored")
        self.assertGreater(seen["route"]["different"], 20)
        self.assertIsNotNone(seen["route"]["bound"])
        self.assertEqual([(one["path"], one["kind"], one["noise"]) for one in seen["differences"]],
                         [("$.name", "value", False)])
        self.assertEqual(seen["differences"][0]["count"], seen["route"]["different"])
        sample = seen["samples"][0]
        self.assertRegex(sample["request"], r"^GET /user/profile\?id=\d+$")
        self.assertEqual((sample["old"]["body"]["name"], sample["new"]["body"]["name"]), ("name", "nme"))
        self.assertEqual((sample["old"]["body"]["id"], sample["race"]), ("***", False))

    def test_a_side_that_turns_wrong_gets_nothing_more_and_the_route_is_held(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "native")
            self.native.behaviour = profiles("new", "native-1", lambda number: number % 4 == 0)
            self.wait_stage(gateway, "mirrored")
        self.assertEqual(clients.failures, [])
        self.assertEqual(self.sides(gateway), {"old"})
        route = self.ledger(gateway)
        self.assertEqual((route["held"], route["hold_by_alarm"]), (True, True))
        self.assertIn("differ more often", route["hold_reason"])

    def test_a_new_side_that_is_gone_is_left_at_once(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        with Clients(gateway.address):
            self.wait_stage(gateway, "native")
        self.native.stop()
        with RawClient(gateway.address) as client:
            def back():
                client.request("GET", "/user/profile?id=1")
                return self.ledger(gateway)["share_hundredths"] == 0
            wait_until(back, 60, "the old side answering again")
        self.assertEqual(self.sides(gateway), {"old"})


class LedgerTest(MigrateCase):
    def test_a_gateway_that_is_killed_knows_where_the_route_was(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        with Clients(gateway.address):
            self.wait_stage(gateway, "native")
        gateway.stop(signal.SIGKILL)
        gateway.start()
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], route["share_hundredths"], route["new_build"]), ("native", 10000, "native-1"))
        self.assertEqual(self.sides(gateway), {"new"})

    def test_a_reload_keeps_the_stage_and_other_rules_begin_anew(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        self.order(gateway, "promote", "by hand")
        self.order(gateway, "promote", "by hand")
        self.order(gateway, "hold", "stay here")
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], route["share_hundredths"], route["unverified"]), ("shifted", 2500, True))
        gateway.write_config(self.text(ROUTE.replace("1s", "2s")))
        gateway.wait_revision(2)
        self.assertEqual(self.ledger(gateway)["share_hundredths"], 2500)
        gateway.write_config(self.text(ROUTE.replace("1s", "2s") + ", mirror: {timeout: 2s}"))
        gateway.wait_revision(3)
        wait_until(lambda: self.ledger(gateway)["stage"] == "mirrored", 10, "the stage mirrored")
        self.assertEqual(self.sides(gateway), {"old"})

    def test_people_promote_hold_release_and_roll_back(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.assertIn("not held", self.order(gateway, "release", status=409)["error"])
        self.learn_builds(gateway)
        for _ in range(3):
            self.order(gateway, "promote", "we know what we do")
        self.assertEqual(self.sides(gateway), {"new"})
        self.assertIn("no further step", self.order(gateway, "promote", status=409)["error"])
        done = run_banyan("rollback", "user-profile", "-c", gateway.config, "--reason", "wrong totals")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.sides(gateway), {"old"})
        route = self.ledger(gateway)
        self.assertEqual((route["held"], route["hold_reason"], route["hold_by_alarm"]), (True, "wrong totals", False))
        shown = run_banyan("ledger", "-c", gateway.config)
        self.assertRegex(shown.stdout, r"user-profile +mirrored +0% +\d+ +0 +\S+ +held: wrong totals")
        refused = run_banyan("promote", "user-profile", "-c", gateway.config, "--reason", "again")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("release it", refused.stderr)
        released = run_banyan("release", "user-profile", "-c", gateway.config, "--reason", "mended")
        self.assertEqual(released.returncode, 0)
        self.assertFalse(self.ledger(gateway)["held"])
        self.assertEqual(run_banyan("hold", "nobody", "-c", gateway.config, "--reason", "x").returncode, 1)

    def test_bad_requests_are_told_what_to_do(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.assertEqual(gateway.ask_admin("/ledger/nobody").status, 404)
        self.assertEqual(gateway.ask_admin("/ledger/user-profile/hold").status, 405)
        self.assertEqual(gateway.ask_admin("/ledger", method="POST").status, 405)
        self.assertEqual(gateway.ask_admin("/ledger/user-profile/nonsense", method="POST").status, 404)
        self.assertIn("reason", gateway.ask_admin("/ledger/user-profile/hold", method="POST").json()["error"])
        self.assertEqual(gateway.ask_admin("/ledger", token="0" * 32).status, 401)
        gateway.write_config(self.text().replace("banyan.db", "other.db"))
        wait_until(lambda: "restart" in (gateway.status()["config_error"] or ""), 20, "the refusal")


if __name__ == "__main__":
    import unittest

    unittest.main()

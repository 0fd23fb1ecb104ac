"""A route that moves from one cluster to another on evidence: forward by itself, back by hand, nothing forgotten."""
import contextlib
import signal
import sqlite3
import time

from lib.gateway import run_banyan
from lib.migrate import ROUTE, Clients, MigrateCase, profiles
from lib.raw_http import RawClient
from processes import wait_until


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
            self.wait_build(gateway, "native-2")
        self.assertEqual(self.sides(gateway), {"old"})

    def test_builds_are_looked_for_in_x_build_and_the_keys_are_as_short_as_they_can_be(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   "mirror: {percent: 100, timeout: 60s}, mismatch_bound: 1%, hold: 1s")
        with Clients(gateway.address) as clients:
            self.wait_stage(gateway, "shifted")
        self.assertEqual(clients.failures, [])
        route = self.ledger(gateway)
        self.assertEqual((route["old_build"], route["new_build"]), ("php-1", "native-1"))

    def test_without_builds_nothing_moves_by_itself(self):
        gateway = self.start_route(profiles("old", ""), profiles("new", ""),
                                   "mismatch_bound: 1%, hold: 1s, steps: [25%, 100%], mirror: {timeout: 60s}")
        with Clients(gateway.address):
            self.wait_compared(gateway, 400)
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], route["comparisons_needed"]), ("mirrored", 0))
        self.assertIn("build", route["blocked_by"])


class WrongTest(MigrateCase):
    def test_a_side_that_is_wrong_for_some_is_never_promoted_and_the_field_is_shown(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 20 == 7))
        with Clients(gateway.address) as clients:
            self.wait_compared(gateway, 1000)
        self.assertEqual(clients.failures, [])
        self.assertEqual(set(clients.answers), {"old"})

        def told():
            """Once a sample is written, and each difference is counted at its place too."""
            now = self.endpoint(gateway)
            counts = [one["count"] for one in now["differences"]]
            return now["samples"] and sum(counts) == now["route"]["different"] and now

        seen = wait_until(told, 60, "a sample in the ledger, and as many differences as there are places")
        self.assertEqual(seen["route"]["stage"], "mirrored")
        self.assertGreater(seen["route"]["different"], 20)
        self.assertIsNotNone(seen["route"]["bound"])
        self.assertEqual([(one["path"], one["kind"], one["noise"]) for one in seen["differences"]],
                         [("$.name", "value", False)])
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

    def test_a_new_side_that_turns_slow_is_left_and_the_route_is_held(self):
        def slow(exchange):
            exchange.sleep(0.1)
            profiles("new", "native-1")(exchange)

        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        with Clients(gateway.address, count=8) as clients:
            self.wait_stage(gateway, "native")
            self.native.behaviour = slow
            self.wait_stage(gateway, "mirrored")
        self.assertEqual(clients.failures, [])
        route = self.ledger(gateway)
        self.assertEqual((route["held"], route["hold_by_alarm"]), (True, True))
        self.assertIn("slow", route["hold_reason"])

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
        gateway.write_config(self.text(ROUTE.replace("1s", "2s").replace("60s", "30s")))
        gateway.wait_revision(3)
        wait_until(lambda: self.ledger(gateway)["stage"] == "mirrored", 60, "the stage mirrored")
        self.assertEqual(self.sides(gateway), {"old"})

    def test_a_mask_that_grows_hides_what_was_kept_before(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 20 == 7))
        with Clients(gateway.address):
            wait_until(lambda: self.endpoint(gateway)["samples"], 60, "a sample")
        self.assertEqual(self.endpoint(gateway)["samples"][0]["old"]["body"]["name"], "name")
        gateway.write_config(self.text().replace('["$.id"]', '["$.id", "$.name", "query:id"]'))
        gateway.wait_revision(2)

        def shown():
            samples = self.endpoint(gateway)["samples"]
            return ({sample[side]["body"]["name"] for sample in samples for side in ("old", "new")},
                    {sample["request"] for sample in samples})

        wait_until(lambda: shown() == ({"***"}, {"GET /user/profile?id=***"}), 60, "the names being hidden")

    def test_the_topology_has_the_shares_in_force(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))

        def shares():
            targets = gateway.ask_admin("/topology").json()["routes"][0]["targets"]
            return {target["cluster"]: target["percent"] for target in targets}

        self.learn_builds(gateway)
        self.assertEqual(shares(), {"legacy": 100, "native": 0})
        for action in ("promote", "promote", "hold"):
            self.order(gateway, action)
        self.assertEqual(shares(), {"legacy": 75, "native": 25})
        self.order(gateway, "rollback")
        self.assertEqual(shares(), {"legacy": 100, "native": 0})

    def test_filters_that_change_what_sides_are_asked_begin_anew_and_others_do_not(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        for action in ("promote", "promote", "hold"):
            self.order(gateway, action)
        whole = 'filters: [compress, {headers: {answer: {set: {x-seen: "1"}}}}]\n' + self.text()
        gateway.write_config(whole)
        gateway.wait_revision(2)
        self.assertEqual(self.ledger(gateway)["share_hundredths"], 2500)
        own = '    filters: [{headers: {request: {set: {x-user: "s3cret"}}}}]\n'
        gateway.write_config(whole.replace("    migrate: {", own + "    migrate: {"))
        gateway.wait_revision(3)
        wait_until(lambda: self.ledger(gateway)["stage"] == "mirrored", 60, "the stage mirrored")
        self.assertEqual(self.sides(gateway), {"old"})

        def rules():
            return self.endpoint(gateway)["transitions"][0]["key"]["rules"]

        wait_until(lambda: '"filters":["headers ' in rules(), 60, "the transition in the ledger")
        self.assertNotIn("s3cret", rules())

    def differences(self, gateway):
        return sum(one["count"] for one in self.endpoint(gateway)["differences"])

    def written_differences(self, gateway):
        with contextlib.closing(sqlite3.connect(gateway.path("banyan.db"), timeout=60)) as ledger:
            return ledger.execute("SELECT total(count) FROM places WHERE kind = 'value' AND "
                                  "epoch = (SELECT max(epoch) FROM places)").fetchone()[0]

    def test_what_differed_and_that_it_was_verified_by_hand_outlive_a_kill(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 20 == 7),
                                   ROUTE.replace("hold: 1s", "hold: 1h"))
        with Clients(gateway.address):
            self.wait_compared(gateway, 200)
        for action in ("promote", "hold", "release"):
            self.order(gateway, action)
        with Clients(gateway.address):
            wait_until(lambda: self.differences(gateway) > 20, 60, "20 differences")
        # What is counted is written once a second; what is under way still comes to an end, and may be lost.
        before = self.differences(gateway)
        wait_until(lambda: self.written_differences(gateway) >= before, 60, "all being written")
        gateway.stop(signal.SIGKILL)
        written = self.written_differences(gateway)
        gateway.start()
        self.assertEqual(self.differences(gateway), written)
        route = self.ledger(gateway)
        self.assertEqual((route["stage"], route["unverified"]), ("verified", True))
        self.assertIn("by hand", route["blocked_by"])

    def test_a_reload_changes_how_long_samples_are_kept(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 20 == 7))
        with Clients(gateway.address):
            wait_until(lambda: self.endpoint(gateway)["samples"], 60, "a sample")
        with contextlib.closing(sqlite3.connect(gateway.path("banyan.db"), timeout=60)) as ledger:
            with ledger:  # they were made two hours ago; what is still being compared comes later
                ledger.execute("UPDATE samples SET at_ns = at_ns - 7200000000000")

            def old_samples():
                before = (time.time() - 3600) * 1e9
                return ledger.execute("SELECT count(*) FROM samples WHERE at_ns < ?", (before,)).fetchone()[0]

            time.sleep(2)
            self.assertTrue(old_samples())
            gateway.write_config(self.text().replace("samples: {", "samples: {keep: 1h, "))
            gateway.wait_revision(2)
            wait_until(lambda: not old_samples(), 60, "old samples being gone")

    def test_people_promote_hold_release_and_roll_back(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.assertIn("not held", self.order(gateway, "release", status=409)["error"])
        self.learn_builds(gateway)
        for _ in range(3):
            self.order(gateway, "promote", "we know what we do")
        self.assertEqual(self.sides(gateway), {"new"})
        self.assertIn("no further step", self.order(gateway, "promote", status=409)["error"])
        self.assertEqual(self.endpoint(gateway)["transitions"][0]["by"], "admin API")
        done = run_banyan("rollback", "user-profile", "-c", gateway.config, "--reason", "wrong totals", "--who", "Ann")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        # It takes effect before it is written down.
        last = wait_until(lambda: next((one for one in self.endpoint(gateway)["transitions"]
                                        if one["why"] == "wrong totals"), None), 60, "the rollback in the ledger")
        self.assertEqual(last["by"], "Ann (admin API)")
        nameless = run_banyan("hold", "user-profile", "-c", gateway.config, "--reason", "x", "--who", "n" * 101)
        self.assertEqual(nameless.returncode, 2)
        self.assertIn("at most 100 characters", nameless.stderr)
        long = "原因" * 250
        told = run_banyan("hold", "user-profile", "-c", gateway.config, "--reason", long, "--who", "王" * 100)
        self.assertEqual(told.returncode, 0, told.stderr)
        last = self.endpoint(gateway)["transitions"][0]
        self.assertEqual((last["by"], last["why"]), ("王" * 100 + " (admin API)", long))
        too_long = run_banyan("hold", "user-profile", "-c", gateway.config, "--reason", long + "长")
        self.assertEqual(too_long.returncode, 2)
        self.assertIn("at most 500 characters", too_long.stderr)
        self.order(gateway, "rollback", "wrong totals")
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
        for nobody in ("nobody", "user-profile/hold?", "user profile", "用户"):
            unknown = run_banyan("promote", nobody, "-c", gateway.config, "--reason", "x")
            self.assertEqual(unknown.returncode, 1)
            self.assertRegex(unknown.stderr, "^banyan promote: no route '[^']+' has 'migrate'\n$")
        self.assertFalse(self.ledger(gateway)["held"])

    def test_bad_requests_are_told_what_to_do(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.assertEqual(gateway.ask_admin("/ledger/nobody").status, 404)
        self.assertEqual(gateway.ask_admin("/ledger/user-profile/hold").status, 405)
        self.assertEqual(gateway.ask_admin("/ledger", method="POST").status, 405)
        self.assertEqual(gateway.ask_admin("/ledger/user-profile/nonsense", method="POST").status, 404)
        self.assertIn("reason", gateway.ask_admin("/ledger/user-profile/hold", method="POST").json()["error"])
        self.assertEqual(gateway.ask_admin("/ledger", token="0" * 32).status, 401)
        gateway.write_config(self.text().replace("banyan.db", "other.db"))
        wait_until(lambda: "restart" in (gateway.status()["config_error"] or ""), 60, "the refusal")


if __name__ == "__main__":
    import unittest

    unittest.main()

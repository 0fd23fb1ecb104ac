"""Builds side by side, the end of a migration, and what is shown of it all."""
import json
import subprocess

from lib.gateway import run_banyan
from lib.migrate import Clients, MigrateCase, profiles
from processes import find_program, wait_until


class ShownTest(MigrateCase):
    def test_diff_shows_places_as_a_tree_with_examples(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 10 == 7))
        with Clients(gateway.address):
            self.wait_compared(gateway, 200)
        wait_until(lambda: self.endpoint(gateway)["samples"], 20, "a sample in the ledger")
        shown = run_banyan("diff", "user-profile", "-c", gateway.config)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertRegex(shown.stdout, r"^user-profile: \d+ of \d+ comparisons differ at this stage \(mirrored\)\n")
        self.assertRegex(shown.stdout, r"\n\$\n +\.name +value +\d+ +GET /user/profile\?id=\d+: \*\*\* -> \*\*\*\n")
        parsed = json.loads(run_banyan("diff", "user-profile", "-c", gateway.config, "--json").stdout)
        self.assertEqual(parsed["route"]["id"], "user-profile")
        unknown = run_banyan("diff", "nobody", "-c", gateway.config)
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("banyan diff: ", unknown.stderr)

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
        check = subprocess.run([promtool, "check", "metrics"], input=text.encode(), capture_output=True, timeout=60,
                               check=False)
        self.assertEqual((check.returncode, check.stdout + check.stderr), (0, b""))

    def test_a_retired_route_asks_its_old_side_no_more(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        self.assertIn("native", self.order(gateway, "retire", status=409)["error"])
        for _ in range(3):
            self.order(gateway, "promote")
        done = run_banyan("retire", "user-profile", "-c", gateway.config, "--reason", "a month of quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
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


if __name__ == "__main__":
    import unittest

    unittest.main()

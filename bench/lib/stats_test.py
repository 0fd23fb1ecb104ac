"""The statistics must not lie: these tests feed them data whose truth is known."""

import math
import random
import unittest

from lib import outcome, stats
from lib.pairing import Contestant, NotRun, Plan, Sample, compare


def noisy(source, scale=1.0, spread=0.15):
    """A sampler like a shared machine: log-normal noise with an occasional stall."""
    def one():
        stall = 1.5 if source.random() < 0.05 else 1.0
        return Sample(scale * math.exp(source.gauss(0, spread)) * stall, {"errors": 0})
    return one


def measured(source, scale, bar, pairs=40, better="lower"):
    """The result row of a subject `scale` times as costly as its peer."""
    subject, twin = Contestant("s", measure=noisy(source, scale)), Contestant("s", measure=noisy(source, scale))
    peer = Contestant("p", measure=noisy(source), bar=bar)
    case = outcome.Case("c", "ns", better)
    return outcome.measure_case(case, subject, twin, [peer], Plan(pairs=pairs, warm_up=0))


class Verdicts(unittest.TestCase):
    def test_identical_programs_never_meet_a_bar_of_one_or_below(self):
        source = random.Random(7)
        for _ in range(12):
            for bar in (0.35, 0.5, 0.9, 0.97):
                row = measured(source, 1.0, bar)
                self.assertNotEqual(row["peers"][0]["verdict"], "met", row)

    def test_identical_programs_hardly_ever_meet_exactly_one(self):
        source = random.Random(11)
        met = sum(measured(source, 1.0, 1.0)["peers"][0]["verdict"] == "met" for _ in range(60))
        self.assertLessEqual(met, 1)

    def test_a_clear_win_is_met_and_a_clear_loss_is_missed(self):
        source = random.Random(3)
        self.assertEqual(measured(source, 0.4, 0.5)["peers"][0]["verdict"], "met")
        self.assertEqual(measured(source, 1.4, 1.15)["peers"][0]["verdict"], "missed")

    def test_a_figure_at_its_bar_is_undecided(self):
        source = random.Random(5)
        verdicts = [measured(source, 0.5, 0.5)["peers"][0]["verdict"] for _ in range(20)]
        self.assertGreater(verdicts.count("undecided"), 15)

    def test_too_few_pairs_decide_nothing(self):
        self.assertEqual(measured(random.Random(3), 0.1, 0.5, pairs=4)["peers"][0]["verdict"], "undecided")

    def test_where_higher_is_better_the_ratio_is_turned_round(self):
        row = measured(random.Random(2), 4.0, 0.5, better="higher")
        self.assertAlmostEqual(row["peers"][0]["ratio"], 0.25, delta=0.05)
        self.assertEqual(row["peers"][0]["verdict"], "met")

    def test_a_peer_without_a_bar_has_no_verdict(self):
        self.assertEqual(measured(random.Random(2), 0.5, None)["peers"][0]["verdict"], "no_bar")


class Statistics(unittest.TestCase):
    def test_median(self):
        self.assertEqual(stats.median([3, 1, 2]), 2)
        self.assertEqual(stats.median([4, 1, 2, 3]), 2.5)

    def test_the_interval_covers_the_truth_about_as_often_as_it_says(self):
        source, covered = random.Random(9), 0
        for _ in range(200):
            blocks = [[math.exp(source.gauss(0, 0.2)) for _ in range(2)] for _ in range(20)]
            low, high = stats.bootstrap_ci95(blocks, resamples=400)
            covered += low <= 1.0 <= high
        self.assertGreater(covered, 178)

    def test_percentiles_are_measured_values(self):
        ordered = list(range(1, 1001))
        self.assertEqual(stats.percentile(ordered, 0.5), 500)
        self.assertEqual(stats.percentile(ordered, 0.99), 990)
        low, high = stats.percentile_ci95(ordered, 0.99)
        self.assertLess(low, 990)
        self.assertGreater(high, 990)

    def test_a_small_sample_cannot_bound_its_p99(self):
        self.assertEqual(stats.percentile_ci95([1.0] * 20, 0.99)[1], math.inf)
        self.assertEqual(stats.bar_verdict(stats.percentile_ci95([1.0] * 20, 0.99), 5), "undecided")

    def test_the_interval_of_a_share_is_the_exact_one(self):
        for hits, count, low, high in [(0, 10, 0, 0.3085), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1),
                                       (180, 4000, 0.0388, 0.0519)]:
            for found, wanted in zip(stats.share_ci95(hits, count), (low, high)):
                self.assertAlmostEqual(found, wanted, delta=0.0001)

    def test_an_absolute_bar(self):
        self.assertEqual(stats.bar_verdict([1, 2], 5), "met")
        self.assertEqual(stats.bar_verdict([6, 7], 5), "missed")
        self.assertEqual(stats.bar_verdict([4, 6], 5), "undecided")


class Rows(unittest.TestCase):
    def test_the_order_is_abba(self):
        calls = []
        def recorder(name):
            return Contestant(name, measure=lambda: calls.append(name) or Sample(1.0))
        compare(recorder("S"), recorder("T"), [recorder("P")], "lower", Plan(pairs=2, warm_up=0))
        self.assertEqual("".join(calls), "STTSSPPS")

    def test_a_missing_subject_gives_a_row_with_its_reason(self):
        def fail():
            raise NotRun("no such program")
        peer = Contestant("p", measure=lambda: Sample(1.0), bar=1.0)
        row = outcome.measure_case(outcome.Case("c", "ns"), Contestant("s", measure=fail),
                                   Contestant("s", measure=fail), [peer], Plan(pairs=2))
        self.assertEqual((row["status"], row["why"]), ("not_run", "no such program"))
        self.assertEqual(row["peers"][0]["verdict"], "not_run")
        self.assertIn("no such program", outcome.table(row))

    def test_a_missing_peer_leaves_the_others_measured(self):
        subject, twin = (Contestant("s", measure=lambda: Sample(1.0)) for _ in range(2))
        peers = [Contestant("gone", why="not installed", bar=1.0),
                 Contestant("p", measure=lambda: Sample(2.0), bar=0.6)]
        row = outcome.measure_case(outcome.Case("c", "ns"), subject, twin, peers, Plan(pairs=40))
        self.assertEqual([peer["status"] for peer in row["peers"]], ["not_run", "run"])
        self.assertEqual(row["peers"][1]["ratio"], 0.5)
        self.assertEqual(row["peers"][1]["verdict"], "met")

    def test_a_case_without_peers_is_its_checks(self):
        case = outcome.Case("clean", "seconds")
        row = outcome.checked_row(case, [3, 1, 2], [outcome.check("errors", 0, 0)], version="v")
        self.assertEqual(row["subject"], {"version": "v", "median": 2, "min": 1, "max": 3})
        self.assertEqual((row["peers"], row["checks"][0]["verdict"]), ([], "met"))
        missing = outcome.unchecked_row(case, {"errors": 0}, "no compiler")
        self.assertEqual((missing["status"], missing["checks"][0]["verdict"]), ("not_run", "not_run"))
        self.assertIn("not run: no compiler", outcome.table(missing))

    def test_errors_are_added_up_and_must_be_none(self):
        subject, twin = (Contestant("s", measure=lambda: Sample(1.0, {"errors": 1})) for _ in range(2))
        row = outcome.measure_case(outcome.Case("c", "ns"), subject, twin, [], Plan(pairs=2, warm_up=0))
        self.assertEqual(row["checks"], [{"name": "errors", "value": 2.0, "bar": 0, "verdict": "missed"}])

    def test_the_result_line_is_json_without_infinities(self):
        self.assertNotIn("Infinity", outcome.line(outcome.result("x", [{"value": outcome.rounded(math.inf)}])))


if __name__ == "__main__":
    unittest.main()

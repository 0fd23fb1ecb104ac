"""What the rollout's own code makes of endpoints whose truth is known: thousands of them, in virtual time."""

import math
import subprocess

from lib import build, outcome, process, stats
from lib.pairing import NotRun

ENDPOINTS, QUICK_ENDPOINTS = 4000, 400
RUNS, QUICK_RUNS = 1000, 50
LOADED_RUNS, QUICK_LOADED_RUNS = 50, 5
COMPARISONS = 200_000  # at most, until an endpoint goes back (bench/rollout/endpoints.cpp)
SEED = 20261
EVIDENCE = 20  # what the likelihood ratio must reach (src/evidence/mismatch_bound.h)
TIMEOUT_S = 900

FAULTS = {"mismatch": "1 % of answers differ where 0.1 % are allowed",
          "slow": "every time half as long again, so +50 % P99; log-normal, P50 20 ms, P99 60 ms",
          "slow-tail": "times beyond the 95th percentile half as long again, all others as they were",
          "errors": "5 % of answers are a 500"}
# Of comparisons until an endpoint that answers everything has gone back, in 95 of 100 cases. There is none for the
# others: what the alarm can see of +50 % depends on the tail of the times.
ROLLBACK_BAR = {"mismatch": 1000}


def numbers(*arguments):
    """What bench/rollout/endpoints.cpp prints for these arguments."""
    program = build.banyan_program("bench/bench_rollout_endpoints")
    done = subprocess.run(process.pinned(process.SERVER_CPUS, [program, *arguments]), capture_output=True, text=True,
                          timeout=TIMEOUT_S, check=False)
    if done.returncode:
        raise NotRun(f"endpoints {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr[-300:]}")
    return [int(line) for line in done.stdout.split()]


def at_the_bound(name, options, bound):
    """How many endpoints get a share that are wrong exactly as often as the bound says."""
    count = QUICK_ENDPOINTS if options.quick else ENDPOINTS
    case = outcome.Case(name, "false_promotions_percent",
                        setup=f"{count:,} endpoints, each request different with probability {bound:.2%}, looked at "
                              f"after each of up to {30 / bound:,.0f} comparisons")
    promoted = [at for at in numbers("bound", count, bound, SEED) if at]
    low, high = stats.share_ci95(len(promoted), count)
    # A short run cannot decide.
    checks = [outcome.check("false_promotion_upper", high, 0.06, [low, high] if options.quick else None),
              outcome.check("false_promotion_lower", low)]
    return outcome.checked_row(case, [100 * len(promoted) / count], checks)


def clean(name, _, bound):
    """How many comparisons an endpoint needs that never differs."""
    theory = math.ceil(math.log(EVIDENCE) / math.log((1 - bound / 10) / (1 - bound)))
    first_share, everything = numbers("clean", bound)
    case = outcome.Case(name, "comparisons_to_the_first_share", setup=f"bound {bound:.1%}, in theory {theory:,}")
    return outcome.checked_row(case, [first_share], [outcome.check("promotion_count_ratio", first_share / theory, 1.2),
                                     outcome.check("comparisons_to_all_four_steps", everything)])


def loaded(name, options):
    """How many endpoints go back whose sides are alike, on a machine whose load rises and falls."""
    runs = QUICK_LOADED_RUNS if options.quick else LOADED_RUNS
    case = outcome.Case(name, "endpoints_that_went_back",
                        setup=f"{runs} endpoints that had moved, {COMPARISONS:,} comparisons each; times of infinite "
                              "variance, the same law for both sides, stretched for both by a load that wanders")
    back = [at for at in numbers("rollback", "loaded", runs, 0.001, SEED) if at]
    return outcome.checked_row(case, [len(back)], [outcome.check("false_alarms", len(back), 0)])


def rollback(name, options, fault):
    """How long a fault of the new side that answers everything stays unnoticed."""
    runs = QUICK_RUNS if options.quick else RUNS
    case = outcome.Case(name, "comparisons_until_rollback",
                        setup=f"{runs:,} endpoints that had moved at a bound of 0.1 %; then {FAULTS[fault]}")
    seen = numbers("rollback", fault, runs, 0.001, SEED)
    found = sorted(at for at in seen if at)
    if not found:
        raise NotRun(f"no endpoint went back within {COMPARISONS:,} comparisons")
    # One that never went back counts as later than all that did.
    ordered = found + [math.inf] * (len(seen) - len(found))
    interval = stats.percentile_ci95(ordered, 0.95)
    checks = [outcome.check("rollback_comparisons_p95", stats.percentile(ordered, 0.95), ROLLBACK_BAR.get(fault),
                            interval),
              outcome.check("rollback_seconds_p95_at_100_per_s", stats.percentile(ordered, 0.95) / 100),
              outcome.check("never_went_back", len(seen) - len(found), 0)]
    return outcome.checked_row(case, found, checks)


CASES = {"at-the-bound-0.1": lambda name, options: at_the_bound(name, options, 0.001),
         "at-the-bound-1": lambda name, options: at_the_bound(name, options, 0.01),
         "clean-0.1": lambda name, options: clean(name, options, 0.001),
         "clean-1": lambda name, options: clean(name, options, 0.01),
         "equally-slow-under-load": loaded,
         **{f"rollback-{fault}": lambda name, options, fault=fault: rollback(name, options, fault) for fault in FAULTS}}

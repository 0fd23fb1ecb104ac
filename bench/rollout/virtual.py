"""How long clients wait beside a mirror, in virtual time: not at all longer, whatever the mirror does."""

import subprocess

from lib import build, outcome, process
from lib.pairing import NotRun

SEEDS, QUICK_SEEDS = 10_000, 200
TIMEOUT_S = 3600


def waiting(name, options):
    """Every request of every seed must take as long as without a mirror, to the nanosecond."""
    seeds = QUICK_SEEDS if options.quick else SEEDS
    program = build.banyan_program("bench/bench_rollout_waiting")
    done = subprocess.run(process.pinned(process.SERVER_CPUS, [program, seeds]), capture_output=True, text=True,
                          timeout=TIMEOUT_S, check=False)
    if done.returncode:
        raise NotRun(f"waiting ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    found = {words[0]: [int(word) for word in words[1:]] for words in map(str.split, done.stdout.splitlines())}
    requests, seen_in_control, _, _ = found.pop("control")
    by_chance = found.pop("again")[2]
    if seen_in_control != requests or by_chance:
        raise NotRun(f"nothing is shown: of {requests} requests the control saw {seen_in_control} delayed, and "
                     f"{by_chance} took another time by chance")
    case = outcome.Case(name, "requests_that_took_longer",
                        setup=f"{seeds:,} seeds of {requests // seeds} requests; the mirror of `mirror` or the new "
                              "side of `migrate` takes 2 s more, hangs for an hour, or is not there")
    checks = []
    for kind, (_, slower, other, copies) in found.items():
        if not copies:
            raise NotRun(f"{kind} sent no copies, so nothing is shown")
        checks += [outcome.check(f"{kind}.slower", slower, 0), outcome.check(f"{kind}.other_time", other, 0),
                   outcome.check(f"{kind}.copies", copies)]
    return outcome.checked_row(case, [slower for _, slower, _, _ in found.values()], checks)


CASES = {"waiting-in-virtual-time": waiting}

"""Turns measured contestants into the rows of the result line and into a table for people.

The result line is the last line a bench prints: one JSON object whose shape bench/README.md explains. A figure
that could not be taken is null, and its row says `"status": "not_run"` and why.
"""

import json
from dataclasses import dataclass, field

from . import machine, pairing, stats


@dataclass
class Case:
    """What is measured: the row's name, the figure's unit and which way is better."""

    name: str
    unit: str
    better: str = "lower"
    setup: str = ""
    checks: list = field(default_factory=list)


def rounded(value):
    """Four significant digits: more would only be noise. None and infinity become null."""
    if value is None or value in (float("inf"), float("-inf")):
        return None
    return float(f"{value:.4g}")


def check(name, value, bar=None, interval=None):
    """A figure with an absolute bar. `interval` is its 95 % uncertainty; without one the value is exact."""
    verdict = stats.bar_verdict(interval or [value, value], bar)
    return {"name": name, "value": rounded(value), "bar": bar, "verdict": verdict}


def check_not_run(name, why, bar=None):
    return {"name": name, "value": None, "bar": bar, "verdict": stats.NOT_RUN, "status": "not_run", "why": why}


def subject_row(subject):
    values = subject.values()
    row = {"version": subject.version, "median": rounded(stats.median(values)) if values else None,
           "min": rounded(min(values, default=None)), "max": rounded(max(values, default=None))}
    return row if values else {**row, "status": "not_run", "why": subject.why}


def peer_row(peer, aa_interval):
    if not peer.blocks or peer.why:
        return {"name": peer.name, "version": peer.version, "status": "not_run", "why": peer.why or "never measured",
                "median": None, "ratio": None, "ratio_ci95": None, "bar": peer.bar, "verdict": stats.NOT_RUN}
    ratios = [ratio for block in peer.blocks for ratio in block]
    interval = stats.bootstrap_ci95(peer.blocks)
    return {"name": peer.name, "version": peer.version, "status": "run", "why": "",
            "median": rounded(stats.median(peer.values())), "ratio": rounded(stats.median(ratios)),
            "ratio_ci95": [rounded(end) for end in interval], "bar": peer.bar,
            "verdict": stats.verdict(interval, peer.bar, aa_interval, len(ratios))}


def extra_checks(contestant, prefix=""):
    """Medians of the further figures of every sample; `errors` is their sum and must be 0."""
    names = sorted({name for sample in contestant.samples for name in sample.extra})
    rows = []
    for name in names:
        values = [sample.extra[name] for sample in contestant.samples if name in sample.extra]
        if name == "errors":
            rows.append(check(prefix + name, sum(values), bar=0))
        else:
            rows.append(check(prefix + name, stats.median(values)))
    return rows


def case_row(case, subject, twin, peers):
    """The finished row of a case whose contestants were compared."""
    aa_interval = stats.bootstrap_ci95(twin.blocks)
    checks = case.checks + extra_checks(subject)
    for peer in peers:
        checks += extra_checks(peer, f"{peer.name}.")
    return {"case": case.name, "unit": case.unit, "better": case.better, "rounds": 2 * len(twin.blocks),
            "order": "ABBA", "aa_ci95": [rounded(end) for end in aa_interval], "setup": case.setup,
            "subject": subject_row(subject), "peers": [peer_row(peer, aa_interval) for peer in peers],
            "checks": checks}


def not_run_row(case, subject, peers, why):
    """The row of a case that could not be measured at all."""
    subject.why = why
    subject.samples = []
    for peer in peers:
        peer.why = peer.why or "the subject did not run"
    return {"case": case.name, "status": "not_run", "why": why, "unit": case.unit, "better": case.better, "rounds": 0,
            "order": "ABBA", "aa_ci95": None, "setup": case.setup, "subject": subject_row(subject),
            "peers": [peer_row(peer, None) for peer in peers], "checks": case.checks}


def checked_row(case, values, checks, version=None):
    """The finished row of a case without peers: what counts are the checks. `values` are the subject's figures."""
    subject = {"version": f"banyan {machine.commit()}" if version is None else version,
               "median": rounded(stats.median(values)), "min": rounded(min(values)), "max": rounded(max(values))}
    return {"case": case.name, "unit": case.unit, "better": case.better, "rounds": 0, "order": "single",
            "aa_ci95": None, "setup": case.setup, "subject": subject, "peers": [], "checks": checks}


def unchecked_row(case, checks, why):
    """The row of a case whose checks could not be made; `checks` are their names with the bars they have, or None."""
    subject = {"version": "", "median": None, "min": None, "max": None, "status": "not_run", "why": why}
    return {"case": case.name, "status": "not_run", "why": why, "unit": case.unit, "better": case.better, "rounds": 0,
            "order": "single", "aa_ci95": None, "setup": case.setup, "subject": subject, "peers": [],
            "checks": [check_not_run(name, why, bar) for name, bar in checks.items()]}


def measure_case(case, subject, twin, peers, plan):
    """Compares and gives the row; a subject that cannot run gives a not_run row instead."""
    try:
        if subject.why:
            raise pairing.NotRun(subject.why)
        pairing.compare(subject, twin, peers, case.better, plan)
        return case_row(case, subject, twin, peers)
    except pairing.NotRun as reason:
        return not_run_row(case, subject, peers, str(reason))


def result(bench, rows):
    return {"schema": 1, "bench": bench, "commit": machine.commit(), "date": machine.now(),
            "machine": machine.machine(), "cases": rows}


def text(value):
    """A figure as people read it."""
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def interval_text(interval):
    return "-" if not interval else f"{text(interval[0])} .. {text(interval[1])}"


def table(row):
    """One case as lines of text."""
    subject = row["subject"]
    lines = ["", f"{row['case']}: {row['unit']}, {row['better']} is better, {row['rounds']} pairs {row['order']}"]
    if row["setup"]:
        lines.append(f"  {row['setup']}")
    if row.get("status") == "not_run":
        lines.append(f"  not run: {row['why']}")
    lines.append(f"  {'':18}{'median':>12}{'ratio':>9}  {'95 % interval':20}{'bar':>8}  verdict")
    lines.append(f"  {'subject':18}{text(subject['median']):>12}{'':>9}  {'A/A ' + interval_text(row['aa_ci95']):20}")
    for peer in row["peers"]:
        lines.append(f"  {peer['name']:18}{text(peer['median']):>12}{text(peer['ratio']):>9}  "
                     f"{interval_text(peer['ratio_ci95']):20}{text(peer['bar']):>8}  {peer['verdict']}"
                     + (f" ({peer['why']})" if peer["why"] else f"  [{peer['version']}]"))
    for one in row["checks"]:
        lines.append(f"  check {one['name']} = {text(one['value'])}, bar {text(one['bar'])}: {one['verdict']}"
                     + (f" ({one['why']})" if one.get("why") else ""))
    return "\n".join(lines)


def line(whole):
    """The result line."""
    return json.dumps(whole, separators=(",", ":"), allow_nan=False)

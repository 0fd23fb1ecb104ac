"""The record of results: one result line for each run whose cases no later run has measured again."""

import json
import sys


def result_line(file):
    """The result on the last line of this file; raises SystemExit where there is none."""
    try:
        whole = json.loads(file.read_text(encoding="utf-8").strip().splitlines()[-1])
        return {**whole, "bench": whole["bench"], "cases": list(whole["cases"])}
    except (OSError, ValueError, LookupError, TypeError) as failure:
        sys.exit(f"{file}: its last line is no result line ({failure}); save one with bench/NAME/run --save {file}")


def added(lines, new):
    """The record with a result added: it replaces its cases in earlier ones, and what has no case left goes."""
    fresh = {row["case"] for row in new["cases"]}
    kept = []
    for one in lines:
        if one["bench"] == new["bench"]:
            one = {**one, "cases": [row for row in one["cases"] if row["case"] not in fresh]}
        if one["cases"]:
            kept.append(one)
    return [*kept, new]


def read(file):
    """The results recorded in this file, oldest first; none where it does not exist."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def write(file, lines):
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")

"""The command line every `bench/NAME/run` shares, and the frame around its cases."""

import argparse
import signal
import sys
from pathlib import Path

from . import outcome, process
from .pairing import Plan


def arguments(description, names, more=()):
    """Parses the flags; `names` are the benchmark's case names, for --case and its help. `more` are flags of this
    benchmark alone, each with what argparse wants to know of it."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true",
                        help="one short block per peer: shows that the bench works, decides nothing")
    parser.add_argument("--pairs", type=int, help="pairs per peer (40 by default, 2 with --quick)")
    parser.add_argument("--case", action="append", metavar="TEXT",
                        help=f"only cases whose name is or contains TEXT; may be repeated. Cases: {', '.join(names)}")
    parser.add_argument("--peer", action="append", metavar="NAME", help="only these peers; may be repeated")
    parser.add_argument("--subject", default="banyan", metavar="NAME",
                        help="measure this peer in Banyan's place, to check the bench itself")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the result line to FILE")
    for flag, settings in more:
        parser.add_argument(flag, **settings)
    return parser.parse_args()


def plan_of(options):
    pairs = options.pairs or (2 if options.quick else 40)
    return Plan(pairs=pairs, warm_up=1 if options.quick else 2, slice_s=0.3 if options.quick else 1.0,
                quick=options.quick)


def chosen(names, wanted):
    """Those of `names` that contain one of `wanted`, which where it is a whole name means that one; all when nothing is
    wanted."""
    fits = lambda name: any(part == name or part not in names and part in name for part in wanted)
    return [name for name in names if not wanted or fits(name)]


def run(bench, options, cases):
    """Measures `cases`, callables that give one row each; prints the tables and the result line. Ended by SIGTERM, it
    still ends its servers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    process.raise_open_files()
    rows = []
    for measure in cases:
        rows.append(measure())
        print(outcome.table(rows[-1]), flush=True)
    whole = outcome.result(bench, rows)
    if options.save:
        options.save.parent.mkdir(parents=True, exist_ok=True)
        options.save.write_text(outcome.line(whole) + "\n", encoding="utf-8")
    print()
    print(outcome.line(whole))
    sys.stdout.flush()

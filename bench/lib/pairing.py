"""Runs a subject against its peers in ABBA order and keeps every figure.

One pass over the peers does one ABBA block against each, and one against a second instance of the subject
itself (the A/A comparison, which says how much of any difference is only noise). All comparisons therefore
spread over the same stretch of time, and a neighbour that wakes up half way disturbs all of them alike.
"""

import sys
from dataclasses import dataclass, field
from typing import Callable

from . import stats


class NotRun(Exception):
    """Something needed for a figure is missing; the text says what, and becomes the row's `why`."""


@dataclass
class Sample:
    """One measurement: the figure compared, further figures by name, and the raw times it was made from, if any."""

    value: float
    extra: dict = field(default_factory=dict)
    raw: list = field(default_factory=list)


@dataclass
class Contestant:
    """One program under measurement. `why` set means that it cannot run here; then `measure` is not called."""

    name: str
    version: str = ""
    measure: Callable[[], Sample] = None
    why: str = ""
    bar: float = None
    samples: list = field(default_factory=list)
    blocks: list = field(default_factory=list)

    def once(self):
        sample = self.measure()
        self.samples.append(sample)
        return sample.value

    def values(self):
        return [sample.value for sample in self.samples]


@dataclass
class Plan:
    """How long to measure: `pairs` per peer after `warm_up` runs of each program, slices of `slice_s` seconds."""

    pairs: int = 40
    warm_up: int = 2
    slice_s: float = 1.0
    quick: bool = False

    def blocks(self):
        return max(1, (self.pairs + 1) // 2)


def abba_block(subject, peer, better):
    """Subject, peer, peer, subject: two ratios whose linear drift cancels."""
    first = subject.once()
    second, third = peer.once(), peer.once()
    fourth = subject.once()
    return [stats.ratio(first, second, better), stats.ratio(fourth, third, better)]


def warm(contestants, plan):
    """Runs each program `warm_up` times and forgets the figures; one that fails is marked as not run."""
    for one in contestants:
        try:
            for _ in range(plan.warm_up):
                one.measure()
        except NotRun as reason:
            one.why = str(reason)


def compare(subject, twin, peers, better, plan):
    """Fills `blocks` and `samples` of every contestant. `twin` is a second instance of the subject.

    Raises NotRun when the subject itself fails; a peer that fails is marked and left out of later blocks.
    """
    running = [peer for peer in peers if not peer.why]
    warm([subject, twin, *running], plan)
    if subject.why or twin.why:
        raise NotRun(subject.why or twin.why)
    for done in range(plan.blocks()):
        for other in [twin, *(peer for peer in running if not peer.why)]:
            try:
                other.blocks.append(abba_block(subject, other, better))
            except NotRun as reason:
                if other is twin:
                    raise
                other.why = str(reason)
        progress(done + 1, plan.blocks())


def progress(done, total):
    """One moving line for a person at a terminal, nothing in a log."""
    if sys.stderr.isatty():
        print(f"\r  block {done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)

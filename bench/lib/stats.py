"""Ratios that a noisy machine can still support.

Two runs of one program on shared cores differ by 20 % without any cause in the program. So nothing here
compares two single figures: runs come in ABBA blocks (subject, peer, peer, subject), each block gives two
ratios, and the median ratio carries a 95 % bootstrap interval. The bootstrap draws whole blocks, because the
two ratios of a block share whatever the machine was doing at that moment and are not independent.

A ratio is always such that under 1 is good: subject over peer where lower is better, else peer over subject.
"""

import math
import random

PAIRS_MIN = 40
RESAMPLES = 2000

MET, MISSED, UNDECIDED, NOT_RUN, NO_BAR = "met", "missed", "undecided", "not_run", "no_bar"


def median(values):
    """The middle value, or the mean of the two middle ones; `values` must not be empty."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ratio(subject, peer, better):
    """Subject against peer so that under 1 is good; infinite when the divisor is not positive."""
    over, under = (subject, peer) if better == "lower" else (peer, subject)
    return over / under if under > 0 else math.inf


def bootstrap_ci95(blocks, resamples=RESAMPLES, seed=1):
    """95 % interval of the median over all ratios in `blocks`, a list of non-empty lists of ratios.

    The seed is fixed, so the same measurements always print the same interval.
    """
    source = random.Random(seed)
    medians = sorted(
        median([value for block in source.choices(blocks, k=len(blocks)) for value in block])
        for _ in range(resamples)
    )
    return [medians[int(resamples * 0.025)], medians[min(resamples - 1, int(resamples * 0.975))]]


def verdict(interval, bar, aa_interval, pairs):
    """`met` if the whole interval is under the bar, `missed` if it is over it, else `undecided`.

    Fewer than PAIRS_MIN pairs decide nothing. A bar at or below 1 claims to beat a peer, so there the interval
    must also be clear of what the subject shows against itself: noise alone must never read as a win.
    """
    if bar is None:
        return NO_BAR
    if pairs < PAIRS_MIN:
        return UNDECIDED
    low, high = interval
    if low > bar:
        return MISSED
    if high >= bar or (bar <= 1 and high >= aa_interval[0]):
        return UNDECIDED
    return MET


def percentile(ordered, share):
    """The value at `share` (0..1) of an ascending list by the nearest rank, which is always a measured value."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def percentile_ci95(ordered, share):
    """Distribution-free 95 % interval of a percentile, from the ranks a binomial count would reach.

    Where the sample is too small for an upper rank to exist the upper end is infinite.
    """
    count = len(ordered)
    spread = 1.96 * math.sqrt(count * share * (1 - share))
    low, high = math.floor(count * share - spread), math.ceil(count * share + spread) + 1
    return [ordered[max(0, low - 1)], ordered[high - 1] if high <= count else math.inf]


def share_ci95(hits, count):
    """Exact 95 % interval of a share (Clopper and Pearson, 1934): each end would be passed in 2.5 % of cases."""
    def log_chance(one, share):
        return (math.lgamma(count + 1) - math.lgamma(one + 1) - math.lgamma(count - one + 1)
                + one * math.log(share) + (count - one) * math.log1p(-share))

    def bisected(above):
        """Where `above(share)` turns from false to true."""
        low, high = 1e-12, 1 - 1e-12
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if above(middle) else (middle, high)
        return high

    at_most = lambda most, share: sum(math.exp(log_chance(one, share)) for one in range(most + 1))
    lower = 0.0 if hits == 0 else bisected(lambda share: at_most(hits - 1, share) <= 0.975)
    upper = 1.0 if hits == count else bisected(lambda share: at_most(hits, share) <= 0.025)
    return [lower, upper]


def bar_verdict(interval, bar):
    """Verdict of an absolute figure whose uncertainty is `interval`."""
    if bar is None:
        return NO_BAR
    if interval[1] <= bar:
        return MET
    return MISSED if interval[0] > bar else UNDECIDED

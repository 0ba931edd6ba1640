"""Measuring several sides in turn, and what the samples say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Callable, Dict, List, Sequence

#: Does a thing so many times.
Side = Callable[[int], None]

#: What a sample of a side should take at least, in seconds: the clock's own cost is then nothing beside it.
_SAMPLE = 0.002


@dataclass(frozen=True)
class Summary:
    """Where the middle of some samples lies, and how far they spread."""

    median: float
    lower_quartile: float
    upper_quartile: float
    count: int

    @classmethod
    def of(cls, samples: Sequence[float]) -> Summary:
        ordered = sorted(samples)
        return cls(_quantile(ordered, 0.5), _quantile(ordered, 0.25), _quantile(ordered, 0.75), len(ordered))


class Samples:
    """Seconds for one turn of each side; what has the same place was taken in the same moment."""

    def __init__(self, seconds: Dict[str, List[float]]) -> None:
        self._seconds = seconds

    def of(self, side: str) -> Summary:
        return Summary.of(self._seconds[side])

    def ratio(self, side: str, other: str) -> Summary:
        """One side over the other, of the samples of each round."""
        return Summary.of([one / two for one, two in zip(self._seconds[side], self._seconds[other])])


def in_turn(rounds: int, sides: Dict[str, Side]) -> Samples:
    """Runs the sides ``rounds`` times after a first time that does not count. Which one begins changes from round
    to round, so that a machine that grows slower or faster favours none."""
    turns = {name: _turns(side) for name, side in sides.items()}
    seconds: Dict[str, List[float]] = {name: [] for name in sides}
    names = list(sides)
    for round_ in range(rounds):
        at = round_ % len(names)
        for name in names[at:] + names[:at]:
            seconds[name].append(_seconds(sides[name], turns[name]) / turns[name])
    return Samples(seconds)


def _turns(side: Side) -> int:
    """How often a side has to turn for a sample that the clock can tell."""
    turns = 1
    while _seconds(side, turns) < _SAMPLE:
        turns *= 2
    return turns


def _seconds(side: Side, turns: int) -> float:
    start = time.perf_counter()
    side(turns)
    return time.perf_counter() - start


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

"""The table: medians with quartiles in brackets, and whether what was to be reached was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Optional, Tuple

from measure import Summary

_HEAD = ("", "a process [quartiles]", "lupa [quartiles]", "ours [quartiles]", "ratio [quartiles]", "target")
_SCALES = {
    "s": ((1e-6, "us"), (1e-3, "ms"), (1.0, "s")),
    "B": ((1.0, "B"), (1024.0, "KiB"), (1048576.0, "MiB")),
    "": ((1.0, ""),),
}


@dataclass(frozen=True)
class Target:
    """What a ratio or a figure should come to: at least, or at most."""

    what: str
    measured: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{self.what} {sign} {_text(self.bound, self.unit)}: {'met' if self.met else 'NOT MET'}"


@dataclass(frozen=True)
class Row:
    """One measurement: what each side took, in seconds or bytes."""

    name: str
    process: Optional[Summary] = None
    lupa: Optional[Summary] = None
    ours: Optional[Summary] = None
    ratios: Tuple[Tuple[str, Summary], ...] = ()
    targets: Tuple[Target, ...] = ()
    unit: str = "s"


@dataclass
class Report:
    rows: List[Row] = field(default_factory=list)

    def table(self) -> str:
        lines = [_HEAD, *(line for row in self.rows for line in _lines(row))]
        widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
        padded = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
        return "\n".join([*padded, "", self._verdict()])

    def _verdict(self) -> str:
        judged = [(row.name, target) for row in self.rows for target in row.targets]
        missed = [f"{name} ({target.what})" for name, target in judged if not target.met]
        text = f"{len(judged) - len(missed)} of {len(judged)} targets met"
        return f"{text}; not met: {', '.join(missed)}" if missed else text


def _lines(row: Row) -> List[Tuple[str, ...]]:
    """A row of the table, and one more for each further ratio or target."""
    sides = [_spread(side, row.unit) for side in (row.process, row.lupa, row.ours)]
    ratios = [f"{_spread(ratio, '')} {what}" for what, ratio in row.ratios]
    targets = [str(target) for target in row.targets]
    lines = []
    for at in range(max(1, len(ratios), len(targets))):
        first = (row.name, *sides) if at == 0 else ("", "", "", "")
        lines.append((*first, ratios[at] if at < len(ratios) else "", targets[at] if at < len(targets) else ""))
    return lines


def _spread(summary: Optional[Summary], unit: str) -> str:
    if summary is None:
        return "-"
    size, name = _scale(summary.median, unit)
    median = _number(summary.median / size)
    if summary.count == 1:
        return f"{median} {name}".rstrip()
    lower, upper = _number(summary.lower_quartile / size), _number(summary.upper_quartile / size)
    return f"{median} [{lower} {upper}] {name}".rstrip()


def _text(value: float, unit: str) -> str:
    size, name = _scale(value, unit)
    return f"{value / size:g} {name}".rstrip()


def _scale(value: float, unit: str) -> Tuple[float, str]:
    scales = _SCALES[unit]
    fitting = [scale for scale in scales if abs(value) >= scale[0]]
    return fitting[-1] if fitting else scales[0]


def _number(value: float) -> str:
    """Three figures."""
    places = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
    return f"{value:.{places}f}"

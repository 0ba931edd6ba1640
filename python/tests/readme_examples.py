"""Cuts the Python blocks out of the README."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

#: Where the text is.
README = Path(__file__).parents[1] / "README.md"

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r" +# (Output|Standard error): (.*)$", re.MULTILINE)


@dataclass
class Block:
    """A block: the line of the README that it begins on, and its code."""

    line: int
    code: str

    @property
    def outputs(self) -> List[str]:
        """What the comments say that it prints."""
        return self._said("Output")

    @property
    def errors(self) -> List[str]:
        """What the comments say that it writes to standard error."""
        return self._said("Standard error")

    @property
    def plain(self) -> str:
        """The code without those comments."""
        return _COMMENT.sub("", self.code)

    def _said(self, where: str) -> List[str]:
        return [text for place, text in _COMMENT.findall(self.code) if place == where]


def blocks(text: Optional[str] = None) -> List[Block]:
    """All Python blocks, in their order."""
    text = README.read_text(encoding="utf-8") if text is None else text
    return [Block(text.count("\n", 0, found.start()) + 2, found.group(1)) for found in _BLOCK.finditer(text)]


def matches(printed: str, expected: str) -> bool:
    r"""Whether a printed line is what a comment says: ``\t`` stands for a tab, ``<...>`` for anything."""
    parts = re.split(r"(<[^>]*>)", expected)
    pattern = "".join(".*" if part.startswith("<") else re.escape(part) for part in parts)
    return re.fullmatch(pattern, printed.replace("\t", r"\t")) is not None

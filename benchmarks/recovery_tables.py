"""The tables of docs/recovery.md: means over seeds, with the standard deviation over seeds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from pathlib import Path

import numpy as np

from benchmarks.recovery_figures import Figures

PAGE = Path(__file__).parents[1] / "docs" / "recovery.md"
NONE = "–"
Results = Mapping[str, Mapping[str, Sequence[Figures]]]  # stream, policy, one of each seed


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column of the tables: one attribute of the figures, to so many decimals."""

    title: str
    attribute: str
    decimals: int = 1

    def of(self, seeds: Sequence[Figures]) -> list[float]:
        """Return the values of those seeds that have one."""
        values = [getattr(one, self.attribute) for one in seeds]
        return [value for value in values if value is not None]

    def mean(self, seeds: Sequence[Figures]) -> str:
        """Return the mean over the seeds."""
        values = self.of(seeds)
        return f"{np.mean(values):.{self.decimals}f}" if values else NONE

    def spread(self, seeds: Sequence[Figures]) -> str:
        """Return mean and standard deviation over the seeds; of those that got there, and how many these are."""
        values = self.of(seeds)
        reached = [value for value in values if not isinf(value)]
        if not reached:
            return "never" if values else NONE
        deviation = f" ± {np.std(reached, ddof=1):.{self.decimals}f}" if len(reached) > 1 else ""
        part = f" ({len(reached)} of {len(values)})" if len(reached) < len(values) else ""
        return f"{np.mean(reached):.{self.decimals}f}{deviation}{part}"


OVERVIEW = (
    _Column(title="mean", attribute="mean", decimals=2),
    _Column(title="last quarter", attribute="last", decimals=2),
    _Column(title="looks", attribute="looks"),
)
COLUMNS = (
    *OVERVIEW,
    _Column(title="promotions", attribute="promotions"),
    _Column(title="weeks to half", attribute="weeks"),
    _Column(title="regret", attribute="regret", decimals=2),
    _Column(title="episodes", attribute="episodes"),
    _Column(title="recalls", attribute="recalls"),
    _Column(title="acceptances", attribute="acceptances"),
    _Column(title="CPU s", attribute="cpu_s"),
)


def overview(results: Results) -> str:
    """Return mean, last quarter and looks of each policy, a line for each stream."""
    policies = list(dict.fromkeys(policy for by_policy in results.values() for policy in by_policy))
    lines = [_line("stream", *policies), _line(*["---"] * (1 + len(policies)))]
    for stream, by_policy in results.items():
        cells = [" / ".join(column.mean(by_policy.get(policy, ())) for column in OVERVIEW) for policy in policies]
        lines.append(_line(stream, *cells))
    return "\n".join(lines)


def details(by_policy: Mapping[str, Sequence[Figures]]) -> str:
    """Return all figures of one stream, a line for each policy."""
    lines = [_line("policy", *(column.title for column in COLUMNS)), _line(*["---"] * (1 + len(COLUMNS)))]
    lines += [_line(policy, *(column.spread(seeds) for column in COLUMNS)) for policy, seeds in by_policy.items()]
    return "\n".join(lines)


def write(mark: str, text: str) -> None:
    """Put `text` between the two marks of docs/recovery.md, in place of what stands there."""
    page = PAGE.read_text()
    start, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    written, count = re.subn(
        f"(?<={re.escape(start)}).*?(?={re.escape(end)})", lambda _: f"{text}\n", page, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(f"{PAGE} has the marks of {mark!r} {count} times, and needs them once.")
    PAGE.write_text(written)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"

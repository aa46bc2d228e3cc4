"""A picture of a backtest: the metric over time, a line for each policy, its retrainings below."""

from collections.abc import Sequence
from pathlib import Path

from driftline.backtest import Backtest, PolicyOutcome
from driftline.charts.files import picture_kind, write_picture
from driftline.charts.plots import FAINT, INK

# Okabe and Ito (2008): told apart by people who see fewer colours, too.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442")


def draw(backtest: Backtest, path: Path) -> None:
    """Draw a backtest into a PNG or SVG file.

    Raises:
        PictureFormatError: `path` has another ending.
        PictureFolderError: it cannot be written.
    """
    write_picture(path, picture(backtest, picture_kind(path)))


def picture(backtest: Backtest, kind: str = "png") -> bytes:
    """Return a picture of a backtest as the bytes of a PNG or SVG file."""
    import io  # noqa: PLC0415

    from matplotlib.figure import Figure  # noqa: PLC0415  (half a second that only a picture costs)

    figure = Figure(figsize=(10, 5.6), dpi=110, layout="constrained")
    values, marks = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1 + 0.2 * len(backtest.policies)))
    styled = [(outcome, _style(place, outcome)) for place, outcome in enumerate(backtest.policies)]
    for outcome, style in styled:
        middles = [window.window.start + (window.window.end - window.window.start) / 2 for window in outcome.windows]
        shown = [float("nan") if window.value is None else window.value for window in outcome.windows]
        values.plot(middles, shown, label=_label(backtest, outcome), linewidth=1.3, **style)
    for change in backtest.policies[0].changes:
        values.axvline(change.at, color=INK, linewidth=0.8, linestyle=":")
    for row, (outcome, style) in enumerate(reversed(_retrained(styled))):
        for outcome_kind, mark in (("promoted", "o"), ("kept", "|"), ("failed", "x")):
            times = [retraining.at for retraining in outcome.retrainings if retraining.outcome == outcome_kind]
            marks.plot(times, [row] * len(times), mark, color=style["color"], markersize=4)
    names = [outcome.policy for outcome, _ in reversed(_retrained(styled))]
    marks.set_yticks(range(len(names)), names, fontsize=8)
    marks.set_xlabel("retrainings: ● promoted, | kept the champion, × failed", fontsize=8, color=INK)
    values.set_ylabel(f"{backtest.metric}, windows of {backtest.length}", fontsize=9, color=INK)
    values.set_title(f"{backtest.pipeline} {backtest.window}", fontsize=10, color=INK, loc="left")
    values.legend(fontsize=8, frameon=False, ncols=2)
    for axes in (values, marks):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8, colors=INK)
    out = io.BytesIO()
    figure.savefig(out, format=kind)
    return out.getvalue()


def _style(place: int, outcome: PolicyOutcome) -> dict[str, str]:
    if outcome.policy in {"never", "last known label"}:
        return {"color": FAINT, "linestyle": "--" if outcome.policy == "never" else ":"}
    return {"color": COLOURS[place % len(COLOURS)]}


def _retrained(styled: Sequence[tuple[PolicyOutcome, dict[str, str]]]) -> list[tuple[PolicyOutcome, dict[str, str]]]:
    return [(outcome, style) for outcome, style in styled if outcome.retrainings]


def _label(backtest: Backtest, outcome: PolicyOutcome) -> str:
    value = outcome.value(backtest.metric)
    return outcome.policy if value is None else f"{outcome.policy}  {value:.3f}"

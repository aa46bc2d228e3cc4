"""The Python source of a declaration."""

import json
from collections.abc import Iterator, Mapping
from textwrap import wrap

from driftline.metrics import Task
from driftline.starter.choices import SHARE, Choices, StreamChoice
from driftline.starter.stream import MONTHLY, WEEKLY

WIDTH = 110  # of a comment


def declaration_source(name: str, choices: Choices) -> str:
    """Return the file `assets/NAME.py`: a dataset function and a pipeline, each choice with its reason."""
    names = ["DataDrift", "LightGBM", "ModelPipeline", "PerformanceDrift", "Promote", "Retrain", "Target", "Window"]
    if choices.stream is None:
        names = [one for one in names if one != "PerformanceDrift"] + ["RandomShare"]
    else:
        names += [choices.stream.cut.calendar.name, "GroundTruth", "Newest", *_recovery_names(choices.stream)]
    lines = [
        f'"""The pipeline `{name}` as `driftline init` declared it: read each choice, change what you know better."""',
        "",
        "from pathlib import Path",
        "",
        "import pandas as pd",
        "",
        "from driftline import (",
        *(f"    {one}," for one in sorted(names)),
        ")",
        "",
        f"TABLE = Path({_text(str(choices.table.path))})",
        "",
        "",
        *_reader(name, choices),
        "",
        "",
        f"{name} = ModelPipeline(",
        *(f"    {line}" for line in _arguments(name, choices)),
        ")",
        "",
    ]
    return "\n".join(lines)


def _reader(name: str, choices: Choices) -> Iterator[str]:
    stream = choices.stream
    yield f"def read_{name}(window: Window | None) -> pd.DataFrame:"
    returned = "all rows" if stream is None else "the rows of `window`, or all where it is None"
    yield f'    """Return {returned}. A database or a service does as well as a file."""'
    if stream is None:
        yield f"    return {_read_call(choices)}"
        return
    time = _text(stream.time_column)
    yield f"    table = {_read_call(choices)}"
    if stream.times.is_naive:
        yield "    # Times without a zone are taken as UTC."
    yield f"    table[{time}] = {stream.times.code}"
    if stream.lacks_times:
        yield f"    table = table.dropna(subset=[{time}])"
    if stream.number is not None:
        yield "    # No column tells rows of one time apart: they are numbered."
        yield f'    table["{stream.number}"] = table.groupby({time}).cumcount()'
    yield f"    return table if window is None else table[window.contains(table[{time}])]"


def _read_call(choices: Choices) -> str:
    if choices.table.options is None:
        return "pd.read_parquet(TABLE)" + (".reset_index()" if choices.table.has_index else "")
    options = "".join(f", {key}={_value(value)}" for key, value in choices.table.options.items())
    return f"pd.read_csv(TABLE{options})"


def _arguments(name: str, choices: Choices) -> Iterator[str]:
    target, stream = choices.target, choices.stream
    yield f"name={_text(name)},"
    yield f"dataset=read_{name},"
    yield from _comment(target.reason)
    kind = f"task={_text(str(target.task))}" if target.task is not Task.BINARY else ""
    kind = kind or f"positive_class={_value(target.positive_class)}"
    yield f"target=Target({_text(target.column)}, {kind}),"
    yield "trainer=LightGBM(),  # or Sklearn(estimator), with any classifier or regressor of scikit-learn"
    yield f"metrics=({', '.join(map(_text, target.metrics))}),  # the first one decides between two models"
    if choices.ignored:
        yield "ignore=("
        for column, reason in choices.ignored.items():
            yield f"    {_text(column)},  # {reason}"
        yield "),"
    for column in choices.telling:
        yield from _comment(
            f"Each value of {_text(column)} goes with one label only. If it is not known before the label, ignore it."
        )
    yield from _of_table(choices.seed) if stream is None else _of_stream(stream, target.metrics[0])
    yield "promote=Promote(confidence=0.95),  # a challenger must be significantly better on the same holdout"


def _of_table(seed: int) -> Iterator[str]:
    drawn = f"share={SHARE}" if seed == 0 else f"share={SHARE}, seed={seed}"
    yield f"holdout=RandomShare({drawn}),  # never trained on; both models are scored on it"
    yield "drift=(DataDrift(),),  # columns that differ from what the champion was trained on"
    yield 'retrain=Retrain(schedule="0 6 * * 1"),  # Mondays at 6:00 UTC, on what the table holds then'


def _of_stream(stream: StreamChoice, metric: str) -> Iterator[str]:
    cut = stream.cut
    if stream.time_column != "time":
        yield f"time_column={_text(stream.time_column)},"
    key = stream.entity or stream.number
    if key is not None:
        yield f"entity=({_text(key)},),  # tells rows of one time apart; not learnt from"
    for note in cut.notes:
        yield from _comment(note)
    end = "" if cut.end is None else f", end={_text(cut.end)}"
    ends = "" if cut.end is None else " The table ends where the stream does: give up `end` once new rows come."
    said = (
        f"{cut.rows:,} rows in a typical {cut.calendar.unit}. The first model learns from what lies before the start."
    )
    yield from _comment(said + ends)
    yield f"partitions={cut.calendar.name}({_text(cut.start)}{end}),"
    yield f"training_window={_text(cut.training_window)},"
    yield f"holdout=Newest(duration={_text(cut.holdout)}),  # of these: never trained on; both models are scored on it"
    yield f"ground_truth=GroundTruth(delay={_text(cut.delay)}),  # how long after the event is the label known?"
    window = f"window={_text(cut.window)}"
    yield f"drift=(PerformanceDrift({_text(metric)}, {window}), DataDrift({window})),"
    trigger = f"trigger=Recovery({window}, long_window={_text(f'{4 * int(cut.window[:-1])}d')})"
    given = trigger if _recovery_names(stream) else ""
    yield from _comment(
        "Looks for a better model when the level that was reached is lost; schedule=... adds fixed times."
    )
    yield f"retrain=Retrain({given}),"


def _recovery_names(stream: StreamChoice) -> list[str]:
    """Return the import of the rule of health, where partitions are longer than its usual windows are made for."""
    return ["Recovery"] if stream.cut.calendar in {WEEKLY, MONTHLY} else []


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in wrap(text, WIDTH, break_on_hyphens=False)]


def _text(text: str) -> str:
    """Return a Python literal in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | Mapping) else repr(value)

"""Writes docs/reference.md from the docstrings: `python -m tests.docs.reference > docs/reference.md`."""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from textwrap import shorten
from typing import Any

import driftline

HEAD = """# Reference

What a project declares and what a script asks for, all of it by `from driftline import ...`. This page is made from the
docstrings by `python -m tests.docs.reference > docs/reference.md`. An argument without a default must be given.
"""
LONGEST_DEFAULT = 60  # characters; a longer one is cut
PARTS = {
    "The declaration": ("ModelPipeline", "Target"),
    "Time": ("Hourly", "Daily", "Weekly", "Monthly", "Window"),
    "Rows that are never trained on": ("RandomShare", "Newest", "SplitColumn"),
    "What must hold of the rows": (
        "AcceptedRange",
        "AcceptedValues",
        "Unique",
        "MissingShare",
        "RowCount",
        "Freshness",
    ),
    "Trainers": ("LightGBM", "XGBoost", "Sklearn", "Blend"),
    "Searches for hyperparameters": ("Search", "Between", "OneOf", "SearchResult"),
    "Labels": ("GroundTruth",),
    "What counts as drift": ("PerformanceDrift", "DataDrift", "PredictionDrift", "MultivariateDrift"),
    "When to retrain": ("Retrain", "Recovery", "RetrainTrigger", "Choice"),
    "When to promote": ("Promote",),
    "Being told": ("Alert",),
    "Tracking": ("start_run", "set_experiment", "active_run", "current_run", "end_run", "change_run", "Budget"),
    "What a run logs": (
        "log_param",
        "log_params",
        "log_metric",
        "log_metrics",
        "set_tag",
        "set_tags",
        "log_input",
        "log_model",
        "register_model",
        "log_artifact",
        "log_artifacts",
        "log_text",
        "log_dict",
        "log_table",
        "log_figure",
    ),
    "What was tracked": ("search_runs", "get_run", "compare_runs", "leaderboard", "metric_histories"),
    "In scripts": ("open_workspace", "Workspace", "load_model", "add_ground_truth", "measure_window"),
    "Trainings that log themselves": ("autolog", "MetricsCallback"),
}
_SECTION = re.compile(r"^(Attributes|Args|Raises|Returns|Yields|Source|Example|Examples):$", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}(\w+)(?: \([^)]*\))?: ", re.MULTILINE)


def reference() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(line for part, names in PARTS.items() for line in _part(part, names))])


def _part(title: str, names: tuple[str, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    for name in names:
        yield from _entry(name, getattr(driftline, name))


def _entry(name: str, documented: Any) -> Iterator[str]:
    text = inspect.getdoc(documented) or ""
    sections = _sections(text)
    yield f"### {name}\n"
    yield sections[""].strip() + "\n"
    arguments = sorted(_arguments(documented), key=lambda one: one[1] is not None)  # what must be given comes first
    described = _described(sections.get("Attributes", "") + sections.get("Args", ""))
    for base in getattr(documented, "__mro__", [])[1:]:  # what a base class says of its own
        described = _described(_sections(inspect.getdoc(base) or "").get("Attributes", "")) | described
    rows = [(argument, default, described.get(argument, "")) for argument, default in arguments]
    if rows:
        yield "| argument | default | |\n|---|---|---|"
        for argument, default, words in rows:
            shown = "" if default is None else f"`{shorten(default, LONGEST_DEFAULT, placeholder=' ...')}`"
            yield f"| `{argument}` | {shown} | {words.replace('|', '&#124;')} |"
        yield ""


def _sections(text: str) -> dict[str, str]:
    parts = _SECTION.split(text)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def _described(body: str) -> dict[str, str]:
    parts = _ENTRY.split(body)
    return {name: " ".join(words.split()) for name, words in zip(parts[1::2], parts[2::2], strict=True)}


def _arguments(documented: Any) -> Iterator[tuple[str, str | None]]:
    if is_dataclass(documented):
        for field in fields(documented):
            if field.init:
                yield field.name, _default(field)
    else:
        for name, parameter in inspect.signature(documented).parameters.items():
            yield name, None if parameter.default is parameter.empty else repr(parameter.default)


def _default(field: Field[Any]) -> str | None:
    if field.default is not MISSING:
        return repr(field.default)
    if field.default_factory is not MISSING:
        made = field.default_factory()
        return repr(dict(made)) if isinstance(made, Mapping) else f"{type(made).__name__}()"
    return None


if __name__ == "__main__":
    sys.stdout.write(reference())

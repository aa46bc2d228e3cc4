"""What a user writes that could be built, and would fail later or never say that it does nothing."""

import re
from collections.abc import Iterator

from driftline.datasets import Newest, SplitColumn
from driftline.declaration.declaration import Declaration
from driftline.metrics import Task, metric
from driftline.quality import Freshness, MissingShare, QualityRule

_OWNER = re.compile(r"team:.+|[^@\s]+@[^@\s]+\.[^@\s]+")


def faults(pipeline: Declaration, *, dataset: object, trainer: object) -> Iterator[str]:
    """Give what is wrong with a declaration and its code: parts of a sentence, with what to write instead."""
    yield from _code(pipeline, dataset, trainer)
    yield from _metrics(pipeline)
    yield from _columns(pipeline)
    yield from _rows(pipeline)
    yield from _quality(pipeline)
    for owner in pipeline.owners:
        if not _OWNER.fullmatch(str(owner)):
            yield f"its owner {owner!r} is neither an e-mail address nor a team, as 'team:risk'"


def _code(pipeline: Declaration, dataset: object, trainer: object) -> Iterator[str]:
    if not callable(dataset):
        yield f"its dataset is {dataset!r}: give the function that reads the rows of a window"
    parts = (
        ("trainer", trainer, "fit", "LightGBM()"),
        ("holdout", pipeline.holdout, "split", "RandomShare(share=0.2)"),
    )
    for name, value, verb, example in parts:
        if isinstance(value, type):
            yield f"its {name} is the class {value.__name__}: write a value of it, as {example}"
        elif not callable(getattr(value, verb, None)):
            yield f"its {name} is {value!r}, which has no {verb}: write one, as {example}"
    for rule in pipeline.drift:
        if isinstance(rule, type) or not hasattr(rule, "findings"):
            shown = rule.__name__ if isinstance(rule, type) else repr(rule)
            yield f"it watches drift by {shown}, which is no rule: write one, as DataDrift()"


def _metrics(pipeline: Declaration) -> Iterator[str]:
    """Give metrics that no task, or not the declared one, has, and a floor that none of their values reaches."""
    tasks = [pipeline.target.declared_task] if pipeline.target.declared_task else list(Task)
    fitting = [task for task in tasks if all(task in metric(name).tasks for name in pipeline.metrics)]
    if not fitting:
        said = {name: " and ".join(sorted(metric(name).tasks)) for name in pipeline.metrics}
        wanted = ", ".join(f"{name!r} for {tasks}" for name, tasks in said.items())
        task = "any one task" if pipeline.target.declared_task is None else f"its task {pipeline.target.declared_task}"
        yield f"its metrics are not all defined for {task}, but {wanted}"
    first = metric(pipeline.metrics[0])
    if pipeline.floor is not None and first.unit_interval and not 0.0 <= pipeline.floor <= 1.0:
        yield f"its floor {pipeline.floor!r} is no value of {first.name}, which lies between 0 and 1"


def _columns(pipeline: Declaration) -> Iterator[str]:
    roles = {pipeline.target.column: "target", **dict.fromkeys(pipeline.entity, "entity")}
    if pipeline.partitions.is_stream:
        roles[pipeline.time_column] = "time_column"
    elif pipeline.entity:
        yield "its entity tells rows of the same time apart, which only a stream has: name the column in ignore instead"
    roles |= dict.fromkeys(pipeline.slices, "slices")
    checked = (name for rule in pipeline.quality if isinstance(rule, QualityRule) for name in rule.column_names)
    roles = {**dict.fromkeys(checked, "quality rules"), **roles}
    if isinstance(pipeline.holdout, SplitColumn):
        roles[pipeline.holdout.column] = "holdout"
    for name in pipeline.ignore:
        if name in roles or name in pipeline.features:
            yield f"it ignores {name!r}, which is among its {roles.get(name, 'features')}"
    for name in pipeline.features:
        if roles.get(name) in {"target", "time_column", "holdout"}:
            yield f"its feature {name!r} is its {roles[name]}"


def _rows(pipeline: Declaration) -> Iterator[str]:
    holdout = pipeline.holdout
    if isinstance(holdout, Newest) and pipeline.partitions.is_stream and pipeline.training_length <= holdout.length:
        yield (
            f"its training_window of {pipeline.training_window} leaves nothing to learn from beside its holdout of "
            f"{holdout.duration}"
        )


def _quality(pipeline: Declaration) -> Iterator[str]:
    """Give quality rules that are none, that are there twice, and that could never be kept or never be broken."""
    strange = [rule for rule in pipeline.quality if not isinstance(rule, QualityRule)]
    for rule in strange:
        shown = rule.__name__ if isinstance(rule, type) else repr(rule)
        yield f"its quality has {shown}, which is no rule: write one, as RowCount(min_rows=1000)"
    names = [rule.check_name for rule in pipeline.quality if rule not in strange]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"two of its quality rules are the check {name!r}: give one up, or another name, as name='second_check'"
    stream = pipeline.partitions.is_stream
    left_out = {pipeline.target.column: "target", **({pipeline.time_column: "time_column"} if stream else {})}
    for rule in pipeline.quality:
        if isinstance(rule, MissingShare) and rule.column in left_out:
            role = left_out[rule.column]
            yield f"its MissingShare of {rule.column!r} is never broken, since rows without its {role} are left out"
        if isinstance(rule, Freshness) and rule.column is None:
            yield from _event_freshness(pipeline, rule)


def _event_freshness(pipeline: Declaration, rule: Freshness) -> Iterator[str]:
    if not pipeline.partitions.is_stream:
        yield "its Freshness names no column, and a table has no event time: name one, as column='updated_at'"
    elif rule.longest_age >= pipeline.training_length:
        window = pipeline.training_window
        yield f"its Freshness of {rule.max_age} is never broken, since no row is read that is older than {window}"

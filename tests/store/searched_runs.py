"""Two dozen runs that differ in all that a search may ask for, and what a filter means of them, said in Python."""

import json
import operator
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from driftline.filters import (
    Aggregate,
    And,
    Attribute,
    Membership,
    Metric,
    Not,
    Operator,
    Or,
    Param,
    Presence,
    Tag,
)
from driftline.store.dataset_rows import DatasetVersion
from driftline.store.metric_rows import MetricSummary
from driftline.store.model_rows import ModelVersionRow, RegisteredModel
from driftline.store.param_rows import LoggedKey
from driftline.store.param_rows import Param as ParamRow
from driftline.store.param_rows import Tag as TagRow
from driftline.store.run_conditions import PARTITION_TAG, AliasHolder
from driftline.store.run_rows import Experiment, Run, RunInput, RunStatus

START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ["auc", "loss", "lr", "model", "deep", "team", "loss.max", PARTITION_TAG]
EXPERIMENTS = ["income", "fires"]
COMPARED = {
    Operator.EQUAL: operator.eq, Operator.NOT_EQUAL: operator.ne, Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le, Operator.GREATER: operator.gt, Operator.GREATER_OR_EQUAL: operator.ge,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A run: what attributes, params, metrics (by key and aggregate) and tags it has."""

    number: int
    attributes: dict[Attribute, Any]
    params: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, dict[Aggregate, float | None]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def made(number: int) -> Searched:
    """The run of a number: each property has a period of its own, and is missing now and then."""
    start = START + timedelta(hours=number // 2)  # two start at once
    end = None if number % 5 == 0 else start + timedelta(seconds=number % 4 * 10 + 0.25)
    last = None if number % 6 == 0 else number % 7 / 10
    metrics = {"auc": summary(last, count=number % 3 + 1)} if number % 4 else {}
    if number % 3:
        metrics["loss"] = summary(float(number % 2))
    if number % 11 == 0:
        metrics["loss.max"] = summary(5.0)
    params: dict[str, Any] = {"lr": [0.1, 0.01, "0.1", 3, True, "adam"][number % 6]} if number % 8 else {}
    params |= {
        "model": ["tree", "Tree", "forest%", "x" * 499 + "é" * (number % 3)][number % 4],
        "deep": number % 2 == 0,
    }
    tags = {"team": "ab*"[number % 3]} if number % 2 else {}
    tags |= {PARTITION_TAG: f"2026-01-0{number % 4 + 1}"} if number % 4 else {}
    return Searched(
        number=number,
        params=params,
        metrics=metrics,
        tags=tags,
        attributes={
            Attribute.RUN_ID: f"{number * 7919 % 1000:03}abc",
            Attribute.RUN_NAME: ["Fast", "fast", "slow_1", "slow-2"][number % 4],
            Attribute.EXPERIMENT: EXPERIMENTS[number % 2],
            Attribute.STATUS: list(RunStatus)[number % 5],
            Attribute.USER_ID: "ann" if number % 3 else "bob",
            Attribute.START_TIME: start,
            Attribute.END_TIME: end,
            Attribute.DURATION: (end - start).total_seconds() if end else None,
            Attribute.ARCHIVED: number % 9 == 0,
            Attribute.PARENT: f"{(number - 1) * 7919 % 1000:03}abc" if number % 4 == 1 else None,
            Attribute.GIT_COMMIT: "c0ffee" if number % 2 else None,
            Attribute.DAGSTER_RUN_ID: f"dagster-{number % 3}" if number % 3 else None,
            Attribute.PARTITION: tags.get(PARTITION_TAG),
            Attribute.MODEL: ["income"] if number == 3 else ["fires"] if number in {4, 5} else [],
            Attribute.ALIAS: ["champion", "fires@champion"] if number == 5 else [],
            Attribute.DATASET_NAME: [f"d{number % 2}", "d2"] if number % 3 == 0 else [],
            Attribute.DATASET_DIGEST: [f"digest{number % 2}", "digest2"] if number % 3 == 0 else [],
            Attribute.DATASET_ROLE: ["training", "holdout"] if number % 3 == 0 else [],
        },
    )


def summary(last: float | None, *, count: int = 1) -> dict[Aggregate, float | None]:
    known = (
        {Aggregate.FIRST: 0.5, Aggregate.MIN: 0.0, Aggregate.MAX: 0.9, Aggregate.MEAN: 0.4} if last is not None else {}
    )
    return {**dict.fromkeys(Aggregate), Aggregate.COUNT: float(count), Aggregate.LAST: last, **known}


RUNS = [made(number) for number in range(1, 25)]
HOLDERS = (AliasHolder(model="fires", alias="champion", run_id=RUNS[4].attributes[Attribute.RUN_ID]),)


def store(session: Any) -> None:
    """Store the runs."""
    session.add_all(Experiment(id=n, name=name, created_at=START) for n, name in enumerate(EXPERIMENTS, start=1))
    session.add_all(LoggedKey(id=n, name=name) for n, name in enumerate(KEYS, start=1))
    session.add_all(
        DatasetVersion(
            id=n + 1, dataset=f"d{n}", digest=f"digest{n}", columns=[], statistics=[], row_count=1, artifact_digest="a",
            created_at=START,
        )
        for n in range(3)
    )  # fmt: skip
    session.add_all(RegisteredModel(id=n, name=name, created_at=START) for n, name in enumerate(EXPERIMENTS, start=1))
    session.flush()
    session.add_all(map(run_row, RUNS))
    session.flush()
    for run in RUNS:
        session.add_all(logged_rows(run))


def run_row(run: Searched) -> Run:
    of = run.attributes
    return Run(
        id=run.number,
        run_id=of[Attribute.RUN_ID],
        experiment_id=EXPERIMENTS.index(of[Attribute.EXPERIMENT]) + 1,
        name=of[Attribute.RUN_NAME],
        status=of[Attribute.STATUS],
        user_name=of[Attribute.USER_ID],
        started_at=of[Attribute.START_TIME],
        ended_at=of[Attribute.END_TIME],
        archived_at=START if of[Attribute.ARCHIVED] else None,
        parent_run_id=of[Attribute.PARENT],
        git_commit=of[Attribute.GIT_COMMIT],
        dagster_run_id=of[Attribute.DAGSTER_RUN_ID],
    )


def logged_rows(run: Searched) -> list[Any]:
    key = {name: number for number, name in enumerate(KEYS, start=1)}
    run_id = run.attributes[Attribute.RUN_ID]
    rows: list[Any] = [
        ParamRow(
            run=run.number,
            key=key[name],
            number=None if isinstance(value, str) else float(value),
            text=(value if isinstance(value, str) else str(value))[:500],
            value=value,
        )
        for name, value in run.params.items()
    ]
    rows += [TagRow(run=run.number, key=key[name], text=value, rest="") for name, value in run.tags.items()]
    for name, values in run.metrics.items():
        of = {str(aggregate): value for aggregate, value in values.items()}
        steps = dict.fromkeys(("first_step", "first_us", "last_step", "last_us", "min_step", "max_step"), 0)
        rows.append(MetricSummary(run=run.number, key=key[name], finite_count=1, **of, **steps))
    rows += [
        RunInput(run_id=run_id, dataset_version_id=int(name[1:]) + 1, role=role)
        for name, role in zip(run.attributes[Attribute.DATASET_NAME], ("training", "holdout"), strict=False)
    ]
    rows += [
        ModelVersionRow(
            model_id=EXPERIMENTS.index(model) + 1, version=run.number, run_id=run_id, digest="d", flavor="f",
            signature=[], trained_through=START, created_at=START,
        )
        for model in run.attributes[Attribute.MODEL]
    ]  # fmt: skip
    return rows


def values_of(run: Searched, of: Any) -> list[Any]:
    """The values of a field: none, one, or several."""
    match of:
        case Metric(key=key, aggregate=aggregate):
            return [run.metrics[key][aggregate]] if key in run.metrics else []
        case Param(key=key):
            return [run.params[key]] if key in run.params else []
        case Tag(key=key):
            return [run.tags[key]] if key in run.tags else []
    value = run.attributes[of]
    return value if isinstance(value, list) else [] if value is None else [value]


def meets(run: Searched, condition: Any) -> bool:
    """Whether a filter holds of a run."""
    match condition:
        case And(terms=terms):
            return all(meets(run, term) for term in terms)
        case Or(terms=terms):
            return any(meets(run, term) for term in terms)
        case Not(term=term):
            return not meets(run, term)
    found = values_of(run, condition.field)
    if isinstance(condition, Presence):
        return any(value is not None for value in found) is not condition.is_missing
    tests = [compares(condition, one) for one in found]
    every = condition.field is Attribute.ALIAS and is_negative(condition)  # a holder has two names for an alias
    return bool(tests) and all(tests) if every else any(tests)


def is_negative(condition: Any) -> bool:
    if isinstance(condition, Membership):
        return condition.is_negated
    return condition.operator in {Operator.NOT_EQUAL, Operator.NOT_LIKE, Operator.NOT_ILIKE}


def compares(condition: Any, one: Any) -> bool:
    """Whether a value meets a comparison or is a member."""
    of = condition.field
    if isinstance(condition, Membership):
        return any(is_equal(of, one, value) for value in condition.values) is not condition.is_negated
    compared, value = condition.operator, condition.value
    if compared in {Operator.EQUAL, Operator.NOT_EQUAL}:
        return is_equal(of, one, value) is (compared is Operator.EQUAL)
    if one is None:
        return False
    if compared in COMPARED:
        return isinstance(one, str) is isinstance(value, str) and COMPARED[compared](start(of, one), start(of, value))
    parts = (re.escape(part).replace("_", ".") for part in value.split("%"))
    flags = re.IGNORECASE | re.ASCII if "ILIKE" in compared else re.NOFLAG
    text = start(of, str(one))
    return bool(re.fullmatch(".*".join(parts), text, flags | re.DOTALL)) is not is_negative(condition)


def start(of: Any, value: Any) -> Any:
    """What stands of a param or a tag where searches compare it."""
    return value[:500] if isinstance(of, Param | Tag) and isinstance(value, str) else value


def is_equal(of: Any, one: Any, value: Any) -> bool:
    if one is None:
        return False
    if isinstance(of, Param):
        if isinstance(value, bool):
            return one is value
        if isinstance(value, float):
            return not isinstance(one, str) and float(one) == value
        return (one if isinstance(one, str) else json.dumps(one) if isinstance(one, list) else str(one)) == value
    return one == value


def sort_key(run: Searched, order: Any) -> tuple[Any, ...]:
    """The place of a run in an order: what is missing comes last, and of equal runs the newer one first."""
    keys: list[Any] = []
    for one in order:
        sign = -1 if one.is_descending else 1
        [value] = values_of(run, one.field) or [None]
        value = start(one.field, value)
        parts = [value]
        if isinstance(one.field, Param):
            is_text = isinstance(value, str)
            parts = [None if value is None or is_text else float(value), value if is_text else None]
        for part in parts:
            ranked = [ord(letter) * sign for letter in part] if isinstance(part, str) else part
            if isinstance(part, datetime):
                ranked = part.timestamp() * sign
            elif isinstance(part, bool | int | float):
                ranked = float(part) * sign
            if isinstance(part, str) and one.is_descending:
                ranked = [*ranked, 1]
            keys.append((part is None, ranked if part is not None else 0))
    return (*keys, -run.number)

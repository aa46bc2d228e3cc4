"""Quality rules: what breaks each of them, what they say of missing values, and what they cannot be asked of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline import AcceptedRange, AcceptedValues, Freshness, MissingShare, RowCount, Unique
from driftline.clock import InvalidTimeError
from driftline.declaration import FORMAT, describe, read_declaration
from driftline.declaration.description import UnknownPart
from driftline.quality import CheckedRows, QualityRule, RuleResult, check_rules
from driftline.quality.errors import InvalidQualityRuleError
from tests.streams import day, persons

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
FRAME = pd.DataFrame(
    {
        "age": [17, 30, 120, -1, 40],
        "share": [0.5, np.nan, np.inf, 0.1, 1.0],
        "count": pd.array([1, 2, None, 9, 2], dtype="Int64"),
        "job": ["clerk", None, "driver", "pilot", "clerk"],
        "kind": pd.Categorical(["a", "b", None, "c", "a"]),
        "open": [True, False, True, True, False],
        "local": pd.to_datetime(["2025-01-01", "2025-01-02", None, "2025-03-01", "2025-02-01"]),
        "when": pd.to_datetime(["2025-01-01", "2025-01-02", None, "2025-03-01", "2025-02-01"], utc=True),
        "nothing": [None] * 5,
        "odd": [{}] * 5,
    },
    index=[10, 11, 12, 13, 14],
)


def found(rule, frame=FRAME, *, as_of=NOON, time_column=None):
    [result] = check_rules([rule], CheckedRows(frame=frame, source=frame, as_of=as_of, time_column=time_column))
    return result


def broken(rule, frame=FRAME):
    """The rows that a rule names, and how many there are."""
    result = found(rule, frame)
    return [int(example.row) for example in result.examples], result.broken_count


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        (AcceptedRange("age", min_value=17, max_value=90), [12, 13]),
        (AcceptedRange("age", min_value=17), [13]),
        (AcceptedRange("age", max_value=2**70), []),
        (AcceptedRange("share", max_value=1), [12]),  # an infinity is a value, and a missing one is not out of range
        (AcceptedRange("share", min_value=0.2), [13]),
        (AcceptedRange("count", max_value=2.5), [13]),
        (AcceptedRange("when", min_value="2025-01-02", max_value="2025-02-28T12:00:00+01:00"), [10, 13]),
        (AcceptedRange("when", max_value=day("2025-02-01")), [13]),
        (AcceptedRange("local", min_value="2025-01-02", max_value="2025-02-28T12:00:00"), [10, 13]),
        (AcceptedRange("nothing", min_value=0), []),
        (AcceptedValues("job", values=("clerk", "driver")), [13]),
        (AcceptedValues("kind", values=["a"]), [11, 13]),
        (AcceptedValues("count", values=(1.0, 2)), [13]),
        (AcceptedValues("open", values=(True,)), [11, 14]),
        (AcceptedValues("open", values=(1, 0)), [10, 11, 12, 13, 14]),  # a boolean is no number
        (AcceptedValues("age", values=("17", "30")), [10, 11, 12, 13, 14]),
        (AcceptedValues("nothing", values=("a",)), []),
        (Unique("job"), [10, 14]),  # as in SQL, what is missing equals nothing
        (Unique(("open", "count")), [11, 14]),
        (Unique(("job", "kind", "age")), []),
    ],
    ids=lambda value: value.check_name if hasattr(value, "check_name") else "",
)
def test_a_rule_names_the_rows_that_break_it(rule, rows):
    assert broken(rule) == (rows, len(rows))
    assert found(rule).passed is not bool(rows)
    assert found(rule, FRAME.head(0)).passed


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            AcceptedRange("age", min_value=17, max_value=90),
            "2 of 5 rows have a value of 'age' that is not from 17 to 90: 120 in row 12, -1 in row 13. Correct",
        ),
        (
            AcceptedValues("job", values=("clerk", "driver")),
            "1 of 5 rows has a value of 'job' that is not accepted: 'pilot'",
        ),
        (Unique(("open", "count")), "2 of 5 rows have the same 'open', 'count' as another row: (False, 2) in row 11, "),
        (
            MissingShare("job", max_share=0.1),
            "1 of 5 rows has no value of 'job', which is 20 %, and at most 10 % are accepted, the first in row 11.",
        ),
        (RowCount(min_rows=6), "5 rows were read that can be trained on, and there must be at least 6 rows."),
        (RowCount(max_rows=4), "at most 4 rows"),
        (
            Freshness(max_age="12h", column="when"),
            "The newest 'when' is 2025-03-01T00:00Z, 12:30:00 before 2025-03-01T12:30Z, and at most 12h are accepted.",
        ),
        (
            AcceptedRange("agee", min_value=0),
            "The column 'agee' is not in the table, which has 10 columns. Did you mean 'age'?",
        ),
        (AcceptedRange("job", min_value=0), "The column 'job' holds str, and a range is one of numbers or times."),
        (AcceptedRange("open", min_value=0), "The column 'open' holds bool"),
        (AcceptedRange("age", min_value="2025-01-01"), "cannot be compared with the bound '2025-01-01'"),
        (AcceptedRange("when", min_value=3), "which cannot be compared with the bound 3"),
        (AcceptedRange("when", min_value="2025-01-01T12:00:00"), "Declare numbers for numbers, and times with a zone"),
        (AcceptedRange("local", min_value="2025-01-01T12:00:00Z"), "datetime64[us], which cannot be compared"),
        (Freshness(max_age="1d", column="local"), "holds datetime64[us], not times with a zone"),
        (Freshness(max_age="1d", column="nothing"), "No row has a time in the column 'nothing'."),
        (Freshness(max_age="1d"), "a table has no event time. Declare its column."),
        (Unique("odd"), "The column 'odd' holds dict"),
        (AcceptedValues("odd", values=("a",)), "The column 'odd' holds dict"),
    ],
)
def test_a_broken_rule_says_why_and_what_to_do(rule, said):
    result = found(rule, as_of=NOON + timedelta(minutes=30))
    assert said in result.message
    assert not result.passed


def test_a_share_that_is_reached_is_accepted_and_counted_all_the_same():
    result = found(MissingShare("job", max_share=0.2))
    assert (result.passed, result.broken_count, result.broken_share) == (True, 1, 0.2)
    assert found(MissingShare("share", max_share=0)).broken_count == 1


def test_the_age_is_that_of_the_newest_row_that_was_read_labelled_or_not():
    rule = Freshness(max_age="1d")
    unlabelled = CheckedRows(frame=FRAME.head(2), source=FRAME, as_of=NOON, time_column="when")
    [result] = check_rules([rule], unlabelled)
    assert (result.passed, result.measured) == (True, {"newest": "2025-03-01T00:00Z", "age": "12:00:00"})
    assert not found(rule, FRAME.head(2), time_column="when").passed
    assert found(rule, as_of=day("2025-02-01"), time_column="when").passed  # newer than what is looked back from


def test_values_are_shown_bounded_and_without_what_a_terminal_obeys():
    frame = pd.DataFrame({"job": ["x" * 500, "\x1b[31mred", "a\0b", "d", "e", "f", "g"]})
    result = found(AcceptedValues("job", values=("clerk",)), frame)
    assert (result.broken_count, len(result.examples)) == (7, 5)
    assert len(result.examples[0].value) < 70
    assert [example.value for example in result.examples[1:3]] == ["'\\x1b[31mred'", "'a\\x00b'"]


def test_two_columns_of_one_name_are_a_broken_rule():
    assert "Several columns are named 'a'" in found(Unique("a"), pd.DataFrame([[1, 2]], columns=["a", "a"])).message


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: RowCount(min_rows=1, severity="fatal"), "severity='fatal'. Give it 'error' or 'warn'."),
        (lambda: RowCount(min_rows=1, name="a b"), "name='a b'. Give it letters, digits and underscores"),
        (lambda: RowCount(min_rows=1, name="quality"), "driftline's own check"),
        (lambda: AcceptedRange("a"), "min_value=None. Give it a bound, or a max_value, or both"),
        (
            lambda: AcceptedRange("a", min_value=2, max_value=1),
            "max_value=1. Give it a bound that is not below its min_value 2",
        ),
        (lambda: AcceptedRange("a", min_value="2025-01-02", max_value="2025-01-01"), "not below"),
        (lambda: AcceptedRange("a", min_value=1, max_value="2025-01-01"), "of the same kind"),
        (lambda: AcceptedRange("a", min_value=np.nan), "a finite number"),
        (lambda: AcceptedRange("a", min_value=pd.NaT), "a finite number, or a time"),
        (lambda: AcceptedRange("a", min_value=True), "a finite number"),
        (lambda: AcceptedRange("a", min_value="soon"), "min_value='soon'"),
        (lambda: AcceptedRange("", min_value=1), "column=''. Give it the name of a column"),
        (lambda: AcceptedValues("a", values=()), "values=()"),
        (lambda: AcceptedValues("a", values="abc"), "values='abc'. Give it a tuple"),
        (lambda: AcceptedValues("a", values=("a", None)), "MissingShare is for what is missing"),
        (lambda: AcceptedValues("a", values=(1.0, np.nan)), "MissingShare is for what is missing"),
        (lambda: AcceptedValues("a", values=("a", "a")), "each value once"),
        (lambda: Unique(()), "columns=()"),
        (lambda: Unique(("a", "a")), "each name once"),
        (lambda: Unique((1,)), "column=1"),
        (lambda: MissingShare("a", max_share=1.5), "max_share=1.5"),
        (lambda: MissingShare("a", max_share=-0.1), "max_share=-0.1"),
        (lambda: MissingShare("a", max_share=1), "since 1 is always kept"),
        (lambda: MissingShare("a", max_share="5%"), "a share from 0 to 1"),
        (RowCount, "min_rows=None"),
        (lambda: RowCount(min_rows=0), "min_rows=0"),
        (lambda: RowCount(min_rows=9, max_rows=8), "not below its min_rows 9"),
        (lambda: Freshness(max_age="1d", column=3), "column=3"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_when_it_is_written(make, said):
    with pytest.raises(InvalidQualityRuleError) as refused:
        make()
    assert said in str(refused.value)


def test_an_age_is_a_duration():
    with pytest.raises(InvalidTimeError, match="'soon' is not a positive duration"):
        Freshness(max_age="soon")


def test_a_check_is_named_by_its_kind_and_columns_unless_it_has_a_name():
    rules = (
        AcceptedRange("hours-per-week", min_value=1),
        AcceptedRange("hours-per-week", min_value=1, severity="warn"),
        Unique(("time", "station")),
        RowCount(min_rows=1),
        Freshness(max_age="1d"),
        MissingShare("größe", max_share=0.1, name="size_is_known"),
    )
    assert [rule.check_name for rule in rules] == [
        "accepted_range_hours_per_week",
        "accepted_range_hours_per_week_warn",
        "unique_time_station",
        "row_count",
        "freshness",
        "size_is_known",
    ]
    assert rules[0].description == "Each value of 'hours-per-week' is 1 or more."


@dataclass(frozen=True)
class OneJob(QualityRule):
    """A rule of somebody's own."""

    kind = "one_job"
    column_names = ("job",)
    description = "There is one job."

    def check(self, rows):
        jobs = rows.frame["job"].nunique()
        return RuleResult(rule=self, message=f"There are {jobs} jobs." if jobs > 1 else None, row_count=len(rows.frame))


def test_a_rule_of_ones_own_is_checked_and_declared_like_any_other():
    assert found(OneJob()).message == "There are 3 jobs."
    pipeline = persons(quality=(OneJob(severity="warn"),))
    assert [rule.check_name for rule in pipeline.quality] == ["one_job_job_warn"]
    [read] = read_declaration(describe(pipeline), FORMAT).quality
    assert read == UnknownPart(type="OneJob", values={"severity": "warn", "name": None})


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=30), st.integers(-5, 5), st.integers(0, 5))
def test_a_range_is_kept_by_each_value_or_names_each_that_breaks_it(values, low, width):
    frame = pd.DataFrame({"a": pd.array(values, dtype="Int64")})
    expected = [value is not None and not low <= value <= low + width for value in values]
    result = found(AcceptedRange("a", min_value=low, max_value=low + width), frame)
    assert (result.broken_count, result.passed) == (sum(expected), not any(expected))

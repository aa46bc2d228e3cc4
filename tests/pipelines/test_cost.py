"""What one monitored partition costs the database."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from driftline import Retrain
from tests.histories import promote_copy
from tests.streams import fires

MOST_STATEMENTS = 26  # one of them for all partitions: which Dagster runs trained the versions


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements that driftline sends meanwhile, without those of Dagster's own store and the BEGINs."""
    sent: list[str] = []

    def note(connection, _cursor, statement, *_rest) -> None:
        if connection.engine.url.database.endswith("driftline.db") and not statement.startswith("BEGIN"):
            sent.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("retrain", [Retrain(trigger=None, choice=None), Retrain()], ids=["alerts", "recovery"])
def test_one_monitored_partition_costs_few_statements_and_reads_the_history_once(dagster, serving, retrain):
    pipeline = fires(retrain=retrain)
    dagster.run("fires_monitor", pipeline, days=("2025-02-10", "2025-02-12"))
    with statements() as sent:
        assert dagster.run("fires_monitor", pipeline, days=("2025-02-13", "2025-02-13")).success
    counts = Counter(sent)
    assert sum("FROM alias_event" in statement for statement in sent) == 1, counts
    assert sum("FROM artifact WHERE artifact.run_id IN" in statement for statement in sent) == 1, counts  # its model
    assert len(sent) <= MOST_STATEMENTS, (len(sent), counts)


def test_after_a_promotion_health_asks_three_times_more_for_what_the_other_version_says(dagster, serving):
    pipeline = fires(retrain=Retrain())
    promote_copy(serving, at="2025-02-20")
    dagster.run("fires_monitor", pipeline, days=("2025-02-10", "2025-02-22"))
    with statements() as sent:
        assert dagster.run("fires_monitor", pipeline, days=("2025-02-23", "2025-02-23")).success
    assert len(sent) <= MOST_STATEMENTS + 3, (len(sent), Counter(sent))

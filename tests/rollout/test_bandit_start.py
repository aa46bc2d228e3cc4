"""Between whom a bandit may start, and what is refused."""

from dataclasses import replace

import pytest

from driftline.datasets import Window
from driftline.declaration.errors import NotAStreamError
from driftline.predictions.traffic import splits
from driftline.registry import CHALLENGER, find_version, register, timeline
from driftline.registry import promote as promote_by_hand
from driftline.registry.errors import UnknownVersionError
from driftline.retraining import fit_model
from driftline.rollout import (
    bandit_status,
    start_bandit,
    stop_bandit,
)
from driftline.rollout.errors import BanditRunsError, InvalidRolloutError, NoBanditError
from driftline.tracking import start_run
from tests.bandits import PIPELINE, START, WHY, at, days, moves, stored_shares, watch
from tests.histories import another_version
from tests.streams import Forest, day, fires, persons


def test_a_second_bandit_of_a_model_is_refused(equal):
    another_version(equal)
    with pytest.raises(BanditRunsError, match="versions 1 and 2"):
        start_bandit(equal, PIPELINE, 3, **WHY)
    assert timeline(equal, "fires", alias=CHALLENGER).holders([day("2025-05-01")])[0].version == 2


def test_a_new_bandit_begins_where_the_old_one_ended_and_shares_keys_anew(equal):
    stop_bandit(at(equal, "2025-03-04"), "fires", **WHY)
    start_bandit(at(equal, "2025-03-03"), PIPELINE, 2, **WHY)
    watch(equal, days(START, 4))
    assert list(stored_shares(equal)) == ["2025-03-04", "2025-03-05"]
    model_id = find_version(equal, "fires").model_id
    found = splits(equal, "fires", model_id, ["2025-03-03", "2025-03-04"])
    assert found["2025-03-03"].salt != found["2025-03-04"].salt


def test_what_cannot_be_a_bandit_is_refused_and_nothing_is_stored(served):
    with pytest.raises(InvalidRolloutError, match="Version 1"):
        start_bandit(served, PIPELINE, 1, **WHY)
    with pytest.raises(UnknownVersionError, match="version 9"):
        start_bandit(served, PIPELINE, 9, **WHY)
    with pytest.raises(NotAStreamError, match="persons"):
        start_bandit(served, persons(), 1, **WHY)
    with pytest.raises(NoBanditError):
        bandit_status(served, PIPELINE)
    another_version(served)
    promote_by_hand(served, "fires", 2, at=day("2025-07-01"), **WHY)
    with pytest.raises(InvalidRolloutError, match="Version 2"):
        start_bandit(served, PIPELINE, 2, **WHY)
    assert moves(served, CHALLENGER) == []


def test_versions_that_predict_numbers_are_refused(served):
    pipeline = fires(
        target=replace(fires().target, column="wind_kmh", positive_class=None), metrics=("rmse",), drift=()
    )
    rows = Forest()(Window(day("2025-01-20"), day("2025-02-01")))
    with start_run("fires", workspace=served) as run:
        register(run, "fires", fit_model(pipeline, rows), trained_through=day("2025-02-01"))
    with pytest.raises(InvalidRolloutError, match="driftline shadow fires"):
        start_bandit(served, pipeline, 2, **WHY)

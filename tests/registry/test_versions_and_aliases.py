"""Versions are immutable, and production has one history: the events that moved its alias."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from time import sleep

import pytest

from driftline import Window, load_model
from driftline.artifacts.errors import ArtifactAlteredError
from driftline.datasets import simulate_fire_risk
from driftline.errors import ConflictError
from driftline.registry import Timeline, find_version, load_version, register, rollback, switches, timeline
from driftline.registry.errors import (
    AliasMovedError,
    HistoryRewriteError,
    InvalidModelReferenceError,
    UnknownAliasError,
    UnknownModelError,
    UnknownVersionError,
)
from driftline.store import run_rows
from driftline.tracking import start_run
from driftline.tracking.errors import FrozenArtifactError
from driftline.workspace import Workspace
from tests.histories import another_version, events, give_alias, number
from tests.streams import day

ROWS = simulate_fire_risk(Window(day("2025-02-10"), day("2025-02-11")), rows_per_day=20)


def promote(workspace, version, *, at, seen=None, alias="champion"):
    with workspace.database.transaction() as session:
        moved = {"effective_at": day(at), "recorded_at": workspace.clock(), "actor": "ann", "reason": f"since {at}"}
        return give_alias(session, version, seen=seen, alias=alias, **moved)


def test_versions_are_counted_from_one_for_each_model(served):
    assert another_version(served).version == 2
    assert another_version(served, "other").version == 1
    assert another_version(served).version == 3


def test_a_version_names_its_run_and_its_files(served):
    version = another_version(served)
    with served.database.reading() as session:
        files = [a.path for a in run_rows.of_runs(session, run_rows.Artifact, [version.run_id])[version.run_id]]
    models = [path for path in files if path.startswith("model/")]
    assert models == ["model/example.json", "model/model.json", "model/model.txt"]
    assert version.digest == find_version(served, "fires/1").digest
    assert [column["name"] for column in version.signature][:2] == ["temperature_c", "humidity_pct"]


def test_the_first_promotion_needs_nobody_before(served):
    version = another_version(served, "other")
    event = promote(served, version, at="2025-03-01")
    assert (event.revision, event.version.version, event.actor) == (1, 1, "ann")
    assert timeline(served, "other").holder(served.as_of()).id == version.id


def test_an_alias_that_was_moved_meanwhile_stays_where_it_is(served):
    seen, second, third = timeline(served, "fires"), another_version(served), another_version(served)
    promote(served, second, at="2025-03-01")
    with pytest.raises(AliasMovedError, match="since 2025-03-01"):
        promote(served, third, seen=seen, at="2025-03-02")
    assert timeline(served, "fires").holder(served.as_of()).id == second.id


def test_an_alias_that_nobody_was_seen_to_hold_is_not_taken_away(served):
    with pytest.raises(AliasMovedError, match="first valid version"):
        promote(served, another_version(served), seen=Timeline(alias="champion"), at="2025-03-02")


def test_a_move_that_would_rewrite_history_is_refused(served):
    _first, second, third = find_version(served, "fires"), another_version(served), another_version(served)
    promote(served, second, at="2025-03-02")
    with pytest.raises(HistoryRewriteError, match="2025-03-02"):
        promote(served, third, at="2025-03-01")
    assert [number(v) for v in timeline(served, "fires").holders([day("2025-03-01"), day("2025-03-02")])] == [1, 2]


def test_two_moves_may_hold_from_the_same_time_and_the_later_one_counts(served):
    _first, second, third = find_version(served, "fires"), another_version(served), another_version(served)
    promote(served, second, at="2025-03-02")
    promote(served, third, at="2025-03-02")
    assert number(timeline(served, "fires").holder(day("2025-03-02"))) == 3


def test_the_champion_of_a_time_is_who_held_the_alias_then(served):
    promote(served, another_version(served), at="2025-03-01")
    moment = timedelta(microseconds=1)
    asked = [day("2025-02-10") - moment, day("2025-02-10"), day("2025-03-01") - moment, day("2025-03-01")]
    assert [number(found) for found in timeline(served, "fires").holders(asked)] == [None, 1, 1, 2]
    assert [number(timeline(served, "fires").holder(time)) for time in asked] == [None, 1, 1, 2]


def test_a_model_that_nobody_knows_had_no_champion_at_any_time(served):
    assert timeline(served, "nobody").holders([day("2025-03-01")] * 2) == [None, None]
    with pytest.raises(UnknownModelError, match="'fires'"):
        find_version(served, "fire")


def test_a_rollback_is_one_more_event_and_gives_the_alias_back(served):
    promote(served, another_version(served), at="2025-03-01")
    event = rollback(served, "fires", actor="bob", reason="it smokes")
    assert [e.revision for e in events(served)] == [1, 2, 3]
    newest = events(served)[-1]
    assert (newest.actor, newest.reason, newest.effective_at) == ("bob", "it smokes", served.as_of())
    assert (event.version, event.previous, newest.decision_id) == (1, 2, event.decision_id)
    assert number(timeline(served, "fires").holder(served.as_of())) == 1
    assert number(timeline(served, "fires").holder(day("2025-03-01"))) == 2


def test_a_rollback_may_name_its_version(served):
    second, third = another_version(served), another_version(served)
    promote(served, second, at="2025-03-01")
    promote(served, third, at="2025-03-02")
    rollback(served, "fires", to=1, actor="bob", reason="it smokes")
    assert number(timeline(served, "fires").holder(served.as_of())) == 1


def test_a_rollback_without_anybody_before_asks_for_a_number(served):
    with pytest.raises(UnknownVersionError, match="Name the version"):
        rollback(served, "fires", actor="bob", reason="it smokes")
    with pytest.raises(UnknownVersionError, match="version 9"):
        rollback(served, "fires", to=9, actor="bob", reason="it smokes")
    with pytest.raises(UnknownModelError):
        rollback(served, "wires", actor="bob", reason="it smokes")
    assert len(events(served)) == 1


def at_once(work, inputs):
    """What came of `work` on all inputs at the same moment: a value or an error each."""
    barrier = Barrier(len(inputs))

    def one(value):
        barrier.wait()
        try:
            return work(value)
        except Exception as error:  # noqa: BLE001
            return error

    with ThreadPoolExecutor(len(inputs)) as pool:
        return list(pool.map(one, inputs))


def test_of_several_promotions_at_once_exactly_one_wins(served):
    seen = timeline(served, "fires")
    versions = [another_version(served) for _ in range(6)]
    came = at_once(lambda version: promote(served, version, seen=seen, at="2025-03-01"), versions)
    refused = [found for found in came if isinstance(found, Exception)]
    assert [type(found) for found in refused] == [AliasMovedError] * 5
    assert len(events(served)) == 2


def test_a_promotion_that_waited_for_another_one_is_refused(served):
    seen, second, third = timeline(served, "fires"), another_version(served), another_version(served)
    with ThreadPoolExecutor(1) as pool:
        with served.database.transaction() as session:
            moved = {
                "effective_at": day("2025-03-01"),
                "recorded_at": served.clock(),
                "actor": "ann",
                "reason": "first",
            }
            give_alias(session, second, seen=seen, **moved)
            waiting = pool.submit(promote, served, third, seen=seen, at="2025-03-01")
            sleep(0.2)
        with pytest.raises(AliasMovedError, match="first"):
            waiting.result()
    assert timeline(served, "fires").holder(served.as_of()).id == second.id


def test_versions_that_are_registered_at_once_get_a_number_each(served):
    came = at_once(lambda _: another_version(served), range(6))
    assert sorted(found.version for found in came) == [2, 3, 4, 5, 6, 7]


def test_of_two_rollbacks_at_once_one_is_told_that_the_alias_moved(served):
    promote(served, another_version(served), at="2025-03-01")
    came = at_once(lambda actor: rollback(served, "fires", to=1, actor=actor, reason="it smokes"), ["ann", "bob"])
    assert all(isinstance(found, ConflictError) or found.version == 1 for found in came)
    assert [e.revision for e in events(served)] == list(range(1, 1 + len(events(served))))


@pytest.mark.parametrize("reference", ["fires", "fires@champion", "fires/1"])
def test_a_model_is_loaded_in_one_line(served, reference):
    said = load_model(reference, workspace=served).predict(ROWS)
    assert set(said) <= {"yes", "no"}
    assert len(said) == len(ROWS)


def test_without_a_workspace_the_environment_says_where_models_are(tmp_path, monkeypatch):
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "home"))
    with pytest.raises(UnknownModelError, match="Known: none"):
        load_model("fires")


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        ("wires", UnknownModelError),
        ("fires/9", UnknownVersionError),
        ("fires@shadow", UnknownAliasError),
        ("fires@challenger", UnknownAliasError),
    ],
)
def test_what_is_not_there_is_named(served, reference, error):
    with pytest.raises(error, match=re.split("[@/]", reference)[-1]):
        load_model(reference, workspace=served)


def test_a_model_that_was_never_promoted_has_no_champion(served):
    another_version(served, "other")
    assert timeline(served, "other").holder(served.as_of()) is None
    with pytest.raises(UnknownAliasError, match="other/champion"):
        load_model("other", workspace=served)


@pytest.mark.parametrize("path", ["model/model.txt", "model/model.json", "model/example.json"])
def test_a_model_whose_file_was_altered_is_not_loaded(served, tmp_path: Path, path):
    version = find_version(served, "fires")
    with served.database.reading() as session:
        digest = session.get(run_rows.Artifact, (version.run_id, path)).digest
    file = tmp_path / "artifacts" / digest[:2] / digest[2:]
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(ArtifactAlteredError, match="not loaded"):
        load_version(served, version)


def other_model(served):
    """The champion with the answers `no` and `yes` changed round."""
    return replace(load_model("fires", workspace=served), classes=("yes", "no"))


def test_the_files_of_a_registered_version_stay_what_they_are(served):
    model = load_model("fires", workspace=served)
    with start_run("fires", workspace=served) as run:
        first = register(run, "twin", model, trained_through=day("2025-03-01"))
        with pytest.raises(FrozenArtifactError, match="run of its own"):
            register(run, "twin", other_model(served), trained_through=day("2025-03-01"))
        for path in ("model/model.txt", "model/more.txt", "model"):
            with pytest.raises(FrozenArtifactError, match=path):
                run.log_bytes(b"other", path)
        again = register(run, "twin", model, trained_through=day("2025-03-01"))
        run.log_bytes(b"1", "notes.txt")
        run.log_bytes(b"2", "notes.txt")
    assert (again.version, again.digest) == (2, first.digest)
    assert load_version(served, first).classes == model.classes


def pointed_elsewhere(session, version):
    row = session.get(run_rows.Artifact, (version.run_id, "model/model.json"))
    row.digest = session.get(run_rows.Artifact, (version.run_id, "model/example.json")).digest


def lost(session, version):
    session.delete(session.get(run_rows.Artifact, (version.run_id, "model/example.json")))


def one_more(session, version):
    row = session.get(run_rows.Artifact, (version.run_id, "model/model.json"))
    session.add(run_rows.Artifact(**{**row.model_dump(), "path": "model/more.json"}))


@pytest.mark.parametrize("harm", [pointed_elsewhere, lost, one_more])
def test_files_that_are_not_those_of_the_registered_digest_are_neither_loaded_nor_served(served, harm):
    version = another_version(served)
    with served.database.transaction() as session:
        harm(session, version)
    with pytest.raises(ArtifactAlteredError, match=f"registered with {version.digest}"):
        load_version(served, version)
    with pytest.raises(ArtifactAlteredError, match="files of version 2"):
        switches.promote(served, "fires", 2, actor="ann", reason="better")
    with pytest.raises(ArtifactAlteredError, match="files of version 2"):
        rollback(served, "fires", to=2, actor="ann", reason="back to it")
    assert find_version(served, "fires").version == 1


def test_the_champion_is_the_same_for_a_workspace_that_is_opened_anew(served: Workspace):
    version = another_version(served)
    promote(served, version, at="2025-03-01")
    served.database.close()
    assert find_version(served, "fires@champion").id == version.id


@pytest.mark.parametrize("name", ["credit-risk", "a b", "income@champion", "income/3"])
def test_a_name_that_no_reference_can_say_is_not_registered(served, name):
    model = load_model("fires/1", workspace=served)
    with pytest.raises(InvalidModelReferenceError), start_run("fires", workspace=served) as run:
        register(run, name, model, trained_through=day("2025-03-01"))

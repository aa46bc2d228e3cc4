"""A challenger is judged once, on the champion's holdout, and its promotion is the decision's."""

from dataclasses import replace

import pytest
from sklearn.ensemble import RandomForestClassifier

from driftline import LightGBM, Promote, Sklearn, SplitColumn, Target
from driftline.clock import now
from driftline.datasets.errors import MissingColumnError
from driftline.dossier import holdout_scores, load_profile
from driftline.registry import find_version, rollback, timeline
from driftline.registry.errors import AliasMovedError, IncomparableModelsError
from driftline.retraining import adjudicate, read_dataset, train
from driftline.retraining.errors import NotMaterializedError
from driftline.store import run_rows
from tests.histories import decisions, events, give_alias
from tests.retrainings import Broken, of_run, retrain
from tests.streams import day, fires, persons, read_persons

BETTER = LightGBM(num_leaves=7, trees=60, min_leaf_rows=5)
WORSE = LightGBM(num_leaves=2, trees=1, min_leaf_rows=5)


def test_the_first_valid_challenger_is_promoted(workspace):
    judged = retrain(workspace, persons())
    assert (judged.promoted, judged.comparison, judged.champion.version) == (True, None, 1)
    [decision] = decisions(workspace, "persons")
    assert (decision.status, decision.outcome) == ("promoted", judged.reason)
    assert (decision.adjudication.metric, decision.adjudication.champion_score) == ("auroc", None)
    [event] = events(workspace, "persons")
    assert (event.decision_id, event.actor, event.reason) == (decision.id, "policy", judged.reason)


def test_the_same_again_is_a_tie_and_keeps_the_champion(served):
    retrain(served, fires())
    judged = retrain(served, fires())
    assert not judged.promoted
    assert "tie keeps the champion" in judged.reason
    kept = decisions(served)[-1]
    tied = kept.adjudication
    assert (kept.status, tied.rule, tied.gain) == ("kept", "tie", 0.0)
    assert tied.champion_score == tied.challenger_score
    assert kept.serving_version_id == judged.champion.id == tied.champion_version_id


def test_a_better_challenger_is_promoted_with_its_evidence(workspace):
    retrain(workspace, persons(trainer=WORSE))
    judged = retrain(workspace, persons(trainer=BETTER))
    decision = decisions(workspace, "persons")[-1]
    assert (judged.promoted, decision.status, judged.champion.version) == (True, "promoted", 2)
    found = decision.adjudication
    assert found.gain == pytest.approx(found.challenger_score - found.champion_score)
    assert found.gain_low < found.gain < found.gain_high
    assert found.p_value <= 0.05
    assert (found.method, found.standard_error > 0, found.p_value_two_sided <= 0.1) == ("paired DeLong", True, True)
    assert (found.champion_version_id, decision.serving_version_id) == (1, 2)


def test_a_worse_challenger_is_kept_out(workspace):
    retrain(workspace, persons(trainer=BETTER))
    judged = retrain(workspace, persons(trainer=WORSE, promote=Promote(confidence=None)))
    assert (judged.promoted, judged.champion.version) == (False, 1)
    assert timeline(workspace, "persons").holder(workspace.as_of()).version == 1


def test_a_gain_that_is_not_sure_is_not_enough_where_confidence_is_asked(workspace):
    retrain(workspace, persons())
    strict = persons(trainer=BETTER, promote=Promote(confidence=0.999999))
    assert not retrain(workspace, strict).promoted


def test_a_holdout_of_one_class_measures_nothing_and_nobody_wins(workspace):
    lopsided = persons(
        dataset=lambda _: (rows := read_persons()).assign(
            split=((rows["income"] == rows["income"].iloc[0]) & (rows.index < 20)).map({True: "test", False: "train"})
        ),
        holdout=SplitColumn(column="split", holdout="test"),
    )
    read_dataset(workspace, lopsided)
    assert train(workspace, lopsided).measurements[0].value is None
    judged = adjudicate(workspace, lopsided)
    assert (judged.promoted, decisions(workspace, "persons")[-1].adjudication.challenger_score) == (False, None)
    assert timeline(workspace, "persons").holder(workspace.as_of()) is None


REFIT = Promote(confidence=None, refit=True)


def test_a_refit_serves_and_names_the_version_that_was_judged(workspace):
    done = retrain(workspace, persons(promote=REFIT))
    assert (done.challenger.version, done.champion.version) == (1, 2)
    assert done.champion.judged_version_id == done.challenger.id
    assert timeline(workspace, "persons").holder(workspace.as_of()).version == 2
    [decision] = decisions(workspace, "persons")
    assert (decision.challenger_version_id, decision.serving_version_id) == (done.challenger.id, done.champion.id)
    used = of_run(workspace, done.champion.run_id, run_rows.RunInput)
    assert {one.role for one in used} == {"training"}
    assert len(used) == 2  # the holdout is among them
    assert load_profile(workspace, done.champion).row_count == 300
    assert holdout_scores(workspace, persons(), done.champion)["auroc"].row_count == 104  # of the judged one


def test_the_next_challenger_meets_the_version_that_was_judged_and_not_its_refit(workspace):
    retrain(workspace, persons(promote=REFIT))
    done = retrain(workspace, persons(promote=REFIT))  # the same rows and recipe again: a tie with the judged one
    assert not done.promoted
    assert "tie" in done.reason
    assert done.champion.version == 2


def test_a_refit_that_fails_moves_nothing(workspace):
    read_dataset(workspace, persons())
    train(workspace, persons())
    with pytest.raises(BrokenPipeError):
        adjudicate(workspace, persons(promote=REFIT, trainer=Broken(BrokenPipeError("no pipe"))))
    assert decisions(workspace, "persons")[-1].status == "failed"
    assert events(workspace, "persons") == []


def test_nobody_waits_to_be_judged_twice(workspace):
    with pytest.raises(NotMaterializedError, match="Materialize persons/model first"):
        adjudicate(workspace, persons())
    retrain(workspace, persons())
    with pytest.raises(NotMaterializedError):
        adjudicate(workspace, persons())


def test_an_older_challenger_is_not_judged_after_a_newer_one(workspace):
    read_dataset(workspace, persons())
    train(workspace, persons(trainer=WORSE))
    train(workspace, persons(trainer=BETTER))
    assert adjudicate(workspace, persons()).challenger.version == 2
    assert "trained a newer challenger" in decisions(workspace, "persons")[0].outcome
    with pytest.raises(NotMaterializedError):
        adjudicate(workspace, persons())


def test_a_move_that_is_refused_leaves_no_promotion(served):
    read_dataset(served, fires())
    worse = train(served, fires(trainer=WORSE)).version
    adjudicated = replace(served, clock=lambda: moved_meanwhile(served, worse))
    train(served, fires(trainer=BETTER, promote=Promote(confidence=None)))
    find_version(served, "fires/1")
    with served.database.transaction() as session:
        told = {"effective_at": day("2025-03-20"), "recorded_at": now(), "actor": "ann", "reason": "before"}
        give_alias(session, worse, **told)
    with pytest.raises(AliasMovedError, match="meanwhile"):
        adjudicate(adjudicated, fires())
    refused = decisions(served)[-1]
    assert (refused.status, refused.adjudication, refused.judged_at) == ("failed", None, None)
    assert [event.reason for event in events(served)][-2:] == ["before", "meanwhile"]


def moved_meanwhile(workspace, holder):
    """The time; somebody gives the alias back to version 1 just before it is read."""
    if find_version(workspace, "fires").id == holder.id:
        with workspace.database.transaction() as session:
            told = {"effective_at": day("2025-03-21"), "recorded_at": now(), "actor": "bob", "reason": "meanwhile"}
            give_alias(session, find_version(workspace, "fires/1"), **told)
    return now()


def test_a_promotion_never_holds_before_the_one_that_it_follows(served):
    early = replace(served, replay_at=day("2025-03-05"))
    read_dataset(early, fires())
    worse = train(early, fires(trainer=WORSE)).version
    train(early, fires(trainer=BETTER))
    with served.database.transaction() as session:
        told = {"effective_at": day("2025-03-20"), "recorded_at": now(), "actor": "ann", "reason": "before"}
        give_alias(session, worse, **told)
    assert adjudicate(early, fires()).promoted
    assert events(served)[-1].effective_at == day("2025-03-20")


def test_a_promotion_after_a_rollback_is_possible(served):
    retrain(served, fires())
    rollback(served, "fires", to=1, actor="ann", reason="it smokes")
    judged = retrain(served, fires(trainer=BETTER, promote=Promote(min_gain=0.0, confidence=None)))
    assert judged.promoted == (judged.comparison.gain > 0)


def test_a_champion_that_cannot_score_the_new_schema_stays_and_the_column_is_named(workspace):
    retrain(workspace, persons(trainer=WORSE))
    poorer = persons(dataset=lambda _: read_persons().drop(columns="job"), version="2", trainer=BETTER)
    with pytest.raises(MissingColumnError, match="'job'"):
        retrain(workspace, poorer)
    assert timeline(workspace, "persons").holder(workspace.as_of()).version == 1
    assert "'job'" in decisions(workspace, "persons")[-1].outcome


def test_a_policy_may_promote_where_the_champion_cannot_score_the_new_schema(workspace):
    retrain(workspace, persons(trainer=WORSE))
    poorer = persons(
        dataset=lambda _: read_persons().drop(columns="job"),
        version="2",
        promote=Promote(if_champion_fails="promote"),
    )
    judged = retrain(workspace, poorer)
    assert (judged.promoted, judged.comparison, timeline(workspace, "persons").holder(workspace.as_of()).version) == (
        True,
        None,
        2,
    )
    assert "without a comparison" in judged.reason
    assert "'job'" in judged.reason


def test_a_new_class_of_a_multiclass_target_does_not_shift_the_others(workspace):
    def jobs(frame):
        return frame.drop(columns="income").assign(age=frame["age"] + 40 * (frame["job"] == "driver"))

    pipeline = persons(target=Target("job"), metrics=("log_loss",), drift=(), promote=Promote(confidence=None))
    first = replace(pipeline, dataset=lambda _: jobs(read_persons()))
    shifted = {"clerk": "aviator", "driver": "driver", "teacher": "clerk"}
    second = replace(pipeline, dataset=lambda _: jobs(read_persons()).assign(job=lambda f: f["job"].map(shifted)))
    retrain(workspace, first)
    assert timeline(workspace, "persons").holder(workspace.as_of()).version == 1
    read_dataset(workspace, second)
    train(workspace, second)
    with pytest.raises(IncomparableModelsError, match="aviator"):
        adjudicate(workspace, second)
    assert timeline(workspace, "persons").holder(workspace.as_of()).version == 1


def test_a_forest_of_trees_that_the_user_trusts_is_promoted(workspace):
    trees = Sklearn(RandomForestClassifier(n_estimators=5), trusted=("sklearn.tree._tree.Tree",))
    numbers = persons(dataset=lambda _: read_persons().drop(columns="job"), trainer=trees)
    assert retrain(workspace, numbers).promoted

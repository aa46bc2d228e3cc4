"""How a run begins: a new one, a nested one, one that goes on after a preemption, or one of several ranks."""

import logging
import os
import shlex
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from driftline.capture import Budget, code_state, entry_point
from driftline.errors import StorageError
from driftline.tracking import endings, left, sender
from driftline.tracking.destinations import Configured, configured, destination_of
from driftline.tracking.errors import ActiveRunError, InvalidExperimentFactsError, unknown_run
from driftline.tracking.load import RunLoad
from driftline.tracking.observation import Observation
from driftline.tracking.output import process_output
from driftline.tracking.run import ActiveRun, innermost
from driftline.tracking.sinks import Destination
from driftline.tracking.values import checked_experiment, checked_run_id, step_number

if TYPE_CHECKING:
    from driftline.workspace import Workspace

RANKS = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")  # of torchrun, Open MPI, MPICH and Slurm
_log = logging.getLogger(__name__)


@dataclass
class _Experiment:
    """What runs belong to where they name no experiment, and what is to be said of it with the next of them."""

    name: str | None = None
    facts: Mapping[str, Any] | None = None


_experiment = _Experiment()


def set_experiment(
    experiment_name: str,
    *,
    objective: str | None = None,
    metric: str | None = None,
    direction: str | None = None,
    target: float | None = None,
    description: str | None = None,
) -> None:
    """Let the runs that this process starts from now on belong to an experiment, and say what that is for.

    What is said is stored with the next run, and stands until it is said anew.

    Args:
        experiment_name: made where it is new.
        objective: what its runs are to show, in words.
        metric: the metric that decides between them.
        direction: whether `max` or `min` of that metric is better.
        target: the value of that metric that is aimed at.
        description: anything else, in words.

    Raises:
        InvalidExperimentError: the name is not a text of 1 to 250 characters, or blank.
        InvalidExperimentFactsError: the direction is neither max nor min, or the target is not a number.
    """
    _experiment.name = checked_experiment(experiment_name)
    if direction not in {None, "max", "min"}:
        raise InvalidExperimentFactsError("direction", direction, "'max' or 'min'")
    if target is not None and (isinstance(target, bool) or not isinstance(target, int | float)):
        raise InvalidExperimentFactsError("target", target, "a number")
    facts = {
        "objective": objective,
        "metric": metric,
        "direction": direction,
        "target": target,
        "description": description,
    }
    _experiment.facts = {name: value for name, value in facts.items() if value is not None} or None


def start_run(
    experiment: str | None = None,
    *,
    run_name: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    hypothesis: str | None = None,
    nested: bool = False,
    run_id: str | None = None,
    from_step: int | None = None,
    parent_run_id: str | None = None,
    log_output: bool | None = None,
    budget: Budget | None = None,
    workspace: "Workspace | None" = None,
    dagster_run_id: str | None = None,
    source: Path | None = None,
) -> ActiveRun:
    """Start a run, and end it with the block or with `end_run`: finished, failed with its traceback, or killed.

    Where the process is asked to end by SIGTERM, SIGHUP or SIGQUIT, and nobody else has said what to do then, a
    `SystemExit` is raised and the run is killed. A run whose process vanishes is found lost by whoever looks at runs
    next. With the variable `DRIFTLINE_RUN_ID` set, as each rank of a distributed training has it, the process joins
    that run: rank 0 ends it.

    Args:
        experiment: the named set of runs it belongs to, made where it is new; by default that of `set_experiment`, of
            the variable `DRIFTLINE_EXPERIMENT`, or `default`.
        run_name: a name for people; a short unique one by default.
        params: input values, as `log_params` takes them.
        tags: mutable key-value pairs; values are kept as text.
        hypothesis: what the run is to show, in words, said before it does.
        nested: whether it may be a part of the run that is going on in this thread.
        run_id: the run to go on with, after its process was taken away.
        from_step: where a run goes on: what it logged at this step and later is taken back, and kept aside.
        parent_run_id: the run that it is a part of, where that goes on in another process.
        log_output: whether what the process prints is kept, its start and its end; by default of the outermost run of a
            script, and not of one that is given a workspace, such as those of pipelines, whose output Dagster keeps.
        budget: what the run may use; then its process ends as by SIGTERM.
        workspace: where it is stored; by default where the run is stored that it is nested in, or the settings say.
        dagster_run_id: the Dagster run that this is part of.
        source: the folder whose git commit is recorded; the working directory by default.

    Raises:
        InvalidExperimentError: `experiment` is not a text of 1 to 250 characters, or blank.
        InvalidKeyError: the key of a param or tag is empty, or no path.
        InvalidRunIdError: an id is not 32 hexadecimal digits.
        UnknownRunError: there is no run to go on with.
        ActiveRunError: a run is going on in this thread, and `nested` was not said.
    """
    outer = innermost.own()
    if outer is not None and not nested:
        raise ActiveRunError(outer.run_id)
    said = configured()
    settings = said.settings
    source = source or Path.cwd()
    destination, workspace = _place(workspace, innermost.get() if nested else None, said)
    if experiment is None:
        experiment = _experiment.name or settings.experiment
    started = _Started(id_=uuid.uuid4().hex, experiment=checked_experiment(experiment), name=run_name)
    joined = settings.run_id if outer is None else None
    if run_id is not None:
        started = _resumed(destination, checked_run_id(run_id), started)
    elif joined:
        started = replace(started, id_=checked_run_id(joined))
    about = {
        **_facts(os.getpid(), source),
        "parent_run_id": checked_run_id(parent_run_id) if parent_run_id else outer.run_id if outer else None,
        "dagster_run_id": dagster_run_id,
        "hypothesis": hypothesis,
        "resumes": True if run_id is not None else None,
        "from_step": None if from_step is None else step_number(from_step),
    }
    is_owner = run_id is not None or not joined or _rank() == 0
    if log_output is None:
        log_output = workspace is None and outer is None
    output = process_output(destination.journals) if is_owner and log_output else None
    if output is not None:
        about["output"] = {"folder": output.folder.name, "since": output.places}
    run = ActiveRun(
        destination,
        run_id=started.id_,
        experiment=started.experiment,
        name=started.name or f"{started.experiment}-{started.id_[:8]}",
        about={key: value for key, value in about.items() if value is not None},
        workspace=workspace,
        is_owner=is_owner,
    )
    sender.soon(destination.name, lambda: left.deliver_left(destination))
    _begin(run, params or {}, tags or {})
    if is_owner:
        load = RunLoad(price_per_hour=settings.price_per_hour, budget=budget)
        Observation(run, source, load, output)
    return run


def _place(
    workspace: "Workspace | None", outer: ActiveRun | None, said: Configured
) -> "tuple[Destination, Workspace | None]":
    """Return where a run is written to, with the workspace of that, where one is open."""
    if workspace is not None:
        return destination_of(workspace), workspace
    return outer.place if outer is not None else (said.destination, None)


@dataclass(frozen=True, kw_only=True)
class _Started:
    id_: str
    experiment: str
    name: str | None


def _resumed(destination: Destination, run_id: str, started: _Started) -> _Started:
    """Return what is stored of a run that is to go on; where nobody can be asked, what was given."""
    try:
        left.deliver_left(destination)  # what its process logged before it was taken away
        found = destination.sink.find(run_id)
    except StorageError as error:
        _log.warning("Whether there is a run %s is not known yet: %s", run_id, error)
        return replace(started, id_=run_id)
    if found is None:
        raise unknown_run(run_id)
    return _Started(id_=run_id, experiment=found.experiment, name=found.name)


def _begin(run: ActiveRun, params: Mapping[str, Any], tags: Mapping[str, Any]) -> None:
    innermost.push(run)
    endings.begin(run)
    try:
        if _experiment.facts is not None and run.experiment == _experiment.name:
            run.describe_experiment(_experiment.facts)
            _experiment.facts = None
        if params:
            run.log_params(params)
        run.set_tags(tags)
    except BaseException as error:
        run.end_by(error)
        raise


def _rank() -> int:
    """Return which rank of a distributed training this process is; 0 where nobody says."""
    texts = (os.environ.get(name, "") for name in RANKS)
    return next((int(text) for text in texts if text.isdecimal()), 0)


@cache
def _facts(pid: int, folder: Path) -> dict[str, Any]:
    """Return who runs which code: read once for each process, whose code stays as it was loaded."""
    del pid
    code = code_state(folder)
    return {
        "user_name": code.user_name,
        "user_email": code.user_email,
        "source_url": code.source_url,
        "git_commit": code.git_commit,
        "git_branch": code.git_branch,
        "git_dirty": code.git_dirty,
        "command": shlex.join(entry_point().command),
    }

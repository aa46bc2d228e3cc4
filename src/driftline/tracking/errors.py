"""The errors of the room `tracking`."""

from collections.abc import Iterable

from driftline.errors import ConflictError, InvalidInputError, NotFoundError, StorageError, listing


class InvalidKeyError(InvalidInputError):
    """A key of a param, metric or artifact cannot be used."""

    def __init__(self, key: object) -> None:
        super().__init__(
            f"The key {key!r} is not a relative path of at most 250 characters. "
            "Name it like 'auroc', 'train/loss' or 'model/model.txt'."
        )


class InvalidParamError(InvalidInputError):
    """A param has a value that would come back as another."""

    def __init__(self, key: str, value: object) -> None:
        super().__init__(
            f"The param {key!r} is a {type(value).__name__}, {value!r}, which would come back as something else. "
            "Log str(value), which keeps every digit, or float(value)."
        )


class InvalidExperimentError(InvalidInputError):
    """A name cannot be that of an experiment."""

    def __init__(self, name: object) -> None:
        super().__init__(f"The experiment is named {name!r}. Give it a name of 1 to 250 characters, such as 'income'.")


class InvalidMetricError(InvalidInputError):
    """A metric has a value that is not a number."""

    def __init__(self, key: str, value: object) -> None:
        super().__init__(
            f"The metric {key!r} is a {type(value).__name__}, {value!r}, and a metric is a number. Log it as a param."
        )


class InvalidArtifactError(InvalidInputError):
    """The content of a file is not what its kind of file is made of."""

    def __init__(self, path: str, content: object, *, kinds: str = "bytes") -> None:
        super().__init__(
            f"The file {path!r} is given as a {type(content).__name__}, and its content is {kinds}. Give that, or log "
            "a file that is on the disk: log_artifact(path)."
        )


class UnreadableFileError(InvalidInputError):
    """A file that is to be logged cannot be read."""

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(f"The file {path!r} cannot be logged: {fault}. Name a file or a folder that can be read.")


class InvalidTimestampError(InvalidInputError):
    """A metric is logged at something that is no time."""

    def __init__(self, timestamp: object) -> None:
        super().__init__(
            f"The timestamp {timestamp!r} is neither a datetime with its zone nor a number of milliseconds since 1970. "
            "Leave it out to mean now."
        )


class ActiveRunError(ConflictError):
    """A run is started while another one goes on."""

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"The run {run_id} is going on in this thread. End it first with driftline.end_run(), or start a run "
            "within it: start_run(..., nested=True)."
        )


class NoActiveRunError(ConflictError):
    """Something is asked of the run that is going on, and there is none."""

    def __init__(self) -> None:
        super().__init__("No run is going on in this thread. Start one: driftline.start_run('my-experiment').")


class InvalidExperimentFactsError(InvalidInputError):
    """What an experiment is for is said in a way that cannot be read."""

    def __init__(self, name: str, value: object, rule: str) -> None:
        super().__init__(f"The {name} of the experiment is {value!r}, and it is {rule}. Give such a one.")


class EndingInterpreterError(StorageError):
    """A file cannot be sent any more by a process that ends."""

    def __init__(self, path: object, cause: object) -> None:
        super().__init__(
            f"The file {path} could not be sent while the interpreter ended: {cause}. End runs by a `with` block or "
            "driftline.end_run(), which leaves time for it."
        )


class InvalidRunIdError(InvalidInputError):
    """A text cannot be the id of a run."""

    def __init__(self, run_id: object) -> None:
        super().__init__(
            f"The run id {run_id!r} is not 32 hexadecimal digits. Copy it from driftline runs --json, or make one: "
            "uuid.uuid4().hex."
        )


class RunEndedError(ConflictError):
    """Something is logged to a run that has ended."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"The run {run_id} has ended, and what it logged stays as it is. Log to a run of its own.")


class InvalidStepError(InvalidInputError):
    """A metric is logged at something that is no step."""

    def __init__(self, step: object) -> None:
        super().__init__(f"The step {step!r} is no whole number of at most 64 bits. Log at step=0, 1, 2 and so on.")


class FrozenArtifactError(ConflictError):
    """A file belongs to a model version, which never changes."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The file {path!r} cannot be logged: this run has registered a model, whose files never change. "
            "Register another model in a run of its own, or name the file outside of 'model/'."
        )


class UnknownRunError(NotFoundError):
    """An id names no run, or more than one."""

    code = "UNKNOWN_RUN"


def unclear_run(run_id: str, matches: Iterable[str]) -> UnknownRunError:
    """Return the error where an id names no run, or more than one."""
    matches = list(matches)
    which = (
        f"{len(matches)} runs start with {run_id!r}: {listing(matches)}" if matches else f"There is no run {run_id!r}"
    )
    return UnknownRunError(f"{which}. List them: driftline runs.")


def unknown_run(run_id: str) -> UnknownRunError:
    """Return the error where no run has an id."""
    return UnknownRunError(f"There is no run {run_id!r}. Ask for the list of runs and copy its whole runId.")

"""Every error that driftline raises on purpose.

    DriftlineError
    ├── InvalidInputError            what was given breaks a rule; nothing was changed
    │   ├── NaiveTimeError
    │   ├── UnknownMetricError
    │   ├── MetricNotForTaskError
    │   ├── InvalidScoresError
    │   ├── InvalidDriftRuleError
    │   ├── SchemaDriftError
    │   ├── UnprofiledColumnError
    │   ├── UnsupportedColumnError
    │   ├── BinsMismatchError
    │   ├── InvalidProfileError
    │   ├── MissingColumnError
    │   ├── UnstorableColumnError
    │   ├── DuplicateColumnError
    │   ├── ParquetError
    │   ├── MissingTargetError
    │   ├── TargetClassError
    │   ├── TargetTypeError
    │   ├── WindowOrderError
    │   ├── DurationError
    │   ├── TimeColumnError
    │   ├── EmptySplitError
    │   ├── HoldoutRuleError
    │   ├── ColumnTypeError
    │   ├── TrainingDataError
    │   ├── TrainerParamError
    │   ├── UntrustedModelError
    │   ├── TaskMismatchError
    │   ├── PageSizeError
    │   ├── InvalidCursorError
    │   ├── NotLoopbackError
    │   ├── SamePortError
    │   ├── InvalidSettingError
    │   ├── PortRefusedError
    │   ├── GroundTruthRuleError
    │   ├── EmptyDeliveryError
    │   ├── MissingKeyError
    │   ├── ConflictingLabelsError
    │   ├── FutureLabelsError
    │   ├── OtherModelLabelsError
    │   ├── LabelKeyTypeError
    │   ├── LabelFileError
    │   ├── LabelValueError
    │   ├── TooManyLabelsError
    │   ├── AlertRuleError
    │   ├── AlertChannelError
    │   ├── NoAlertChannelError
    │   ├── UnknownPolicyError
    │   ├── NoDeliveriesError
    │   ├── DoubledPolicyError
    │   ├── PictureFormatError
    │   ├── PastSwitchError
    │   ├── ShadowIsChampionError
    │   ├── AlreadyChampionError
    │   ├── BanditRuleError
    │   ├── BanditTaskError
    │   ├── PropensityError
    │   ├── MixedClassesError
    │   ├── SliceColumnError
    │   ├── UnknownPlotError
    │   ├── FutureRowsError
    │   └── ...
    ├── NotFoundError                what was asked for does not exist
    │   ├── UnknownRunError
    │   └── ...
    ├── StorageError                 the database or the artifact store did not serve
    │   ├── DownloadError
    │   ├── FolderError
    │   ├── ModelFilesError
    │   └── ...
    ├── NotYetError                  the answer is not known yet; asking later helps
    │   └── NothingMeasuredError
    ├── ConflictError                somebody else was first
    │   ├── DeliveryOrderError
    │   └── ...
    └── DagsterError                 Dagster did not answer, or refused
        ├── DagsterUnavailableError
        └── DagsterRefusedError

The first sentence of a message says what is wrong, with the value and the rule; the second what to do.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


class DriftlineError(Exception):
    """The root of the tree: catch it to catch all that driftline raises on purpose."""


class InvalidInputError(DriftlineError):
    """What was given breaks a rule; nothing was changed."""


class NotFoundError(DriftlineError):
    """What was asked for does not exist."""


class StorageError(DriftlineError):
    """The database or the artifact store did not serve."""


class NotYetError(DriftlineError):
    """The answer is not known yet; asking later helps."""


class ConflictError(DriftlineError):
    """Somebody else was first."""


class DagsterError(DriftlineError):
    """Dagster did not answer, or refused."""


class DagsterUnavailableError(DagsterError):
    """Dagster's web server does not answer."""

    def __init__(self, url: str, fault: str) -> None:
        super().__init__(
            f"Dagster does not answer at {url} ({fault}). Start it with `driftline dev`, or set DRIFTLINE_DAGSTER_URL."
        )


class DagsterRefusedError(DagsterError):
    """Dagster does not do what it was asked for."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Dagster refused: {why.rstrip('.')}. Look at its code locations, then ask again.")


class NaiveTimeError(InvalidInputError):
    """A time has no zone, or is no time at all."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is not an ISO 8601 time with a zone. "
            "Write a day as 2026-05-03 or a moment as 2026-05-03T07:00:00Z."
        )


def listing(names: Iterable[str], *, most: int = 20) -> str:
    """Return `names` as one comma-separated line; "none" without any, the rest counted past `most`."""
    names = list(names)
    if not names:
        return "none"
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "Did you mean …?" for the closest of `known`, or what is known where none is close."""
    known = sorted(known)
    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known: {listing(known)}."


class InvalidSettingError(InvalidInputError):
    """An environment variable has a value that cannot be used."""

    def __init__(self, field: str, value: object, fault: str) -> None:
        super().__init__(
            f"DRIFTLINE_{field.upper()} is {value!r}: {fault[:1].lower()}{fault[1:]}. Set another value, or none "
            "for the default."
        )


class FolderError(StorageError):
    """A folder cannot be made."""

    def __init__(self, folder: str, cause: object) -> None:
        super().__init__(
            f"The folder {folder} cannot be made: {cause}. Set DRIFTLINE_HOME to a folder that you may write to."
        )


class InvalidDatabaseUrlError(InvalidInputError):
    """A database URL cannot be used."""

    def __init__(self, url: str, fault: str) -> None:
        super().__init__(
            f"The database URL {url!r} {fault}. Set DRIFTLINE_DATABASE_URL to "
            "sqlite:////path/to/file.db in an existing folder or to postgresql://user@host/name."
        )


class DatabaseUnavailableError(StorageError):
    """The database does not answer."""

    def __init__(self, url: str, cause: object) -> None:
        said = " ".join(str(cause).split()).rstrip(".?")  # PostgreSQL says it in two lines, the second a question
        super().__init__(
            f"The database {url} does not serve: {said}. Check that it runs and that "
            "DRIFTLINE_DATABASE_URL names it; nothing was written."
        )


class NewerDatabaseError(StorageError):
    """A newer driftline has migrated this database."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"The database has schema revision {found}, this driftline knows up to {known}. "
            "Upgrade driftline: pip install --upgrade driftline."
        )


class MissingColumnError(InvalidInputError):
    """A table lacks columns that are asked for."""

    def __init__(self, missing: Iterable[str], found: Iterable[object]) -> None:
        missing, names = list(missing), [str(name) for name in found]
        what = (
            f"The column {missing[0]!r} is" if len(missing) == 1 else f"The columns {listing(map(repr, missing))} are"
        )
        hint = " ".join(suggestion(name, names) for name in missing[:3])
        super().__init__(f"{what} not in the table, which has {len(names)} columns. {hint}")


class UnstorableColumnError(InvalidInputError):
    """A column has a name or a type that a dataset cannot keep."""

    def __init__(self, column: object, fault: str) -> None:
        super().__init__(
            f"The column {column!r} {fault}. A dataset keeps integers, floats, booleans, text, categories of "
            "text and times: convert the column with astype or drop it."
        )


class DuplicateColumnError(InvalidInputError):
    """Two columns of a table have one name."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"Several columns are named {listing(map(repr, names))}. Rename or drop all but one.")


class ParquetError(InvalidInputError):
    """Bytes are no Parquet file."""

    def __init__(self, cause: object) -> None:
        super().__init__(f"These bytes cannot be read as Parquet: {cause}. Store tables with to_parquet.")


class MissingTargetError(InvalidInputError):
    """Rows have no usable target."""

    def __init__(self, column: str, count: int, rows: Iterable[int]) -> None:
        first = listing((str(row) for row in rows), most=5)
        super().__init__(
            f"{count} rows have no finite value in the target column {column!r}, the first at "
            f"positions {first}. Drop these rows, or wait until their ground truth is there."
        )


class TargetClassError(InvalidInputError):
    """A class of the target does not fit what was declared or what a model knows."""

    def __init__(self, column: str, fault: str, found: Iterable[object], remedy: str) -> None:
        super().__init__(f"The target column {column!r} {fault}; it holds {listing(map(repr, found))}. {remedy}")


class TargetTypeError(InvalidInputError):
    """The target's type does not fit its task."""

    def __init__(self, column: str, found: str, task: str) -> None:
        super().__init__(
            f"The target column {column!r} holds {found}, which does not fit the task {task}. "
            "Declare another task or positive_class in Target, or convert the column."
        )


class WindowOrderError(InvalidInputError):
    """A window ends before it starts, or is empty."""

    def __init__(self, start: object, end: object) -> None:
        super().__init__(f"The window from {start} to {end} holds no time. Give an end that is after the start.")


class DurationError(InvalidInputError):
    """A text names no duration."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} is no positive duration. Write a whole number and a unit, such as 90s, 30m, 12h, 7d or 4w."
        )


class TimeColumnError(InvalidInputError):
    """A column cannot be read as times with a zone."""

    def __init__(self, column: object, fault: str) -> None:
        super().__init__(f"The column {column!r} {fault}. Convert it with pandas.to_datetime(column, utc=True).")


class EmptySplitError(InvalidInputError):
    """A holdout rule leaves one side without rows."""

    def __init__(self, rule: object, side: str, rows: int) -> None:
        super().__init__(
            f"{rule} leaves the {side} side of {rows} rows empty. "
            "Choose another share, duration or value, or give more rows."
        )


class HoldoutRuleError(InvalidInputError):
    """A number of a holdout rule is outside its range."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"The holdout rule has {fault}. Give a share between 0 and 1, both excluded.")


class DownloadError(StorageError):
    """A public data set could not be downloaded."""

    def __init__(self, what: str, cause: object) -> None:
        super().__init__(
            f"{what} could not be downloaded: {cause}. Check the network, or set DRIFTLINE_DATA_DIR "
            "to a folder with a local copy."
        )


class ColumnTypeError(InvalidInputError):
    """A column of the input has another type than the model was trained on."""

    def __init__(self, column: str, expected: str, found: str) -> None:
        super().__init__(
            f"The column {column!r} holds {found}, the model was trained on {expected}. "
            "Convert it before scoring; only integers and booleans are taken as floats."
        )


class TrainingDataError(InvalidInputError):
    """A model cannot be trained on these rows."""

    def __init__(self, fault: str, remedy: str) -> None:
        super().__init__(f"A model cannot be trained: {fault}. {remedy}")


class TrainerParamError(InvalidInputError):
    """A trainer is given a parameter that it does not take."""

    def __init__(self, trainer: str, fault: str) -> None:
        super().__init__(f"{trainer} {fault}. See the trainer's docstring for what it takes.")


class UntrustedModelError(InvalidInputError):
    """A stored model holds types that are not trusted."""

    def __init__(self, types: Iterable[str]) -> None:
        types = list(types)
        super().__init__(
            f"The model holds types that are not trusted: {listing(types)}. If you know where it comes from, "
            f"name them: trusted={tuple(types)!r}."
        )


class TaskMismatchError(InvalidInputError):
    """A question does not fit the model's task."""

    def __init__(self, question: str, task: str) -> None:
        super().__init__(f"{question} is not known of a model whose task is {task}. Ask predict or score instead.")


class ModelFilesError(StorageError):
    """The files of a stored model are incomplete or of another format."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"These files are no model: {fault}. Give the files that to_files wrote, all of them.")


class InvalidArtifactsUrlError(InvalidInputError):
    """An artifacts URL cannot be used."""

    def __init__(self, url: str, cause: object) -> None:
        super().__init__(
            f"The artifacts URL {url!r} cannot be used: {cause}. Set DRIFTLINE_ARTIFACTS_URL to a folder or to an "
            "fsspec URL such as s3://bucket/folder, and install the package that serves it (s3fs, gcsfs, adlfs)."
        )


class ArtifactMissingError(NotFoundError):
    """No file of a digest is stored."""

    def __init__(self, digest: str, where: str) -> None:
        super().__init__(
            f"No artifact has the digest {digest!r} ({where}). Check that DRIFTLINE_ARTIFACTS_URL names the store "
            "that was written to, or restore the file from a backup."
        )


class ArtifactAlteredError(StorageError):
    """A stored file is no longer what was stored."""

    def __init__(self, digest: str, found: str, path: str) -> None:
        super().__init__(
            f"The artifact at {path} was altered: its content has sha256 {found}, it was stored as {digest}. "
            "Restore it from a backup, or train the model again; it is not loaded."
        )


class LockedError(ConflictError):
    """Another process holds a lock."""

    def __init__(self, name: str, holder: str, expires_at: object) -> None:
        super().__init__(
            f"{name!r} is already being done by {holder} (its lease ends {expires_at}). "
            "Wait until it is done; two of them never run together."
        )


class InvalidKeyError(InvalidInputError):
    """A key of a param, metric or artifact cannot be used."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!r} is not a relative path of at most 250 characters. "
            "Name it like 'auroc', 'train/loss' or 'model/model.txt'."
        )


class InvalidModelReferenceError(InvalidInputError):
    """A text names no model version."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} does not name a model version. Write income@champion for an alias, income/3 for a version, "
            "or income for its champion."
        )


class UnknownModelError(NotFoundError):
    """No registered model has a name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no model {name!r}. {suggestion(name, known)}")


class UnknownVersionError(NotFoundError):
    """A model has no version of a number."""

    def __init__(self, model: str, version: int) -> None:
        super().__init__(f"The model {model!r} has no version {version}. List them: driftline models {model}.")


class UnknownAliasError(NotFoundError):
    """No version of a model holds an alias."""

    def __init__(self, model: str, alias: str) -> None:
        super().__init__(
            f"No version of {model!r} is {alias!r} yet. Materialize {model}/model and {model}/champion, "
            f"or name a version: driftline models {model}."
        )


class NoPreviousVersionError(NotFoundError):
    """Nobody held an alias before."""

    def __init__(self, model: str, alias: str) -> None:
        super().__init__(f"No version of {model!r} was {alias!r} before. Name the version to roll back to.")


class AliasMovedError(ConflictError):
    """An alias was moved since it was read."""

    def __init__(self, alias: str, reason: str) -> None:
        super().__init__(f"The alias {alias!r} was moved in between: {reason}. Read it again, then decide again.")


class HistoryRewriteError(ConflictError):
    """An alias event would change what held at a time that has been answered for."""

    def __init__(self, alias: str, last: object, effective_at: object) -> None:
        super().__init__(
            f"The alias {alias!r} was moved with effect from {last}; a move with effect from {effective_at} "
            "would rewrite that history. Decide as of a later time."
        )


class PastSwitchError(InvalidInputError):
    """A switch of the champion is asked for with effect from a time that has passed."""

    def __init__(self, at: object, now: object) -> None:
        super().__init__(
            f"A switch with effect from {at} would change who served until now ({now}). Name a time to come, or none."
        )


class AlreadyChampionError(InvalidInputError):
    """A version is to become what it is already."""

    def __init__(self, model: str, version: int) -> None:
        super().__init__(
            f"Version {version} of {model!r} is champion already, or will be by a planned switch. "
            f"See who serves when: driftline models {model}."
        )


class ShadowIsChampionError(InvalidInputError):
    """The champion is to be its own shadow."""

    def __init__(self, model: str, version: int) -> None:
        super().__init__(
            f"Version {version} of {model!r} is champion, so it cannot be in its own shadow. "
            f"Name another one: driftline models {model}."
        )


class UnknownMetricError(InvalidInputError):
    """No metric has a name."""

    def __init__(self, name: str, known: Iterable[str], aliases: Mapping[str, str]) -> None:
        own = name.removeprefix("neg_")
        own = aliases.get(own, own)
        if own != name and own in set(known):
            super().__init__(f"There is no metric {name!r}: nothing here turns its sign. Write {own!r}.")
            return
        close = get_close_matches(name, [*known, *aliases], n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        super().__init__(f"There is no metric {name!r}. {hint}Known: {listing(sorted(known), most=40)}.")


class MetricNotForTaskError(InvalidInputError):
    """A metric is not defined for a task."""

    def __init__(self, name: str, task: str, metrics: Iterable[str]) -> None:
        super().__init__(f"The metric {name!r} is not defined for {task}. Choose one of: {listing(metrics)}.")


class InvalidScoresError(InvalidInputError):
    """Truth or scores break the rules of their task; no row was dropped to go on."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The rows cannot be evaluated: {problem}. Correct the predictions or the ground truth; "
            "nothing was measured."
        )


class BanditRuleError(InvalidInputError):
    """A value of a bandit between two versions cannot be used."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"A bandit has {name}={value!r}. Give it {allowed}.")


class BanditTaskError(InvalidInputError):
    """A bandit is to choose between versions whose rewards are not 0 or 1."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The versions of {model!r} predict numbers, and a bandit counts which classes were right. "
            f"Compare them in the shadow: driftline shadow {model}."
        )


class BanditRunsError(ConflictError):
    """A second bandit is to be started between versions of one model."""

    def __init__(self, model: str, champion: int, challenger: int) -> None:
        super().__init__(
            f"A bandit between versions {champion} and {challenger} of {model!r} runs already, and a model has one "
            f"at a time. Wait for its end, or end it: driftline bandit stop {model}."
        )


class NoBanditError(NotFoundError):
    """A model has no bandit, or none that runs."""

    def __init__(self, model: str) -> None:
        super().__init__(f"There is no such bandit of {model!r}. Start one: driftline bandit start {model} VERSION.")


class PropensityError(InvalidInputError):
    """Logged rows do not tell what a version would earn on all keys."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The value of a version cannot be estimated: {problem}. Log the propensity of each answer, and wait for "
            "more rows; nothing was estimated."
        )


class InvalidDriftRuleError(InvalidInputError):
    """A declared drift rule cannot be applied."""

    def __init__(self, rule: str, problem: str, remedy: str) -> None:
        super().__init__(f"{rule}: {problem}. {remedy}.")


class SchemaDriftError(InvalidInputError):
    """A column is gone or holds another kind of values than the reference: an error, not a drift verdict."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(f"The column {column!r} {problem}. Correct its source, or train a champion on the new schema.")


class UnprofiledColumnError(InvalidInputError):
    """A drift rule names a column that the reference does not hold."""

    def __init__(self, column: str, known: Iterable[str]) -> None:
        super().__init__(f"The reference has no column {column!r}. {suggestion(column, known)}")


class UnsupportedColumnError(InvalidInputError):
    """A column's values cannot be profiled for drift."""

    def __init__(self, column: str, kind: str) -> None:
        super().__init__(
            f"The column {column!r} holds values of {kind}, which have no drift profile. "
            "Give numbers, or text with None for missing; of a time, give its hour or weekday."
        )


class BinsMismatchError(InvalidInputError):
    """Two counts were taken on different bins, so they can be neither added nor compared."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            f"The counts of {first!r} and {second!r} stand on different bins. "
            "Count both with the profile of one reference."
        )


class InvalidProfileError(InvalidInputError):
    """A stored drift profile cannot be read."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"The stored profile cannot be read: {problem}. Profile the reference again.")


class DeclarationError(InvalidInputError):
    """The declaration of a pipeline breaks a rule."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"The pipeline {name!r} cannot be built: {fault}.")


class PolicyError(InvalidInputError):
    """A policy has a value that makes no sense."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"The policy's {field} {value!r} cannot be used: {rule}.")


class UnknownPolicyError(InvalidInputError):
    """A name names no policy of a backtest."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} names no policy. Known: never, daily, weekly, monthly, a cron line, statistical, alert, "
            "declared, or a threshold such as 'accuracy<0.7'; a window may follow, as in 'statistical:2d'."
        )


class PictureFormatError(InvalidInputError):
    """A picture is asked for in a format that is not drawn."""

    def __init__(self, path: str, formats: Iterable[str]) -> None:
        super().__init__(f"{path!r} names no picture that can be drawn. Let it end with {' or '.join(formats)}.")


class NoDeliveriesError(InvalidInputError):
    """Labels come by delivery alone, and nobody said where they were delivered to."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The labels of {name!r} come by delivery alone. Give the workspace that they were delivered to, such as "
            "workspace=open_workspace()."
        )


class DoubledPolicyError(InvalidInputError):
    """Two policies of a backtest have one name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Two policies are named {name!r}. Give each a name of its own.")


class PartitionsError(InvalidInputError):
    """Partitions end before they start."""

    def __init__(self, start: str, end: str) -> None:
        super().__init__(f"Partitions from {start!r} to {end!r} hold nothing. Let the end lie after the start.")


class UnalignedPartitionsError(InvalidInputError):
    """Partitions start or end amid a step."""

    def __init__(self, text: str, step: object) -> None:
        super().__init__(
            f"{text!r} does not lie on a whole partition of {step} in UTC. Write a whole day as 2026-05-03, "
            "or a whole hour as 2026-05-03T07:00:00Z."
        )


class UnknownPartitionError(NotFoundError):
    """A pipeline has no partition of a key."""

    def __init__(self, key: str, partitions: object) -> None:
        super().__init__(f"There is no partition {key!r} in {partitions}. Write a day as 2026-05-03.")


class DatasetFunctionError(InvalidInputError):
    """The dataset function of a pipeline gives nothing that can be used."""

    def __init__(self, pipeline: str, window: object, fault: str) -> None:
        where = "" if window is None else f" for {window}"
        super().__init__(
            f"The dataset function of {pipeline!r} {fault}{where}. Correct it, or its source, and materialize again; "
            "nothing was stored."
        )


class DatasetRefusedError(InvalidInputError):
    """A dataset did not pass its checks, so nothing is trained on it."""

    def __init__(self, pipeline: str, problems: Iterable[str]) -> None:
        super().__init__(
            f"The newest dataset of {pipeline!r} did not pass its checks: {' '.join(problems)} "
            f"Correct the source, then materialize {pipeline}/dataset again."
        )


class NoDatasetError(NotFoundError):
    """No dataset of a pipeline was read yet."""

    def __init__(self, pipeline: str) -> None:
        super().__init__(f"No dataset of {pipeline!r} has passed its checks yet. Materialize {pipeline}/dataset first.")


class DuplicateRowError(InvalidInputError):
    """Rows of a stream cannot be told apart."""

    def __init__(self, pipeline: str, key: Iterable[str], count: int) -> None:
        super().__init__(
            f"{count} rows of {pipeline!r} share {listing(key)} with another row, so a label could belong to either. "
            "Declare entity=(...) with the columns that tell them apart, or remove the duplicates."
        )


class UnusableScoreError(InvalidInputError):
    """A model said something that is no finite number."""

    def __init__(self, count: int, total: int) -> None:
        super().__init__(
            f"The model gave NaN or infinite scores for {count} of {total} values. Look at the input rows, "
            "or roll back to a version that scores them."
        )


class UnknownDecisionError(NotFoundError):
    """A pipeline has no decision of an id."""

    def __init__(self, pipeline: str, decision_id: int) -> None:
        super().__init__(
            f"The pipeline {pipeline!r} has no decision {decision_id}. Remove the run tag driftline/decision "
            "to train without one."
        )


class NoChallengerError(NotFoundError):
    """No trained version waits to be judged."""

    def __init__(self, pipeline: str) -> None:
        super().__init__(f"No challenger of {pipeline!r} waits to be judged. Materialize {pipeline}/model first.")


class IncomparableModelsError(InvalidInputError):
    """Champion and challenger say different things, so no holdout can score both."""

    def __init__(self, pipeline: str, champion: Iterable[object], challenger: Iterable[object]) -> None:
        super().__init__(
            f"The champion of {pipeline!r} says {listing(map(str, champion))}, the challenger "
            f"{listing(map(str, challenger))}: their classes are not the same, so one holdout cannot score both. "
            "Restore the classes at the source, or declare the new target as a pipeline of another name."
        )


class NoProjectError(NotFoundError):
    """A command needs a project and was run outside of one."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"No definitions.py in {folder} or above. Run this in the folder of a driftline project, "
            "such as a clone of the repository."
        )


class UnknownPipelineError(NotFoundError):
    """A project has no pipeline of a name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"The project has no pipeline {name!r}. {suggestion(name, known)}")


class NotAStreamError(InvalidInputError):
    """Something was asked of a pipeline that only a stream can do."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The pipeline {name!r} declares no time partitions (a replay also needs their end), so it has no days to "
            "go through. Choose one that declares partitions=Daily(start, end=...)."
        )


class EmptyRangeError(InvalidInputError):
    """A range of days holds no partition that is over."""

    def __init__(self, name: str, start: object, end: object, first: object, last: object) -> None:
        super().__init__(
            f"No partition of {name!r} lies between {start} and {end}. It has those from {first} up to, but without, "
            f"{last}."
        )


class SliceColumnError(InvalidInputError):
    """A column has too many values to make slices of."""

    def __init__(self, column: str, distinct: int, most: int) -> None:
        super().__init__(
            f"The slice column {column!r} has {distinct} values, and slices are made of at most {most}. "
            "Cut it into named groups in a column of its own, and slice by that."
        )


class UnknownPlotError(InvalidInputError):
    """No plot of a task has a name."""

    def __init__(self, name: str, task: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no plot {name!r} for {task}. Choose one of: {listing(known)}.")


class FutureRowsError(InvalidInputError):
    """Rows of a stream lie in the future."""

    def __init__(self, pipeline: str, count: int, total: int, last: object, minutes: int) -> None:
        super().__init__(
            f"{count} of {total} rows of {pipeline!r} lie more than {minutes} minutes ahead of now, "
            f"the last at {last}. Correct the clock or the time zone at the source, and materialize again."
        )


class MixedClassesError(InvalidInputError):
    """The versions that served a window tell other classes apart."""

    def __init__(self, pipeline: str, versions: Iterable[int]) -> None:
        super().__init__(
            f"The versions {listing(map(str, versions))} of {pipeline!r} tell other classes apart, so their rows "
            "cannot be measured together. Choose a shorter window, or name one version."
        )


class NothingMeasuredError(NotYetError):
    """No partition of a window can be measured."""

    def __init__(self, pipeline: str, why: str) -> None:
        super().__init__(f"Nothing of {pipeline!r} can be measured in this window: {why}")


class RunFailedError(DriftlineError):
    """A Dagster run that a command made failed."""

    def __init__(self, job: str, run_id: str, at: object, messages: Iterable[str]) -> None:
        when = f" as of {at}" if at else ""
        super().__init__(
            f"The run of {job}{when} failed: {' '.join(messages)} Look at run {run_id[:8]} in the Dagster UI "
            "(driftline dev); what it did before is stored, and the same command goes on from there."
        )


class InterruptedByUserError(DriftlineError):
    """A command was interrupted by the person who started it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was interrupted. What was done before is stored, and the same command goes on from there."
        )


class UnclearRunError(NotFoundError):
    """An id names no run, or more than one."""

    def __init__(self, run_id: str, found: Iterable[str]) -> None:
        found = list(found)
        which = f"{len(found)} runs start with {run_id!r}: {listing(found)}" if found else f"No run is {run_id!r}"
        super().__init__(f"{which}. List them: driftline runs.")


class UnknownStatusError(InvalidInputError):
    """There is no such status of a run."""

    def __init__(self, status: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no status {status!r}. {suggestion(status, known)}")


class PortInUseError(ConflictError):
    """Another process listens on a port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use by another process. End that one, or choose another port.")


class SamePortError(InvalidInputError):
    """Two servers are given one port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Both servers are given port {port}. Choose another one for --port or for --api-port.")


class AlreadyRunningError(ConflictError):
    """A second daemon was started on one Dagster instance."""

    def __init__(self, home: str) -> None:
        super().__init__(f"driftline dev runs already on {home}. End that one first, or set another DRIFTLINE_HOME.")


class PageSizeError(InvalidInputError):
    """A page of a list is asked for with too few or too many rows."""

    def __init__(self, first: int, most: int) -> None:
        super().__init__(
            f"first is {first}, a page has 1 to {most} rows. Ask for the next page with after: pageInfo.endCursor."
        )


class InvalidCursorError(InvalidInputError):
    """A cursor is not one that this list gave."""

    def __init__(self, cursor: str) -> None:
        super().__init__(
            f"{cursor[:80]!r} is no cursor of this list. Pass pageInfo.endCursor of its last page, or none to begin."
        )


class NotLoopbackError(InvalidInputError):
    """The API is asked to listen where other machines reach it."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The API listens on 127.0.0.1, ::1 or localhost only, not on {host!r}: tokens do not exist yet, so "
            "whoever reaches it reads all. Use 127.0.0.1, and a tunnel from elsewhere: ssh -L 4000:127.0.0.1:4000."
        )


class PortRefusedError(InvalidInputError):
    """The system refuses a port, other than for its being in use."""

    def __init__(self, port: int, cause: object) -> None:
        super().__init__(f"The system gives no port {port}: {cause}. Choose one from 1024 to 65535.")


class UnknownRunError(NotFoundError):
    """No run has an id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id!r}. Ask for the list of runs and copy its whole runId.")


class LibraryMissingError(StorageError):
    """A library cannot be loaded on this machine."""

    def __init__(self, library: str, cause: object, remedy: str) -> None:
        super().__init__(f"{library} cannot be loaded: {cause}. Install what it needs: {remedy}.")


class ScoringError(InvalidInputError):
    """A model's estimator raises on rows that keep its signature."""

    def __init__(self, flavor: str, cause: Exception) -> None:
        super().__init__(
            f"The {flavor} model cannot score these rows: {type(cause).__name__}: {cause}. Look at their values, "
            "or roll back to a version that scores them."
        )


class GroundTruthRuleError(InvalidInputError):
    """A pipeline's ground truth is declared with a value that it cannot have."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"GroundTruth has {name}={value!r}. Give it {allowed}.")


class EmptyDeliveryError(InvalidInputError):
    """A delivery of labels holds none."""

    def __init__(self, pipeline: str) -> None:
        super().__init__(f"The delivery for {pipeline!r} has no rows. Check the query or the file it comes from.")


class MissingKeyError(InvalidInputError):
    """Labels cannot be joined, since a part of their row key is missing."""

    def __init__(self, column: str, count: int, total: int) -> None:
        super().__init__(
            f"{count} of {total} labels have no value in the key column {column!r}. Correct them; nothing was stored."
        )


class ConflictingLabelsError(InvalidInputError):
    """One delivery says two things about one row."""

    def __init__(self, count: int, keys: Iterable[str]) -> None:
        super().__init__(
            f"{count} rows have different labels within one delivery, such as {'; '.join(keys)}. Keep one label for "
            "each row, or deliver a correction by itself; nothing was stored."
        )


class FutureLabelsError(InvalidInputError):
    """Labels are about events that have not happened yet."""

    def __init__(self, count: int, total: int, latest: object, as_of: object) -> None:
        super().__init__(
            f"{count} of {total} labels are about events more than 5 minutes ahead of {as_of}, up to {latest}. "
            "Check the clock and the time zone that they come from; nothing was stored."
        )


class OtherModelLabelsError(InvalidInputError):
    """Labels name a model version that did not predict their rows."""

    def __init__(self, pipeline: str, count: int, total: int, named: Iterable[str]) -> None:
        super().__init__(
            f"{count} of {total} labels name a version of {pipeline!r} that did not predict their rows: "
            f"{'; '.join(named)}. Send them to the model that they are for, or leave out model_version; "
            "nothing was stored."
        )


class LabelKeyTypeError(InvalidInputError):
    """A key column of labels has another type than that of the rows."""

    def __init__(self, column: str, found: str, expected: str) -> None:
        super().__init__(
            f"The key column {column!r} holds {found}, in the dataset it is {expected}, so no label would find its "
            "row. Convert it with astype; nothing was stored."
        )


class LabelFileError(InvalidInputError):
    """A file of labels cannot be read."""

    def __init__(self, path: object, fault: str) -> None:
        super().__init__(f"The file {path} {fault}. Give a Parquet file as NAME.parquet, or a CSV file as NAME.csv.")


class LabelValueError(InvalidInputError):
    """A value of a label's key, or the label, is a list or an object."""

    def __init__(self, column: str, value: object) -> None:
        super().__init__(f"The column {column!r} has the value {value!r}. Give a text, a number, true or false.")


class TooManyLabelsError(InvalidInputError):
    """One call brings more labels than are taken."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"{count:,} labels came in one call, at most {most:,} are taken. Send them in several calls, "
            "or a file with driftline truth add."
        )


class DeliveryOrderError(ConflictError):
    """A delivery would change what was known at a time that has been answered for."""

    def __init__(self, pipeline: str, last: object, as_of: object) -> None:
        super().__init__(
            f"Labels of {pipeline!r} arrived at {last}; a delivery as of {as_of} would rewrite what was known between. "
            "Deliver as of a later time."
        )


class AlertRuleError(InvalidInputError):
    """An alert is declared with a value that it cannot have."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"An alert has {name}={value!r}. Give it {allowed}.")


class AlertChannelError(InvalidInputError):
    """An address for alerts is not one; the address is a secret and stays unsaid."""

    def __init__(self, number: int, count: int) -> None:
        super().__init__(
            f"Address {number} of {count} in DRIFTLINE_ALERT_URLS is none that apprise understands. "
            "Write it as https://appriseit.com/services lists them, and percent-encode special characters."
        )


class NoAlertChannelError(InvalidInputError):
    """A test message has nowhere to go."""

    def __init__(self) -> None:
        super().__init__(
            "No address for alerts is configured. Set DRIFTLINE_ALERT_URLS, as to "
            "mailtos://user:password@example.org or json://127.0.0.1:8080/alerts."
        )


class AlertDeliveryError(StorageError):
    """A message was not delivered; what is said of it holds no address and no password."""

    def __init__(self, channel: str, why: str) -> None:
        super().__init__(f"{channel} did not take the message: {why}.")

"""The rewards of two versions that a bandit chooses between: the rows that each served, once their labels are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from driftline.declaration import ModelPipeline
from driftline.evaluations import LabelledReader, LabelledRows
from driftline.metrics import most_probable
from driftline.rollout.bandit_start import Bandit
from driftline.rollout.posterior import Cohort
from driftline.store import bandit_rows, model_rows
from driftline.workspace import Workspace


@dataclass(frozen=True, kw_only=True, eq=False)
class Rewards:
    """The labelled rows of one partition that one version served.

    Attributes:
        right: 1.0 where the class it named was right, else 0.0, shape (n_rows,).
        propensities: how probable it was that this version serves the row, shape (n_rows,).
        units: the entity of each row as a number of its own, shape (n_rows,).
    """

    right: np.ndarray
    propensities: np.ndarray
    units: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class RewardPair:
    """The rewards of both versions in one partition."""

    champion: Rewards
    challenger: Rewards

    @property
    def cohort(self) -> Cohort:
        """Return their counts and sums."""
        return Cohort(
            champion_count=len(self.champion.right),
            champion_reward=float(self.champion.right.sum()),
            challenger_count=len(self.challenger.right),
            challenger_reward=float(self.challenger.right.sum()),
        )


def rewards(
    workspace: Workspace, pipeline: ModelPipeline, bandit: Bandit, *, until: datetime, reader: LabelledReader
) -> dict[str, RewardPair]:
    """Return the rewards of each partition of a bandit whose labels were due for both versions by `until`.

    All rows of a partition wait for the last one's label to be due; else the version whose failures are known first
    would lose. A row whose label is due and missing does not count, whoever served it. A partition that one of both
    did not predict is left out, and so is one with a label that only one of them can be measured on.
    """
    with workspace.database.reading() as session:
        settled = {share.partition_key for share in bandit_rows.shares(session, bandit.id)}
        numbers = [
            version.version
            for id_ in (bandit.champion_version_id, bandit.challenger_version_id)
            if (version := model_rows.version(session, id_))
        ]
    keys = [key for key in _due(pipeline, bandit, until) if key in settled]
    champion, challenger = (reader.read(keys, version=number).done for number in numbers)
    return {
        key: RewardPair(
            champion=served_rewards(pipeline, champion[key]), challenger=served_rewards(pipeline, challenger[key])
        )
        for key in keys
        if key in champion and key in challenger
        if _is_logged(champion[key]) and _is_logged(challenger[key])
        if champion[key].unknown.to_dict() == challenger[key].unknown.to_dict()
    }


def fewest_units(pairs: Sequence[RewardPair]) -> int:
    """Return the number of different keys of that version whose rewards are of fewer."""
    if not pairs:
        return 0
    arms = ([pair.champion.units for pair in pairs], [pair.challenger.units for pair in pairs])
    return min(len(np.unique(np.concatenate(arm))) for arm in arms)


def _due(pipeline: ModelPipeline, bandit: Bandit, until: datetime) -> Sequence[str]:
    """Return the partitions since the bandit's start whose last label was due by `until`, oldest first."""
    over = until - pipeline.ground_truth.lag
    return pipeline.partitions.over_by(over, since=bandit.started_at)


def _is_logged(labelled: LabelledRows) -> bool:
    """Return whether a bandit logged what was served: each version had a share below 1."""
    return labelled.is_logged and bool((labelled.propensities < 1).all())


def served_rewards(pipeline: ModelPipeline, labelled: LabelledRows) -> Rewards:
    """Return the rewards of the rows of one partition that its version served."""
    right = most_probable(labelled.task, labelled.scores) == labelled.truth
    entity = list(pipeline.entity or pipeline.row_key)
    columns = labelled.keys[entity].reset_index(drop=True)
    return Rewards(
        right=right[labelled.served].astype(float),
        propensities=labelled.propensities[labelled.served],
        units=pd.util.hash_pandas_object(columns, index=False).to_numpy()[labelled.served],
    )

"""The mutations."""

from typing import Annotated

import strawberry

from driftline.api.context import Info
from driftline.api.schema.fields import field
from driftline.api.schema.ground_truth import AddGroundTruthInput, AddGroundTruthResult, add_ground_truth
from driftline.api.schema.launches import (
    LaunchBackfillInput,
    LaunchBackfillResult,
    LaunchBacktestInput,
    LaunchBacktestResult,
    launch_backfill,
    launch_backtest,
)


@strawberry.type(description="Labels can be delivered, backfills and backtests launched; nothing else changes.")
class Mutation:
    """The root of every mutation."""

    @field("Deliver labels, which count from now on. The same content twice is one delivery.")
    async def add_ground_truth(
        self,
        info: Info,
        input: Annotated[AddGroundTruthInput, strawberry.argument(description="The labels.")],  # noqa: A002
    ) -> AddGroundTruthResult:
        """Deliver labels."""
        return await add_ground_truth(info, input)

    @field("Predict and evaluate past partitions again, as one backfill on Dagster.")
    async def launch_backfill(
        self,
        info: Info,
        input: Annotated[LaunchBackfillInput, strawberry.argument(description="Which partitions.")],  # noqa: A002
    ) -> LaunchBackfillResult:
        """Launch a backfill."""
        return await launch_backfill(info, input)

    @field("Replay a stream's past under several policies, as a run on Dagster; `backtests` has its outcome.")
    async def launch_backtest(
        self,
        info: Info,
        input: Annotated[LaunchBacktestInput, strawberry.argument(description="Which past.")],  # noqa: A002
    ) -> LaunchBacktestResult:
        """Launch a backtest."""
        return await launch_backtest(info, input)

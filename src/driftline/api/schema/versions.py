"""Model versions."""

from datetime import datetime

import strawberry

from driftline.api.context import Info
from driftline.api.schema.fields import JSON, field
from driftline.api.schema.plots import Plot, shown_plots
from driftline.api.schema.runs import Run
from driftline.dossier import load_plots
from driftline.store import model_rows, run_rows
from driftline.store.lookup import by_key


@strawberry.type
class OfModel:
    """What belongs to one registered model; the types that inherit this show its name."""

    model_id: strawberry.Private[int]

    @field("The name of the registered model.")
    async def model(self, info: Info) -> str:
        """Return the model's name."""
        model = await info.context.reader.stored(_Name, by_key, model_rows.RegisteredModel, key=self.model_id)
        return model.name


@strawberry.type
class _Name:
    """The name of a registered model."""

    name: str


@strawberry.type(description="An immutable trained model.")
class ModelVersion(OfModel):
    """A model version."""

    id: strawberry.Private[int]
    run_id: strawberry.Private[str]
    judged_version_id: strawberry.Private[int | None]
    version: int = strawberry.field(name="number", description="Its number, counted per model from 1.")
    digest: str = strawberry.field(description="sha256 over the paths and digests of its files.")
    flavor: str = strawberry.field(description="The format of its files.")
    signature: JSON = strawberry.field(description="The columns that it reads: name, type, categories.")
    trained_from: datetime | None = strawberry.field(
        description="No row before this was used in training; null: all rows of the training dataset."
    )
    trained_through: datetime = strawberry.field(description="Nothing later than this was used in training.")
    created_at: datetime = strawberry.field(description="When it was registered.")

    @field("The run that trained it; its files are the artifacts under model/.")
    async def run(self, info: Info) -> Run:
        """Return the run."""
        return await info.context.reader.stored(Run, run_rows.runs_of, key=self.run_id)

    @field("Its plots on its holdout; of a refit, those of the version that was compared in its place.")
    async def plots(self, info: Info) -> list[Plot]:
        """Return the plots."""
        workspace, version_id = info.context.workspace, self.id
        stored = await info.context.reader.on_thread(lambda: load_plots(workspace, version_id))
        return [*shown_plots(stored)]

    @field("For a refit, the number of the version that was compared in its place.")
    async def judged_version(self, info: Info) -> int | None:
        """Return the number of the version that was judged."""
        judged = await version_of(info, self.judged_version_id)
        return judged.version if judged else None


async def stored_version(info: Info, version_id: int) -> ModelVersion:
    """Return the model version with a row id."""
    return await info.context.reader.stored(ModelVersion, by_key, model_rows.ModelVersionRow, key=version_id)


async def version_of(info: Info, version_id: int | None) -> ModelVersion | None:
    """Return the model version with a row id, or None."""
    return await info.context.reader.one(ModelVersion, by_key, model_rows.ModelVersionRow, key=version_id)

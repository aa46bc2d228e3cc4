"""What a resolver has of its request: the time, the workspace, Dagster, and the reader of the experiment database."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from driftline.api.dagster import Dagster
from driftline.json_values import finite
from driftline.store import Database, Session
from driftline.workspace import Workspace

MOST_KEYS = 1000  # of one statement; SQLite takes 32,766 variables

Node = TypeVar("Node")
Answer = TypeVar("Answer")
P = ParamSpec("P")


def from_row(kind: type[Node], row: Any, **given: Any) -> Node:
    """Return the node of `kind` with what is given, or `row` has under the same names.

    A float that is not finite is None.
    """
    named = (field.name for field in fields(kind) if field.init)  # type: ignore[arg-type]  # a strawberry type is a dataclass
    return kind(**{name: given[name] if name in given else _column(getattr(row, name)) for name in named})


def _column(value: Any) -> Any:
    return finite(value) if isinstance(value, float) else value  # a JSON value keeps what is in it


class Reader:
    """The questions of one request to the store.

    The event loop never waits for the database: each question runs on a thread of `threads`, in a session of
    its own. Questions about single keys that are asked at the same time become one statement.
    """

    def __init__(self, database: Database, threads: Executor) -> None:
        self._database = database
        self._threads = threads
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    async def ask(
        self, question: Callable[Concatenate[Session, P], Answer], *args: P.args, **kwargs: P.kwargs
    ) -> Answer:
        """Return what a function of the store answers; it gets a session before its other arguments."""

        def answer() -> Answer:
            with self._database.reading() as session:
                return question(session, *args, **kwargs)

        return await self.on_thread(answer)

    async def on_thread(self, work: Callable[[], Answer]) -> Answer:
        """Return what `work` returns; the event loop goes on meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def value(self, question: Callable[..., Any], *args: Hashable, key: Hashable) -> Any:
        """Return what `question` answers at `key`; None without anything."""
        return None if key is None else await self._loader(question, args).load(key)

    async def one(self, kind: type[Node], question: Callable[..., Any], *args: Hashable, key: Hashable) -> Node | None:
        """Return the node of the row at `key` in the mapping that `question` answers; None without a row."""
        row = await self.value(question, *args, key=key)
        return None if row is None else from_row(kind, row)

    async def stored(self, kind: type[Node], question: Callable[..., Any], *args: Hashable, key: Hashable) -> Node:
        """Return what `one` returns, for a key that the database promises to have a row."""
        node = await self.one(kind, question, *args, key=key)
        if node is None:
            raise LookupError(f"The database has no row for the {kind.__name__} {key!r}.")
        return node

    async def many(self, kind: type[Node], question: Callable[..., Any], *args: Hashable, key: Hashable) -> list[Node]:
        """Return the nodes of the rows at `key` in the mapping that `question` answers."""
        return [from_row(kind, row) for row in await self._loader(question, args).load(key) or ()]

    def _loader(self, question: Callable[..., Any], args: tuple[Hashable, ...]) -> DataLoader[Any, Any]:
        async def load(keys: Sequence[Any]) -> list[Any]:
            rows = await self.ask(question, *args, keys)
            return [rows.get(key) for key in keys]

        return self._loaders.setdefault((question, args), DataLoader(load, max_batch_size=MOST_KEYS))


@dataclass(frozen=True, kw_only=True)
class Context:
    """The context of one request.

    Attributes:
        reader: asks the experiment database.
        workspace: what mutations change.
        dagster: Dagster's web server: launches runs, and has a page for each.
        as_of: what "now" is to all of the request.
    """

    reader: Reader
    workspace: Workspace
    dagster: Dagster
    as_of: datetime


Info = strawberry.Info[Context, None]

"""What an import found, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Items of one table.

    Attributes:
        found: in the source.
        imported: stored just now.
        present: stored already.
        skipped: not stored; each is named among the skipped items.
    """

    found: int = 0
    imported: int = 0
    present: int = 0
    skipped: int = 0


@dataclass(frozen=True, kw_only=True)
class SkippedItem:
    """Something that was not imported.

    Attributes:
        table: what it is.
        item: its name in the source.
        reason: why, as a sentence without its full stop.
    """

    table: str
    item: str
    reason: str


@dataclass
class ImportReport:
    """What an import found, table by table, and each item that it left out, with its reason."""

    tables: dict[str, Counts] = field(default_factory=dict)
    skipped: list[SkippedItem] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)

    def count(self, table: str, *, imported: int = 0, present: int = 0) -> None:
        """Count items that are stored: just now, or already."""
        counts = self.tables.setdefault(table, Counts())
        counts.found += imported + present
        counts.imported += imported
        counts.present += present

    def count_known(self, table: str, items: Collection[object], known: Collection[object]) -> None:
        """Count items of which those in `known` are stored already."""
        present = sum(1 for item in items if item in known)
        self.count(table, imported=len(items) - present, present=present)

    def skip(self, table: str, item: str, reason: str) -> None:
        """Name an item that is left out."""
        counts = self.tables.setdefault(table, Counts())
        counts.found += 1
        counts.skipped += 1
        self.skipped.append(SkippedItem(table=table, item=item, reason=reason))

"""Where files of another store lie on this machine, from what that store calls their place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

_ID = re.compile(r"(m-)?[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True)
class LocalFile:
    """A file on this machine, and its path among those of its run."""

    path: str
    file: Path


def local_folder(location: str, folders: Sequence[str]) -> Path | None:
    """Return the folder or file that a location names on this machine, or None where it is not here.

    A store may have been moved, or its server may have named artifacts in its own way: then the longest end of the
    location's path that exists below one of `folders` is taken, if the id of a run or of a model is part of it.
    """
    parts = urlsplit(location)
    path = unquote(parts.path)
    if parts.scheme in {"file", ""} and PurePosixPath(path).is_absolute() and Path(path).exists():
        return Path(path)
    ends = PurePosixPath(path.lstrip("/")).parts
    places = [place for place, part in enumerate(ends) if _ID.fullmatch(part)]
    if not places or ".." in ends:
        return None
    candidates = (Path(folder).joinpath(*ends[start:]) for start in range(places[0] + 1) for folder in folders)
    return next((candidate for candidate in candidates if candidate.exists()), None)


def files_below(folder: Path) -> Iterator[LocalFile]:
    """Return the files of a folder in the order of their paths, or the one file; links that lead out are left out."""
    if folder.is_file():
        yield LocalFile(path=folder.name, file=folder)
        return
    inside = folder.resolve()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.resolve().is_relative_to(inside):
            yield LocalFile(path=file.relative_to(folder).as_posix(), file=file)

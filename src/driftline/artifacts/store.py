"""The artifact store: a file is kept once, under the sha256 of its content, and never changes."""

import errno
import hashlib
import io
import os
import re
import stat
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NewType

import fsspec
from fsspec.implementations.local import LocalFileSystem

from driftline.artifacts.errors import (
    ArtifactAlteredError,
    ArtifactMissingError,
    DiskFullError,
    altered_artifact,
    invalid_artifacts_url,
)

Digest = NewType("Digest", str)

CHUNK_BYTES = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OURS = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}|partial/[0-9a-f]{32}")  # anything else in the folder is left alone
_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, kw_only=True)
class UnnamedFile:
    """A file of the store that nothing names, or a partial one whose process died."""

    path: str
    size_bytes: int


class ArtifactStore:
    """Files by digest under one root; open it with `open_artifacts`."""

    def __init__(self, filesystem: fsspec.AbstractFileSystem, root: str) -> None:
        self._files = filesystem
        self._root = root.rstrip("/")

    def put(self, content: bytes | BinaryIO) -> Digest:
        """Store `content` and return its digest; content that is there already, undamaged, is kept as it is.

        The bytes are hashed while they stream into a partial file, which is then renamed: a reader sees
        all of a file or none of it, and a crash leaves nothing but a file in `partial/`. On a folder the bytes are on
        the disk before the name is, and the name before this returns.

        Raises:
            DiskFullError: there is no space left for it; nothing is left of it.
            ArtifactAlteredError: a folder lies where the file belongs.
        """
        if isinstance(content, bytes):
            digest = Digest(hashlib.sha256(content).hexdigest())
            if self._is_kept(digest):
                return digest
            content = io.BytesIO(content)
        partial = f"{self._root}/partial/{uuid.uuid4().hex}"
        try:
            digest = self._write(partial, content)
            path = self._path(digest)
            if self._is_local:
                _rename(Path(partial), Path(path), digest)
            else:
                self._files.mv(partial, path)
        except BaseException as error:
            if self._files.exists(partial):
                self._files.rm_file(partial)
            if isinstance(error, OSError) and error.errno in _FULL:
                raise DiskFullError(self._root) from error
            raise
        return digest

    def _write(self, path: str, content: BinaryIO) -> Digest:
        sha256 = hashlib.sha256()
        self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        with self._files.open(path, "wb") as file:
            while chunk := content.read(CHUNK_BYTES):
                sha256.update(chunk)
                file.write(chunk)
            if self._is_local:
                file.flush()
                os.fsync(file.fileno())
        return Digest(sha256.hexdigest())

    def _is_kept(self, digest: Digest) -> bool:
        """Return whether a file is there already, undamaged, and will be: it counts as new from now on.

        Only a folder can say so without the content being sent; elsewhere a file is stored again.
        """
        if not self._is_local:
            return False
        try:
            self.get(digest)
        except (ArtifactMissingError, ArtifactAlteredError):
            return False
        self._files.touch(self._path(digest), truncate=False)
        return True

    def get(self, digest: str) -> bytes:
        """Return the content of `digest`, verified.

        Raises:
            ArtifactMissingError: no such file.
            ArtifactAlteredError: the file's content is not what was stored, or there is something else than a file.
        """
        path = self._path(digest)
        try:
            if self._is_local and not stat.S_ISREG(Path(path).stat().st_mode):  # a pipe would be waited for
                raise altered_artifact(digest, path, "it is no file any more")
            content: bytes = self._files.cat_file(path)
        except FileNotFoundError:
            raise ArtifactMissingError(digest, path) from None
        except OSError as error:
            if not self._is_local:  # a server that does not answer has altered nothing
                raise
            raise altered_artifact(digest, path, f"it cannot be read ({error.strerror or error})") from None
        actual = hashlib.sha256(content).hexdigest()
        if actual != digest:
            raise altered_artifact(digest, path, f"its content has sha256 {actual}")
        return content

    def has(self, digest: str) -> bool:
        """Return whether a file of this digest is stored; its content is not looked at."""
        return bool(self._files.exists(self._path(digest)))

    def unnamed(self, named: Callable[[], Collection[str]], *, before: datetime) -> list[UnnamedFile]:
        """Return the files that nothing names, and partial ones; those that were stored after `before` are left out.

        Args:
            named: gives the digests of all files that something names; it is called after the files were listed.
            before: long enough ago that whoever stored a file has named it since.
        """
        files = self._files.find(self._root, detail=True) if self._files.exists(self._root) else {}
        kept = {self._path(digest) for digest in named()}
        return [
            UnnamedFile(path=path, size_bytes=files[path]["size"])
            for path in sorted(files.keys() - kept)
            if _OURS.fullmatch(path.removeprefix(f"{self._root}/")) and self._modified(path) < before
        ]

    def remove(self, files: Iterable[UnnamedFile]) -> None:
        """Remove files for good."""
        for file in files:
            self._files.rm_file(file.path)

    def _modified(self, path: str) -> datetime:
        time: datetime = self._files.modified(path)
        return time if time.tzinfo else time.replace(tzinfo=UTC)

    @property
    def _is_local(self) -> bool:
        return isinstance(self._files, LocalFileSystem)

    def _path(self, digest: str) -> str:
        if not _DIGEST.fullmatch(digest):  # nothing else may become part of a path
            raise ArtifactMissingError(digest, "a sha256 has 64 hexadecimal digits")
        return f"{self._root}/{digest[:2]}/{digest[2:]}"


def _rename(partial: Path, path: Path, digest: Digest) -> None:
    """Give a file on the disk its name, which is then on the disk, too."""
    is_new = not path.parent.is_dir()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        partial.replace(path)
    except IsADirectoryError:
        raise altered_artifact(digest, str(path), "it is a folder") from None
    for folder in (path.parent, path.parent.parent) if is_new else (path.parent,):
        entry = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)


def open_artifacts(url: str) -> ArtifactStore:
    """Return the artifact store at a folder or fsspec URL; a folder is made when the first file comes.

    Raises:
        InvalidSettingError: the URL's protocol is unknown, or the package that serves it is not installed.
    """
    try:
        filesystem, root = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise invalid_artifacts_url(url, error) from None  # whose own words may hold a password
    return ArtifactStore(filesystem, root)

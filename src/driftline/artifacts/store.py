"""The artifact store: a file is kept once, under the sha256 of its content, and never changes."""

import hashlib
import io
import os
import re
import stat
import uuid
from pathlib import Path
from typing import BinaryIO, NewType

import fsspec
from fsspec.implementations.local import LocalFileSystem

from driftline.artifacts.errors import (
    ArtifactAlteredError,
    ArtifactMissingError,
    altered_artifact,
    invalid_artifacts_url,
)

Digest = NewType("Digest", str)

CHUNK_BYTES = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


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
            ArtifactAlteredError: a folder lies where the file belongs.
        """
        if isinstance(content, bytes):
            digest = Digest(hashlib.sha256(content).hexdigest())
            if self._is_intact(digest):
                return digest
            content = io.BytesIO(content)
        partial = f"{self._root}/partial/{uuid.uuid4().hex}"
        sha256 = hashlib.sha256()
        self._files.makedirs(f"{self._root}/partial", exist_ok=True)
        with self._files.open(partial, "wb") as file:
            while chunk := content.read(CHUNK_BYTES):
                sha256.update(chunk)
                file.write(chunk)
            if self._is_local:
                file.flush()
                os.fsync(file.fileno())
        digest = Digest(sha256.hexdigest())
        path = self._path(digest)
        if self._is_local:
            _rename(Path(partial), Path(path), digest)
        else:
            self._files.mv(partial, path)
        return digest

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

    @property
    def _is_local(self) -> bool:
        return isinstance(self._files, LocalFileSystem)

    def _is_intact(self, digest: str) -> bool:
        """Return whether a file of this digest is stored and has its content."""
        try:
            self.get(digest)
        except (ArtifactMissingError, ArtifactAlteredError):
            return False
        return True

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

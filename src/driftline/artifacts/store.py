"""The artifact store: a file is kept once, under the sha256 of its content, and never changes."""

import hashlib
import io
import re
import uuid
from typing import BinaryIO, NewType

import fsspec
from fsspec.implementations.local import LocalFileSystem

from driftline.artifacts.errors import ArtifactAlteredError, ArtifactMissingError, invalid_artifacts_url

Digest = NewType("Digest", str)

CHUNK_BYTES = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ArtifactStore:
    """Files by digest under one root; open it with `open_artifacts`."""

    def __init__(self, filesystem: fsspec.AbstractFileSystem, root: str) -> None:
        self._files = filesystem
        self._root = root.rstrip("/")

    def put(self, content: bytes | BinaryIO) -> Digest:
        """Store `content` and return its digest; content that is there already is kept as it is.

        The bytes are hashed while they stream into a partial file, which is then renamed: a reader sees
        all of a file or none of it, and a crash leaves nothing but a file in `partial/`.
        """
        if isinstance(content, bytes):
            digest = Digest(hashlib.sha256(content).hexdigest())
            if self.has(digest):
                return digest
            content = io.BytesIO(content)
        partial = f"{self._root}/partial/{uuid.uuid4().hex}"
        sha256 = hashlib.sha256()
        self._files.makedirs(f"{self._root}/partial", exist_ok=True)
        with self._files.open(partial, "wb") as file:
            while chunk := content.read(CHUNK_BYTES):
                sha256.update(chunk)
                file.write(chunk)
        digest = Digest(sha256.hexdigest())
        path = self._path(digest)
        if isinstance(self._files, LocalFileSystem):
            self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        self._files.mv(partial, path)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the content of `digest`, verified.

        Raises:
            ArtifactMissingError: no such file.
            ArtifactAlteredError: the file's content is not what was stored.
        """
        path = self._path(digest)
        try:
            content: bytes = self._files.cat_file(path)
        except FileNotFoundError:
            raise ArtifactMissingError(digest, path) from None
        actual = hashlib.sha256(content).hexdigest()
        if actual != digest:
            raise ArtifactAlteredError(digest, actual, path)
        return content

    def has(self, digest: str) -> bool:
        """Return whether a file of this digest is stored; its content is not looked at."""
        return bool(self._files.exists(self._path(digest)))

    def _path(self, digest: str) -> str:
        if not _DIGEST.fullmatch(digest):  # nothing else may become part of a path
            raise ArtifactMissingError(digest, "a sha256 has 64 hexadecimal digits")
        return f"{self._root}/{digest[:2]}/{digest[2:]}"


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

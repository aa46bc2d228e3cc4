"""The errors of the room `artifacts`."""

from driftline.errors import NotFoundError, StorageError
from driftline.masking import mask_url
from driftline.settings import InvalidSettingError


class ArtifactMissingError(NotFoundError):
    """No file of a digest is stored."""

    def __init__(self, digest: str, where: str) -> None:
        super().__init__(
            f"No artifact has the digest {digest!r} ({where}). Check that DRIFTLINE_ARTIFACTS_URL names the store "
            "that was written to, or restore the file from a backup."
        )


class ArtifactAlteredError(StorageError):
    """A stored file is no longer what was stored."""


def altered_artifact(digest: str, path: str, fault: str) -> ArtifactAlteredError:
    """Return the error where the file of a digest is another one by now, or none that can be read."""
    return ArtifactAlteredError(
        f"The artifact at {path} was altered: {fault}, it was stored as {digest}. "
        "Restore it from a backup, or train the model again; it is not loaded."
    )


class DiskFullError(StorageError):
    """There is no space left for a file."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"The disk of the artifact store {where} is full: the file was not stored, and nothing is left of it. "
            "Free space there, then run the same again; driftline gc shows files that nothing names."
        )


def invalid_artifacts_url(url: str, cause: object) -> InvalidSettingError:
    """Return the error where an artifacts URL cannot be used."""
    return InvalidSettingError(
        f"The artifacts URL {mask_url(url)!r} cannot be used: {cause}. Set DRIFTLINE_ARTIFACTS_URL to a folder or to "
        "an fsspec URL such as s3://bucket/folder, and install the package that serves it (s3fs, gcsfs, adlfs)."
    )

"""Content-addressed files on a folder or any fsspec URL."""

from driftline.artifacts.store import ArtifactStore, Digest, open_artifacts

__all__ = ["ArtifactStore", "Digest", "open_artifacts"]

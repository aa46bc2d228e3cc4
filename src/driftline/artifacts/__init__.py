"""Content-addressed files on a folder or any fsspec URL."""

from driftline.artifacts.store import ArtifactStore, open_artifacts

__all__ = ["ArtifactStore", "open_artifacts"]

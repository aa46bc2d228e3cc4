"""Content-addressed files on a folder or any fsspec URL."""

from driftline.artifacts.store import ArtifactStore, UnnamedFile, open_artifacts

__all__ = ["ArtifactStore", "UnnamedFile", "open_artifacts"]

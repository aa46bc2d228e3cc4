"""The experiment database and the artifact store."""

from driftline.pipelines import WorkspaceResource

workspace = WorkspaceResource()

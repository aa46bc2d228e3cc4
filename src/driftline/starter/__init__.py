"""A first project: its files, and a declaration for a table of one's own."""

from driftline.starter.choices import Choices, choose
from driftline.starter.files import example_declaration, pipeline_name, project_files, write_project
from driftline.starter.source import declaration_source
from driftline.starter.table import read_table

__all__ = [
    "Choices",
    "choose",
    "declaration_source",
    "example_declaration",
    "pipeline_name",
    "project_files",
    "read_table",
    "write_project",
]

"""docs/reference.md says what the docstrings say, of every public name and every argument."""

import re
from pathlib import Path

import driftline
from tests.docs.reference import PARTS, reference


def test_the_page_is_what_the_docstrings_say():
    page = (Path(__file__).parents[2] / "docs" / "reference.md").read_text()
    assert page == reference(), "python -m tests.docs.reference > docs/reference.md"


def test_each_public_name_is_on_it_once():
    assert sorted(name for names in PARTS.values() for name in names) == sorted(driftline.__all__)


def test_each_argument_is_described():
    assert re.findall(r"^\| `(\w+)` \| .*? \|  \|$", reference(), re.MULTILINE) == []

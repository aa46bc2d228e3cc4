"""`import driftline`: what it promises, it has, and it loads nothing before it is asked for."""

import subprocess
import sys

import driftline

LAZY = """
import sys, driftline
heavy = {"pandas", "numpy", "sqlalchemy", "dagster", "lightgbm", "sklearn"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
driftline.Window
assert "sqlalchemy" not in sys.modules and "dagster" not in sys.modules
"""


def test_all_is_exactly_what_can_be_imported():
    assert sorted(driftline.__all__) == sorted(driftline._ROOM_OF)
    assert len(set(driftline.__all__)) == len(driftline.__all__)
    assert [name for name in driftline.__all__ if not hasattr(driftline, name)] == []
    assert set(dir(driftline)) == {*driftline.__all__, "__version__"}


def test_a_name_that_is_not_promised_is_no_attribute():
    assert not hasattr(driftline, "Database")


def test_importing_it_loads_nothing_heavy():
    subprocess.run([sys.executable, "-W", "error", "-c", LAZY], check=True)

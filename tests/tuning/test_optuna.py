"""Optuna is an extra: nothing imports it before a search begins, and an error says how to install it."""

import logging
import subprocess
import sys

import optuna

from driftline import LightGBM, Search
from tests.tuning.conftest import BINARY, FEATURES, SMALL, TARGET

LAZY = """
import sys
from driftline import LightGBM, ModelPipeline, RandomShare, Search, Target
search = Search(LightGBM(), trials=1)
search.params()
ModelPipeline(name="p", dataset=print, target=Target("y"), trainer=search, metrics=("auroc",), holdout=RandomShare())
print({"optuna", "lightgbm", "sklearn"} & set(sys.modules))
"""
MISSING = """
import sys
sys.modules["optuna"] = None
import numpy, pandas
from driftline import LightGBM, Search
from driftline.errors import LibraryMissingError
from driftline.metrics import Task
try:
    Search(LightGBM()).fit(pandas.DataFrame({"a": numpy.arange(40.0)}), numpy.arange(40.0), task=Task.REGRESSION)
except LibraryMissingError as error:
    print(error)
"""


def printed(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_declaring_a_search_imports_no_learning_library():
    assert printed(LAZY) == "set()"


def test_without_optuna_an_error_says_what_to_install():
    assert "pip install 'driftline[search]'" in printed(MISSING)


def test_a_search_writes_nothing_to_the_terminal_and_leaves_optunas_own_level_as_it_was(capfd):
    before = optuna.logging.get_verbosity()
    Search(LightGBM(), trials=2, **SMALL).fit(FEATURES, TARGET, **BINARY)
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "")
    assert optuna.logging.get_verbosity() == before
    assert logging.getLogger("optuna").level == before

"""What it costs to import a declaration, which every command, asset and notebook does."""

import subprocess
import sys

MEASURED = """
import sys, time
started = time.process_time()
import {module}
print(time.process_time() - started)
print(*{heavy} & set(sys.modules))
"""
HEAVY = {"scipy.stats", "sklearn", "lightgbm", "matplotlib", "sqlalchemy", "dagster"}


def imported(module):
    """Return the CPU seconds that a fresh interpreter takes to import `module`, and what it should not have loaded."""
    code = MEASURED.format(module=module, heavy=HEAVY)
    seconds, loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return float(seconds), loaded


def test_importing_a_declaration_costs_at_most_three_times_what_pandas_costs():
    pairs = [(imported("pandas")[0], imported("driftline.declaration")[0]) for _ in range(3)]
    pandas, declaration = (min(seconds) for seconds in zip(*pairs, strict=True))
    assert declaration <= 3 * pandas


def test_importing_a_declaration_loads_nothing_that_only_some_of_it_needs():
    assert imported("driftline.declaration")[1] == ""

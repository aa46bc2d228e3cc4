"""What was started, told by processes that are started in each way."""

import json
import os
import subprocess
import sys

TELL = """
import json, dataclasses, sys
from driftline.capture.entry_point import entry_point
print(json.dumps(dataclasses.asdict(entry_point())))
"""
NOTEBOOK = """
import sys, types
class ZMQInteractiveShell:
    user_ns = {"__vsc_ipynb_file__": "/work/first.ipynb"}
ipython = types.ModuleType("IPython")
ipython.get_ipython = lambda: ZMQInteractiveShell()
sys.modules["IPython"] = ipython
"""


def told(folder, *words, **options):
    script = folder / "train.py"
    script.write_text(TELL)
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=True, **options)
    return json.loads(done.stdout)


def test_a_script_is_named_by_its_path(tmp_path):
    start = told(tmp_path, "-u", "train.py", "--rate", "0.1", "--api-key", "PW")
    assert (start["kind"], start["name"], start["folder"]) == ("script", str(tmp_path / "train.py"), str(tmp_path))
    assert start["command"] == [sys.executable, "-u", "train.py", "--rate", "0.1", "--api-key", "***"]


def test_a_module_is_named_as_it_is_imported(tmp_path):
    (tmp_path / "project" / "jobs").mkdir(parents=True)
    (tmp_path / "project" / "jobs" / "__main__.py").write_text(TELL)
    assert [told(tmp_path, "-m", name)["name"] for name in ("train", "project.jobs")] == ["train", "project.jobs"]
    assert told(tmp_path, "-m", "train")["kind"] == "module"


def test_code_that_is_piped_in_or_given_has_no_name(tmp_path):
    for start in (told(tmp_path, "-c", TELL), told(tmp_path, "-", input=TELL)):
        assert (start["kind"], start["name"]) == ("interactive", None)


def test_a_notebook_is_named_by_its_server_or_its_editor(tmp_path):
    start = told(tmp_path, "-c", NOTEBOOK + TELL, env={**os.environ, "JPY_SESSION_NAME": "/work/second.ipynb"})
    assert (start["kind"], start["name"]) == ("notebook", "/work/second.ipynb")
    assert told(tmp_path, "-c", NOTEBOOK + TELL)["name"] == "/work/first.ipynb"


def test_a_command_of_thousands_of_words_is_shortened(tmp_path):
    command = told(tmp_path, "train.py", *(f"rows/{number:06}.csv" for number in range(5_000)))["command"]
    assert command[2] == "rows/000000.csv"
    assert command[-1] == f"... and {5_002 - (len(command) - 1)} more"
    assert sum(map(len, command)) < 10_100

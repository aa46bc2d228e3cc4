"""What goes wrong is said in a sentence or two on stderr, without a traceback."""

import socket
import subprocess
from dataclasses import replace

import pytest


def fails(shown: subprocess.CompletedProcess[str], *said: str) -> bool:
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr.startswith("driftline: ")
    assert shown.stderr.count("\n") == 1
    assert [part for part in said if part not in shown.stderr] == []
    return True


def test_an_unknown_model_is_named_with_the_closest_one(replayed):
    command, _ = replayed
    assert fails(command("models", "fire_risc"), "no model 'fire_risc'", "Did you mean 'fire_risk'?")


def test_a_model_of_an_empty_home_is_unknown(driftline):
    assert fails(driftline("models", "income"), "no model 'income'", "Known: none.")


@pytest.mark.parametrize(("status", "hint"), [("done", "Known: failed, finished"), ("Finished", "mean 'finished'")])
def test_an_unknown_status_is_named_with_the_known_ones(driftline, status, hint):
    assert fails(driftline("runs", "--status", status), f"no status {status!r}", hint)


@pytest.mark.parametrize("text", ["nonsense", "2025-05-01T12:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_is_none_or_has_no_zone_is_refused(replayed, text):
    command, _ = replayed
    assert fails(command("models", "fire_risk", "--at", text), repr(text), "Write a day as 2026-05-03")


def test_a_time_without_a_model_asks_for_the_model(driftline):
    assert fails(driftline("models", "--at", "2025-05-01"), "Name it: driftline models NAME --at 2025-05-01.")


def test_an_unknown_run_is_named(driftline):
    assert fails(driftline("runs", "abc"), "There is no run 'abc'", "driftline runs")


def test_a_start_that_two_runs_share_is_answered_with_both(replayed):
    command, _ = replayed
    assert fails(command("runs", ""), "2 runs start with ''")


@pytest.mark.parametrize("command", ["demo", "dev"])
def test_outside_of_a_project_the_folder_is_named(driftline, command):
    assert fails(driftline(command), f"No definitions.py in {driftline.folder} or above", "clone of the repository")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import numpy\nrows = numpy.zeros(3\n", "assets.py, line 2: SyntaxError"),
        ("a = 1\nb = missing\n", "assets.py, line 2: NameError: name 'missing' is not defined"),
        ("import nowhere\n", "assets.py, line 1: ModuleNotFoundError: No module named 'nowhere'"),
        ("PIPELINE = ()\n", "AttributeError: module 'assets' has no attribute 'PIPELINES'"),
        ("from driftline import Daily\n\nDaily('in spring')\n", "assets.py, line 3: "),
    ],
)
def test_an_error_in_an_asset_file_is_shown_as_that_error(driftline, code, said):
    (driftline.folder / "definitions.py").write_text("defs = None\n")
    (driftline.folder / "assets.py").write_text(code)
    assert fails(driftline("demo"), "The project cannot be loaded: ", said)


def test_the_demo_of_a_project_without_its_pipeline_names_the_others(driftline):
    (driftline.folder / "definitions.py").write_text("defs = None\n")
    (driftline.folder / "assets.py").write_text("PIPELINES = ()\n")
    assert fails(driftline("demo"), "no pipeline 'fire_risk'", "Known: none.")


@pytest.mark.parametrize(("command", "option"), [("dev", "--port"), ("dev", "--api-port"), ("serve", "--port")])
def test_a_port_in_use_is_named(driftline, project, free_port, command, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        others = ["--port", free_port(), "--api-port", free_port()] if command == "dev" else []
        assert fails(replace(driftline, folder=project)(command, *others, option, port), f"Port {port} is in use")


def test_one_port_for_both_servers_is_refused(driftline, project, free_port):
    port = free_port()
    shown = replace(driftline, folder=project)("dev", "--port", port, "--api-port", port)
    assert fails(shown, f"Both servers are given port {port}.")


def test_the_api_is_not_served_to_other_machines(driftline):
    assert fails(driftline("serve", "--host", "192.168.1.4", "--port", "0"), "not on '192.168.1.4'")


def test_a_database_in_a_missing_folder_is_named(driftline):
    elsewhere = replace(driftline, settings={"DRIFTLINE_DATABASE_URL": f"sqlite:///{driftline.folder}/no/d.db"})
    assert fails(elsewhere("gc"), f"the folder {driftline.folder}/no, which does not exist", "DRIFTLINE_DATABASE_URL")


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_database_that_does_not_serve_is_named_without_its_password(driftline, scheme):
    elsewhere = replace(driftline, settings={"DRIFTLINE_DATABASE_URL": f"{scheme}://u:secret@127.0.0.1:1/d"})
    shown = elsewhere("models")
    assert fails(shown, "u:***@127.0.0.1:1/d", "DRIFTLINE_DATABASE_URL")
    assert "secret" not in shown.stderr


def test_a_file_that_is_no_database_is_named(driftline):
    driftline.home.mkdir()
    (driftline.home / "driftline.db").write_text("These are words, and more than sixteen bytes of them.")
    assert fails(driftline("runs"), "driftline.db does not serve", "file is not a database")


def test_a_home_that_is_a_file_is_named(driftline):
    driftline.home.write_text("")
    assert fails(driftline("gc"), f"The folder {driftline.home} cannot be made", "Set DRIFTLINE_HOME")


def test_a_setting_of_no_known_value_is_named(driftline):
    elsewhere = replace(driftline, settings={"DRIFTLINE_EXECUTOR": "celery"})
    assert fails(elsewhere("runs"), "DRIFTLINE_EXECUTOR is 'celery'", "'in_process' or 'multiprocess'")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DRIFTLINE_HOME", "~nobody_of_this_name/x"),
        ("DRIFTLINE_DATABASE_URL", "postgresql://h:port/d"),
        ("DRIFTLINE_DATABASE_URL", "postgresql://u:p@ss@h/d"),
        ("DRIFTLINE_ARTIFACTS_URL", "ftpx://u:pass@h/d"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(driftline, setting, value):
    shown = replace(driftline, settings={setting: value})("runs")
    assert fails(shown, setting)
    assert "Traceback" not in shown.stderr
    assert "ss@" not in shown.stderr


def test_a_setting_of_nothing_is_none(driftline):
    elsewhere = replace(driftline, settings={"DRIFTLINE_DATABASE_URL": "", "DRIFTLINE_ARTIFACTS_URL": ""})
    assert elsewhere("gc").returncode == 0
    assert (driftline.home / "driftline.db").is_file()


@pytest.mark.parametrize("words", [["runs"], ["runs", "--json"], ["--help"]])
def test_a_reader_that_leaves_early_sees_no_traceback(replayed, words):
    command, _ = replayed
    process = command.start(*words)
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(30) in {0, 1}
    assert said == ""
    process.stderr.close()

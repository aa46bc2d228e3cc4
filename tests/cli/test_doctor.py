"""`driftline doctor` says what is well, and what to do where it is not."""

import json


def examined(shown):
    return {one["what"]: (one["well"], one["found"]) for one in json.loads(shown.stdout)}


def test_an_empty_home_is_well_and_stays_empty(driftline):
    shown = driftline("doctor", "--json")
    found = examined(shown)
    assert shown.returncode == 0
    assert list(found) == ["home", "space", "database", "artifacts", "dagster", "alerts", "project"]
    assert found["home"] == (True, found["home"][1])
    assert "is not there yet" in found["home"][1]
    assert "No definitions.py" in found["project"][1]
    assert not driftline.home.exists()


def test_a_home_in_use_is_well(replayed):
    shown = replayed[0]("doctor", "--json")
    found = examined(shown)
    assert (shown.returncode, {well for well, _ in found.values()}) == (0, {True})
    assert found["database"][1].endswith("driftline.db, models: 1.")
    assert found["project"][1].endswith(": fire_risk.")
    assert " GiB are free." in found["space"][1]
    assert "What driftline needs" in replayed[0]("doctor").stdout


def test_what_is_wrong_is_named_and_loses_no_other_answer(driftline):
    driftline.home.mkdir()
    (driftline.home / "driftline.db").write_bytes(b"no database at all " * 100)
    (driftline.folder / "definitions.py").write_text("defs = None\n")
    (driftline.folder / "assets.py").write_text("PIPELINES = missing\n")
    shown = driftline("doctor", "--json")
    found = examined(shown)
    assert shown.returncode == 1
    assert {what for what, (well, _) in found.items() if not well} == {"database", "project"}
    assert "file is not a database" in found["database"][1]
    assert "assets.py, line 1: NameError" in found["project"][1]

"""Files and data of a run."""

import threading

import pandas as pd
import pytest

import driftline
from driftline.experiments import describe_run
from driftline.tracking.origin import CHANGES, ENVIRONMENT

pytestmark = pytest.mark.usefixtures("home")


def logged(workspace, run):
    """The files of a run but those that it records by itself."""
    artifacts = describe_run(workspace, run.run_id)["artifacts"]
    return [file for file in artifacts if file["path"] not in {ENVIRONMENT, CHANGES}]


def test_a_folder_is_logged_with_links_but_not_in_a_circle(look, tmp_path, caplog):
    folder = tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"a")
    (folder / "deep" / "b.txt").write_bytes(b"b")
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "link.txt").symlink_to(folder / "a.txt")
    with driftline.start_run("files") as run:
        run.log_artifacts(folder, "results")
        for wrong, match in (("nothing", "no such file"), ("/dev/null", "neither a file nor a folder")):
            with pytest.raises(driftline.tracking.errors.UnreadableFileError, match=match):
                run.log_artifact(wrong)
        for wrong in ("../up", "/etc/x", "a\\b", "x" * 300):
            with pytest.raises(driftline.tracking.errors.InvalidKeyError):
                run.log_artifact(folder / "a.txt", wrong)
    told = logged(look(), run)
    assert [file["path"] for file in told] == ["results/a.txt", "results/deep/b.txt", "results/link.txt"]
    assert "leads back into itself" in caplog.text
    assert look().artifacts.get(told[1]["digest"]) == b"b"


def test_a_file_that_changes_while_it_is_logged_is_kept_as_it_was_read(look, tmp_path, caplog):
    growing, has_logged = tmp_path / "growing.bin", threading.Event()
    growing.write_bytes(bytes(20_000_000))

    def grow():
        while not has_logged.wait(0.0005):
            with growing.open("ab") as file:
                file.write(b"more")

    writer = threading.Thread(target=grow)
    writer.start()
    with driftline.start_run("files") as run:
        run.log_artifact(growing)
    has_logged.set()
    writer.join()
    [file] = logged(look(), run)
    assert "changed while it was logged" in caplog.text
    assert file["size_bytes"] == len(look().artifacts.get(file["digest"]))


def test_data_are_logged_by_their_digest_with_schema_and_statistics(look, tmp_path):
    frame = pd.DataFrame({"x": [1.0, 2.0], "k": ["a", "b"]})
    frame.to_csv(tmp_path / "train.csv", index=False)
    with driftline.start_run("data") as run:
        run.log_input(frame, name="people")
        driftline.log_input(tmp_path / "train.csv", role="holdout")
        driftline.log_input(tmp_path / "train.csv", role="holdout")
    inputs = describe_run(look(), run.run_id)["inputs"]
    assert [(one["dataset"], one["role"], one["row_count"]) for one in inputs] == [
        ("people", "training", 2),
        ("train.csv", "holdout", 2),
    ]

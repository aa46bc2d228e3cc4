"""What git knows of the code that runs, in repositories of every state."""

import os
import subprocess
import sys

import pytest

from driftline.capture import code_state
from driftline.capture.uncommitted import uncommitted_changes


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository with one commit on the branch `work`."""
    folder = tmp_path / "code"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=work")
    git(folder, "config", "user.name", "Ann")
    git(folder, "config", "user.email", "ann@example.org")
    (folder / "train.py").write_text("rate = 0.1\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    return folder


def test_a_clean_repository_has_a_commit_a_branch_and_a_remote_without_credentials(repository):
    git(repository, "remote", "add", "origin", "https://ann:PW@example.org/team/code.git")
    state = code_state(repository)
    assert (state.user_name, state.user_email) == ("Ann", "ann@example.org")
    assert state.source_url == "https://example.org/team/code.git"
    assert (state.git_commit, state.git_branch) == (git(repository, "rev-parse", "HEAD"), "work")
    assert state.git_dirty is False
    assert uncommitted_changes(repository).patch == ""


def test_a_detached_head_has_no_branch(repository):
    git(repository, "checkout", "--quiet", "--detach")
    state = code_state(repository)
    assert (state.git_commit, state.git_branch) == (git(repository, "rev-parse", "HEAD"), None)


def test_a_repository_before_its_first_commit_has_none(tmp_path):
    git(tmp_path, "init", "--quiet")
    (tmp_path / "train.py").write_text("rate = 0.1\n")
    git(tmp_path, "add", ".")
    assert code_state(tmp_path).git_commit is None
    assert "+rate = 0.1" in uncommitted_changes(tmp_path).patch


def test_a_folder_outside_of_git_has_no_state_of_the_code(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    state = code_state(tmp_path)
    assert (state.git_commit, state.git_branch, state.git_dirty) == (None, None, None)
    assert uncommitted_changes(tmp_path) is None


def test_a_machine_without_git_has_no_state_of_the_code(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert code_state(repository).git_commit is None
    assert uncommitted_changes(repository) is None


def test_the_patch_of_what_is_not_committed_can_be_applied_to_the_commit(repository, tmp_path):
    (repository / "train.py").write_text("rate = 0.2\n")
    (repository / "staged.py").write_text("new = True\n")
    git(repository, "add", "staged.py")
    (repository / "sub").mkdir()
    changes = uncommitted_changes(repository / "sub")
    git(tmp_path, "clone", "--quiet", str(repository), "copy")
    (tmp_path / "change.patch").write_text(changes.patch)
    git(tmp_path / "copy", "apply", str(tmp_path / "change.patch"))
    assert (tmp_path / "copy" / "train.py").read_text() == "rate = 0.2\n"
    assert (tmp_path / "copy" / "staged.py").read_text() == "new = True\n"


def test_files_that_git_does_not_track_are_named_and_not_kept(repository):
    (repository / "sub").mkdir()
    (repository / "sub" / "häßlich name.py").write_text("SECRET")
    (repository / ".gitignore").write_text("data\n")
    (repository / "data").write_text("rows")
    changes = uncommitted_changes(repository / "sub")
    assert changes.untracked == (".gitignore", "sub/häßlich name.py")
    assert changes.untracked_count == 2
    assert changes.patch == ""
    assert code_state(repository).git_dirty is True


def test_a_large_patch_ends_at_a_whole_line_within_its_bound(repository):
    (repository / "train.py").write_text("".join(f"line {number}\n" for number in range(100_000)))
    changes = uncommitted_changes(repository, most_bytes=5_000)
    assert changes.is_cut
    assert 4_900 < len(changes.patch) <= 5_000
    assert changes.patch.endswith("\n")


def test_a_secret_in_a_patch_is_masked(repository):
    (repository / "train.py").write_text(
        "url = 'postgresql://ann:PW@host/db'\nkey = 'ghp_abcdefghijklmnopqrstuvwxyz0123'\n"
    )
    patch = uncommitted_changes(repository).patch
    assert "+url = 'postgresql://ann:***@host/db'" in patch
    assert "+key = '***'" in patch


def test_the_patch_is_plain_whatever_git_is_configured_to_show(repository):
    git(repository, "config", "color.ui", "always")
    git(repository, "config", "diff.external", "false")
    (repository / "train.py").write_text("rate = 0.2\n")
    assert "\n-rate = 0.1\n+rate = 0.2\n" in uncommitted_changes(repository).patch


def test_another_git_at_work_is_not_in_the_way(repository):
    (repository / ".git" / "index.lock").write_text("")
    assert code_state(repository).git_dirty is False


def test_where_the_status_takes_too_long_the_commit_is_known_all_the_same(repository, tmp_path, monkeypatch):
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    slow.write_text(f'#!/bin/sh\n[ "$1" = status ] && exit 1\nexec {real} "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")
    state = code_state(repository)
    assert (state.git_commit, state.git_dirty) == (git(repository, "rev-parse", "HEAD"), None)


def test_nothing_heavy_is_imported():
    heavy = "numpy, pandas, sqlalchemy, sqlmodel, pydantic, lightgbm, sklearn, matplotlib"
    modules = "code_state, uncommitted, entry_point, machine, packages, gpus, load, budget, output"
    script = f"""
import sys
from driftline.capture import {modules}
print(sorted(set("{heavy}".split(", ")) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

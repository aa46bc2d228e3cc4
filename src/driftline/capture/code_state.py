"""Which code runs, and who runs it: read from git for each run."""

import getpass
from dataclasses import dataclass
from pathlib import Path

from driftline.capture.git import git
from driftline.masking import public_url

_COMMIT, _BRANCH = "# branch.oid ", "# branch.head "


@dataclass(frozen=True, kw_only=True)
class CodeState:
    """The user and the state of the code; None where git does not know the folder.

    Attributes:
        user_name: as git knows it, else the login.
        user_email: as git knows it.
        source_url: the remote `origin`, without user and password.
        git_commit: what is checked out; None before the first commit.
        git_branch: its branch; None where none is checked out.
        git_dirty: whether anything is not committed, files that git does not track included. None also where git does
            not say so in time.
    """

    user_name: str
    user_email: str | None
    source_url: str | None
    git_commit: str | None
    git_branch: str | None
    git_dirty: bool | None


def code_state(folder: Path) -> CodeState:
    """Return who runs and which commit `folder` is at; it asks git two questions."""
    config = _config(folder)
    commit, branch, dirty = _state(folder)
    return CodeState(
        user_name=config.get("user.name") or _login(),
        user_email=config.get("user.email"),
        source_url=public_url(config["remote.origin.url"]) if "remote.origin.url" in config else None,
        git_commit=commit,
        git_branch=branch,
        git_dirty=dirty,
    )


def _config(folder: Path) -> dict[str, str]:
    answer = git(folder, "config", "-z", "--get-regexp", r"^(user\.(name|email)|remote\.origin\.url)$") or ""
    entries = (entry.partition("\n") for entry in answer.split("\0") if entry)
    return {key: value.strip() for key, _, value in entries}  # the last one counts, as for git


def _state(folder: Path) -> tuple[str | None, str | None, bool | None]:
    """Return the commit, the branch, and whether anything is not committed."""
    status = git(folder, "status", "--porcelain=v2", "--branch", "--no-ahead-behind")
    if status is None:
        commit = git(folder, "rev-parse", "--verify", "HEAD")  # large work trees take long to look through
        return commit.strip() if commit else None, None, None
    lines = status.splitlines()
    [commit] = [line.removeprefix(_COMMIT) for line in lines if line.startswith(_COMMIT)]
    [branch] = [line.removeprefix(_BRANCH) for line in lines if line.startswith(_BRANCH)]
    return (
        None if commit == "(initial)" else commit,
        None if branch == "(detached)" else branch,
        any(not line.startswith("# ") for line in lines),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"

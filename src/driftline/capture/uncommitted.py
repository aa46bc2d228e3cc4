"""What of the code is not committed: the changes as a patch, and the files that git does not track by name."""

from dataclasses import dataclass
from pathlib import Path

from driftline.capture.git import git, git_start
from driftline.masking import mask_secrets, mask_tokens

MOST_BYTES = 1_000_000
MOST_FILES = 1_000


@dataclass(frozen=True, kw_only=True)
class UncommittedChanges:
    """How a work tree differs from its commit.

    Attributes:
        patch: the changes of tracked files, as `git diff HEAD` shows them; a secret in it is masked.
        is_cut: whether the patch is longer, and ends at the last whole line that fits.
        untracked: files that git neither tracks nor ignores, from the root of the work tree; their content is not kept.
        untracked_count: how many there are.
    """

    patch: str
    is_cut: bool
    untracked: tuple[str, ...]
    untracked_count: int


def uncommitted_changes(folder: Path, *, most_bytes: int = MOST_BYTES) -> UncommittedChanges | None:
    """Return what is not committed in the work tree that `folder` is part of; None where git does not know it.

    This may take seconds in a large work tree: ask in a thread.

    Args:
        folder: any folder of the work tree.
        most_bytes: of the patch.
    """
    plain = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-relative")
    since = ["HEAD"] if git(folder, "rev-parse", "--verify", "--quiet", "HEAD") else ["--cached"]
    patch = git_start(folder, "diff", *plain, *since, "--", most_bytes=most_bytes)
    listed = git(folder, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/")
    if patch is None or listed is None:
        return None
    content, is_cut = patch
    whole = content[: content.rfind(b"\n") + 1] if is_cut else content
    untracked = [name for name in listed.split("\0") if name]
    return UncommittedChanges(
        patch=mask_tokens(mask_secrets(whole.decode(errors="replace"))),
        is_cut=is_cut,
        untracked=tuple(untracked[:MOST_FILES]),
        untracked_count=len(untracked),
    )

"""The artifact store: content in, the same content out, or an error that says why not."""

import errno
import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem
from hypothesis import given
from hypothesis import strategies as st

from driftline.artifacts import ArtifactStore, open_artifacts
from driftline.artifacts.errors import ArtifactAlteredError, ArtifactMissingError, DiskFullError
from driftline.clock import now
from driftline.settings import InvalidSettingError


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("url", ["{folder}", "file://{folder}", "memory://artifacts"])
def test_what_was_put_is_got_under_its_sha256(tmp_path, url):
    store = open_artifacts(url.format(folder=tmp_path))
    digest = store.put(b"tree")
    assert digest == hashlib.sha256(b"tree").hexdigest()
    assert (store.get(digest), store.has(digest)) == (b"tree", True)


@given(content=st.binary(max_size=5000))
def test_a_stream_and_its_bytes_have_one_digest(tmp_path_factory, content):
    store = open_artifacts(str(tmp_path_factory.mktemp("artifacts")))
    assert store.put(io.BytesIO(content)) == store.put(content)
    assert store.get(store.put(content)) == content


def test_the_same_content_is_kept_once(tmp_path):
    store = open_artifacts(str(tmp_path))
    assert store.put(b"tree") == store.put(io.BytesIO(b"tree"))
    assert len(files(tmp_path)) == 1


def test_an_interrupted_stream_leaves_no_artifact(tmp_path):
    class Broken(io.RawIOBase):
        def read(self, _size=-1):
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        open_artifacts(str(tmp_path)).put(Broken())
    assert files(tmp_path) == []


class FullDisk(LocalFileSystem):
    """A disk that is full after some bytes."""

    def open(self, *args, **kwargs):
        file = super().open(*args, **kwargs)

        def write(data):
            file.f.write(data[:1000])
            raise OSError(errno.ENOSPC, "No space left on device")

        file.write = write
        return file


@pytest.mark.parametrize("content", [b"tree" * 500, io.BytesIO(b"tree" * 500)], ids=["bytes", "stream"])
def test_a_full_disk_names_itself_and_keeps_nothing(tmp_path, content):
    with pytest.raises(DiskFullError, match=f"artifact store {tmp_path} is full"):
        ArtifactStore(FullDisk(), str(tmp_path)).put(content)
    assert files(tmp_path) == []


def test_files_that_nothing_names_are_found_and_removed_and_no_others(tmp_path):
    store = open_artifacts(str(tmp_path))
    named, orphan = store.put(b"named"), store.put(b"orphan")
    (tmp_path / "partial" / ("f" * 32)).write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("of somebody else")
    later = now() + timedelta(minutes=1)
    found = store.unnamed(lambda: {named}, before=later)
    assert {(file.path.removeprefix(str(tmp_path)), file.size_bytes) for file in found} == {
        (f"/{orphan[:2]}/{orphan[2:]}", 6),
        (f"/partial/{'f' * 32}", 4),
    }
    assert store.unnamed(lambda: {named}, before=later - timedelta(hours=1)) == []
    store.remove(found)
    assert sorted(path.name for path in files(tmp_path)) == sorted([named[2:], "notes.txt"])


def test_a_file_that_is_stored_again_counts_as_new(tmp_path):
    store = open_artifacts(str(tmp_path))
    store.put(b"tree")
    os.utime(files(tmp_path)[0], (0, 0))
    yesterday = now() - timedelta(days=1)
    assert len(store.unnamed(set, before=yesterday)) == 1
    store.put(b"tree")
    assert store.unnamed(set, before=yesterday) == []


def test_an_empty_store_has_no_files_that_nothing_names(tmp_path):
    assert open_artifacts(str(tmp_path / "new")).unnamed(set, before=now()) == []


def test_an_altered_file_is_refused(tmp_path):
    store = open_artifacts(str(tmp_path))
    digest = store.put(b"tree")
    files(tmp_path)[0].write_bytes(b"treE")
    with pytest.raises(ArtifactAlteredError, match=digest):
        store.get(digest)


def damaged(path: Path) -> None:
    path.write_bytes(b"treE")


def truncated(path: Path) -> None:
    path.write_bytes(b"")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("harm", [damaged, truncated, pipe, folder, endless])
def test_what_is_no_longer_the_file_is_refused_and_heals_when_its_content_comes_again(tmp_path, harm):
    store = open_artifacts(str(tmp_path))
    digest = store.put(b"tree")
    [path] = files(tmp_path)
    harm(path)
    with pytest.raises(ArtifactAlteredError, match="was altered"):
        store.get(digest)
    if harm is folder:
        with pytest.raises(ArtifactAlteredError, match="a folder"):
            store.put(b"tree")
        path.rmdir()
    assert store.put(b"tree") == digest
    assert store.get(digest) == b"tree"


def test_bytes_and_names_are_on_the_disk_before_an_artifact_counts(tmp_path, monkeypatch):
    synced = []
    sync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda file: (synced.append(str(Path(f"/proc/self/fd/{file}").readlink())), sync(file))
    )
    digest = open_artifacts(str(tmp_path)).put(b"tree")
    partial, *folders = synced
    assert Path(partial).parent == tmp_path / "partial"
    assert folders == [str(tmp_path / digest[:2]), str(tmp_path)]


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", ""])
def test_a_digest_that_is_not_there_is_named(tmp_path, digest):
    with pytest.raises(ArtifactMissingError, match=repr(digest)):
        open_artifacts(str(tmp_path)).get(digest)


def test_an_unknown_protocol_is_named():
    with pytest.raises(InvalidSettingError, match="ftpx"):
        open_artifacts("ftpx://host/folder")

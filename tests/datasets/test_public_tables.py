import gzip
import hashlib
import json

import pytest

from driftline.datasets import openml
from driftline.datasets.errors import DownloadError

ARFF = b"""@relation toy
@attribute kind {no,yes}
@attribute heat numeric
@attribute place string
@data
no,1.5,north
yes,?,south
"""


def store(cache, path, content):
    file = cache / "openml" / "openml.org" / f"{path}.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(content))


def fill(cache, *, md5):
    """Lay out the cache as a download of data set 7 leaves it."""
    url = "https://www.openml.org/data/v1/download/7/toy.arff"
    described = {"id": "7", "name": "toy", "version": "1", "status": "active", "format": "ARFF"}
    described |= {"url": url, "description": "two rows", "md5_checksum": md5, "file_id": "7"}
    features = [
        {"index": str(i), "name": name, "data_type": kind, "is_target": str(name == "kind").lower()}
        | {"is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
        for i, (name, kind) in enumerate([("kind", "nominal"), ("heat", "numeric"), ("place", "string")])
    ]
    answers = {
        "data/7": {"data_set_description": described},
        "data/features/7": {"data_features": {"feature": features}},
        "data/qualities/7": {"data_qualities": {"quality": [{"name": "NumberOfInstances", "value": "2.0"}]}},
    }
    for path, answer in answers.items():
        store(cache, f"api/v1/json/{path}", json.dumps(answer).encode())
    store(cache, "data/v1/download/7/toy.arff", ARFF)


@pytest.fixture
def unreachable(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there


@pytest.mark.usefixtures("unreachable")
def test_a_cached_table_is_read_without_the_network_and_its_target_is_last(tmp_path):
    fill(tmp_path, md5=hashlib.md5(ARFF).hexdigest())  # noqa: S324 - the sum that OpenML states
    frame = openml(7, cache=tmp_path)
    assert list(frame.columns) == ["heat", "place", "kind"]
    assert frame["kind"].dtype == "category"
    assert frame["heat"].isna().tolist() == [False, True]


@pytest.mark.usefixtures("unreachable")
def test_a_cached_file_that_is_not_what_openml_announced_is_not_read(tmp_path):
    fill(tmp_path, md5="0" * 32)
    with pytest.raises(DownloadError):
        openml(7, cache=tmp_path)
    assert not list(tmp_path.rglob("*.arff.gz"))


@pytest.mark.usefixtures("unreachable")
def test_without_a_network_the_error_names_the_local_folder(tmp_path):
    with pytest.raises(DownloadError, match=r"OpenML data set 7 could not be downloaded.*DRIFTLINE_DATA_DIR"):
        openml(7, cache=tmp_path / "new")

"""Income: the Adult census in its original split, through the real engine."""

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from assets import income
from driftline.artifacts import open_artifacts
from driftline.clock import now
from driftline.datasets import Target
from driftline.retraining import adjudicate, read_dataset, train
from driftline.retraining.training import load_rows
from driftline.settings import Settings
from driftline.store.database import open_database
from driftline.workspace import Workspace

FOLDER = Settings().data_dir or Path(__file__).parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (FOLDER / "adult-train.csv").is_file(), reason="set DRIFTLINE_DATA_DIR to a folder with adult-train.csv"
)


@pytest.fixture(autouse=True)
def local_copy(monkeypatch):
    monkeypatch.setenv("DRIFTLINE_DATA_DIR", str(FOLDER))


@pytest.fixture(scope="module")
def frame():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFTLINE_DATA_DIR", str(FOLDER))
        return income.dataset(None)


@pytest.fixture
def census(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'driftline.db'}")
    yield Workspace(
        database=opened,
        artifacts=open_artifacts(str(tmp_path / "artifacts")),
        clock=now,
        journals=tmp_path / "journals",
    )
    opened.close()


def test_the_declared_model_is_good_on_the_original_test_rows_and_the_same_twice(census):
    read = read_dataset(census, income)
    assert (read.training.row_count, read.holdout.row_count) == (32_561, 16_281)
    first = train(census, income)
    judged = adjudicate(census, income)
    assert (judged.promoted, judged.champion.version) == (True, 1)
    again = train(census, income)
    kept = adjudicate(census, income)
    values = [trained.measurements[0].value for trained in (first, again)]
    assert values[0] == values[1] == kept.comparison.challenger.value
    assert values[0] >= 0.927
    assert (kept.promoted, kept.comparison.gain) == (False, 0.0)
    assert first.version.digest == again.version.digest
    assert "split" not in load_rows(census, read.holdout).columns


def test_the_rows_are_those_of_both_files_without_their_spaces_and_full_stops(frame):
    assert frame["split"].value_counts().to_dict() == {"train": 32_561, "test": 16_281}
    assert set(frame["income"]) == {"<=50K", ">50K"}
    texts = frame.select_dtypes(exclude="number")
    assert [name for name in texts if texts[name].dropna().astype(str).str.fullmatch(r"\s.*|.*\s|\?").any()] == []
    missing = {"workclass": 2_799, "occupation": 2_809, "native-country": 857}
    assert frame.isna().sum()[lambda counts: counts > 0].to_dict() == missing


@pytest.mark.parametrize("wrong", [">50K.", " >50K"])
def test_a_wrong_positive_class_lists_the_classes_that_were_found(census, frame, wrong):
    mistaken = replace(income, target=Target("income", positive_class=wrong), dataset=lambda _: frame)
    [problem] = read_dataset(census, mistaken).problems
    assert repr(wrong) in problem
    assert "'<=50K', '>50K'" in problem


def test_without_a_local_copy_the_rows_of_openml_are_the_same(frame, monkeypatch, tmp_path):
    fill_cache(tmp_path / "cache", frame)
    monkeypatch.delenv("DRIFTLINE_DATA_DIR")
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nothing listens there
    table = income.dataset(None)
    assert list(table.columns) == list(frame.columns)
    assert table["split"].tolist() == ["test"] * 16_281 + ["train"] * 32_561
    local = frame.sort_values("split", kind="stable").reset_index(drop=True)
    assert table["age"].tolist() == local["age"].tolist()
    for name in ("workclass", "income"):
        assert table[name].astype(object).fillna("?").tolist() == local[name].astype(object).fillna("?").tolist()


def fill_cache(cache: Path, frame) -> None:
    """Lay out the cache as a download of data set 1590 leaves it: one ARFF file, test rows first."""
    rows = frame.sort_values("split", kind="stable").drop(columns="split")
    texts = list(rows.select_dtypes(exclude="number"))
    classes = {name: ",".join(f"'{value}'" for value in sorted(rows[name].dropna().unique())) for name in texts}
    kinds = {name: f"{{{classes[name]}}}" if name in texts else "numeric" for name in rows}
    head = "".join(f"@attribute '{name}' {kind}\n" for name, kind in kinds.items())
    quoted = rows.assign(**{name: "'" + rows[name] + "'" for name in texts})
    arff = f"@relation adult\n{head}@data\n{quoted.to_csv(header=False, index=False, na_rep='?')}".encode()
    features = [
        {"index": str(i), "name": "class" if name == "income" else name, "is_target": str(name == "income").lower()}
        | {"data_type": "nominal" if name in texts else "numeric", "is_ignore": "false", "is_row_identifier": "false"}
        | {"number_of_missing_values": "0"}
        for i, name in enumerate(rows)
    ]
    described = {"id": "1590", "name": "adult", "version": "2", "status": "active", "format": "ARFF", "file_id": "1590"}
    described |= {"url": "https://www.openml.org/data/v1/download/1590/adult.arff", "description": "persons"}
    described |= {"md5_checksum": hashlib.md5(arff).hexdigest()}  # noqa: S324  (the sum that OpenML states)
    answers = {
        "api/v1/json/data/1590": {"data_set_description": described},
        "api/v1/json/data/features/1590": {"data_features": {"feature": features}},
        "api/v1/json/data/qualities/1590": {
            "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": f"{len(rows)}.0"}]}
        },
    }
    contents = {path: json.dumps(answer).encode() for path, answer in answers.items()}
    for path, content in {**contents, "data/v1/download/1590/adult.arff": arff}.items():
        file = cache / "openml" / "openml.org" / f"{path}.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(content, compresslevel=1))

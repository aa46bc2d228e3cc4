import io
import json
import random
import tracemalloc
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from driftline.metrics import Task
from driftline.models import LightGBM, Sklearn, from_files, model_digest, to_files
from driftline.models.errors import ModelFilesError
from driftline.models.sklearn_skops import SklearnEstimator
from driftline.models.skops_check import MOST_SCHEMA_BYTES

FEATURES = pd.DataFrame({"heat": np.linspace(0, 1, 100)})
TARGET = np.arange(100) // 50


def boosted_files():
    return to_files(LightGBM(trees=3).fit(FEATURES, TARGET, task=Task.BINARY, classes=("no", "yes")))


@pytest.mark.parametrize("path", ["model.json", "model.txt", "example.json"])
def test_a_missing_or_broken_file_is_named(path):
    files = boosted_files()
    with pytest.raises(ModelFilesError, match=f"{path} is missing"):
        from_files({name: body for name, body in files.items() if name != path})
    with pytest.raises(ModelFilesError, match=r"broken|LightGBM does not read"):
        from_files({**files, path: b"other"})


def test_a_broken_skops_file_is_refused():
    files = to_files(Sklearn(LogisticRegression()).fit(FEATURES, TARGET, task=Task.BINARY, classes=("no", "yes")))
    with pytest.raises(ModelFilesError, match="skops"):
        from_files({**files, "model.skops": b"other"})


VALUES = ["999999999", "-1", "nan", "", "abc", "1 2 3", "99999999999999999999"]


def broken(text, draw):
    """A text of LightGBM with a few lines lost, cut, doubled or with another value."""
    lines = text.split("\n")
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(len(lines))
        line = lines.pop(place)
        name = line.partition("=")[0]
        changed = draw.choice(
            [[], [line[: draw.randint(0, len(line))]], [line, line], [f"{name}={draw.choice(VALUES)}"]]
        )
        lines[place:place] = changed
    return "\n".join(lines).encode()


def test_a_broken_text_of_lightgbm_ends_no_process():
    files = boosted_files()
    text, refused = files["model.txt"].decode(), 0
    for seed in range(200):
        body = broken(text, random.Random(seed))  # noqa: S311
        try:
            from_files({**files, "model.txt": body}).score(FEATURES)
        except ModelFilesError:
            refused += 1
    assert 150 < refused < 200  # in the rest only what nobody reads is changed


@pytest.mark.parametrize(
    "trainer",
    [
        LightGBM(trees=3, extra={"linear_tree": True}),
        LightGBM(trees=3, extra={"boosting": "dart"}),
        LightGBM(trees=3, extra={"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}),
        LightGBM(trees=3, min_leaf_rows=90),  # its trees have one leaf
    ],
)
def test_trees_of_any_kind_are_read_again(trainer):
    model = trainer.fit(FEATURES, TARGET, task=Task.BINARY, classes=("no", "yes"))
    assert np.array_equal(from_files(to_files(model)).score(FEATURES), model.score(FEATURES))


def zipped(schema, **arrays):
    """A skops file with another schema, and arrays of so many zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", schema if isinstance(schema, bytes) else json.dumps(schema))
        for name, size in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                for _ in range(size // 2**20):
                    entry.write(bytes(2**20))
    return out.getvalue()


def node(**more):
    return {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "protocol": 2, **more}


def nested(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


def deep(depth):
    found = node(content=[])
    for _ in range(depth):
        found = node(content=[found])
    return found


ARRAY = {"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode", "type": "numpy", "file": "a.npy"}
HOSTILE = {
    "null": b"null",
    "a list": b"[]",
    "a number": b"1",
    "no JSON": b"{",
    "no loader": b'{"__class__": "x"}',
    "a strange protocol": node(content=[], protocol="x"),
    "an unknown loader": node(content=[], __loader__="OtherNode"),
    "a list of nothing": node(content=None),
    "nested": nested(100_000),
    "deep": deep(400),
    "in a circle": node(__id__=1, content=[node(__id__=1, content=[])]),
    "a missing array": {**ARRAY, "protocol": 2},
}


def loaded(content):
    return SklearnEstimator.from_bytes(content, task=Task.BINARY, class_count=2)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_skops_file_of_any_content_is_one_error(what):
    with pytest.raises(ModelFilesError, match=r"These files are not a model: (skops does not read|its schema refers)"):
        loaded(zipped(HOSTILE[what])).score(FEATURES)


def test_a_bomb_is_refused_before_it_is_unpacked():
    one = {**ARRAY, "__id__": 1, "protocol": 2}
    large = zipped(node(content=[one]), a=300 * 2**20)
    often = zipped(node(content=[{**one, "__id__": number} for number in range(40)]), a=8 * 2**20)
    bombs = (large, often, zipped(b" " * (MOST_SCHEMA_BYTES + 1)))
    tracemalloc.start()
    for bomb in bombs:
        with pytest.raises(ModelFilesError, match=r"at most .* are read"):
            loaded(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_a_schema_that_doubles_with_each_level_is_refused():
    doubled = node(__id__=1, content=[])
    for number in range(2, 60):
        doubled = node(__id__=number, content=[doubled, {"__id__": number - 1}])
    with pytest.raises(ModelFilesError, match="instead of writing it in full"):
        loaded(zipped(doubled))


@pytest.mark.parametrize("body", [b"null", b"[]", b"[" * 100_000, b'{"format_version": 1}', b"1" * 5000])
def test_descriptions_of_any_content_are_one_error(body):
    for path in ("model.json", "example.json"):
        with pytest.raises(ModelFilesError, match=r"is broken|format version"):
            from_files({**boosted_files(), path: body})


def test_a_newer_format_is_refused():
    files = boosted_files()
    newer = json.dumps(json.loads(files["model.json"]) | {"format_version": 2}).encode()
    with pytest.raises(ModelFilesError, match="format version 2"):
        from_files({**files, "model.json": newer})


def test_the_digest_of_a_model_counts_paths_and_contents():
    files = {"a": b"1", "b": b"2"}
    assert model_digest(files) == model_digest(dict(reversed(files.items())))
    assert len({model_digest(f) for f in (files, {"a": b"2", "b": b"1"}, {"a": b"12", "b": b""}, {"a": b"1"})}) == 4

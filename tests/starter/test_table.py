"""A file is read as its author wrote it, or refused in a sentence."""

import pandas as pd
import pytest

from driftline.starter import read_table
from driftline.starter.errors import SourceTableError

ROWS = pd.DataFrame({"name": ["Zürich", "a;b", 'say "x"'], "share": [0.5, 1.25, -3.0], "count": [1, 2, 3]})


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_of_a_csv_is_found(tmp_path, separator):
    ROWS.to_csv(tmp_path / "rows.csv", index=False, sep=separator)
    pd.testing.assert_frame_equal(read_table(tmp_path / "rows.csv").frame, ROWS)


def test_decimal_commas_are_numbers_where_semicolons_part_the_columns(tmp_path):
    ROWS.to_csv(tmp_path / "rows.csv", index=False, sep=";", decimal=",")
    read = read_table(tmp_path / "rows.csv")
    assert read.options == {"low_memory": False, "sep": ";", "decimal": ","}
    pd.testing.assert_frame_equal(read.frame, ROWS)


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.parquet"])
def test_compressed_csv_and_parquet_are_read(tmp_path, name):
    ROWS.to_parquet(tmp_path / name) if name.endswith("parquet") else ROWS.to_csv(tmp_path / name, index=False)
    pd.testing.assert_frame_equal(read_table(tmp_path / name).frame, ROWS)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "No such file"),
        ("empty.csv", b"", "No columns"),
        ("header.csv", b"a,b\n", "it has no rows"),
        ("latin.csv", "name,x\nZürich,1\n".encode("latin-1"), "utf-8"),
        ("torn.csv", b"a,b\n1,2\n1,2,3\n", "Expected 2 fields"),
        ("no.parquet", b"a,b\n1,2\n", "[Pp]arquet"),
        ("book.xlsx", b"PK", "it is a spreadsheet"),
        ("rows.jsonl", b"{}", "it is JSON"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceTableError, match=said):
        read_table(tmp_path / name)


def test_a_folder_is_named_once(tmp_path):
    with pytest.raises(SourceTableError) as refused:
        read_table(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path} cannot be read: Is a directory. Give a CSV file")


def test_the_separator_may_be_named_in_a_line_of_excel(tmp_path):
    (tmp_path / "rows.csv").write_text("sep=;\n" + ROWS.to_csv(index=False, sep=";"))
    read = read_table(tmp_path / "rows.csv")
    assert read.options == {"low_memory": False, "skiprows": 1, "sep": ";"}
    pd.testing.assert_frame_equal(read.frame, ROWS)


def test_spaces_after_separators_are_no_part_of_the_values(tmp_path):
    (tmp_path / "rows.csv").write_text("age, work, income\n39, Private, <=50K\n50, ?, >50K\n")
    assert read_table(tmp_path / "rows.csv").frame.to_dict("list") == {
        "age": [39, 50],
        "work": ["Private", "?"],
        "income": ["<=50K", ">50K"],
    }


def test_names_that_several_columns_have_are_known(tmp_path):
    (tmp_path / "rows.csv").write_text("x,y,y,,\n1,2,3,4,5\n")
    assert read_table(tmp_path / "rows.csv").doubled == {"y"}

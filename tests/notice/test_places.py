"""The line of every key, found by reading along."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.notice.places import Lines, Path, dotted

TEXT = (
    '''\
# a = 1
top = 1
"quoted key" = """
a = 2
[not.a.table]
""" # comment
[table]
dotted.key = 'it'''
    + "'"[:0]
    + """s' # "x
plain = 2016-10-15 09:30:00+08:00
escaped = "\\"] = 1"
[ table . "inner" ]
list = [
    1, # one
    { a = 1, b = [ "]",
                   "}" ] },
    [],
]
empty = ""
triple = """
    + "'''\nx = 1\n'''"
    + """
[[rows]]
n = 1
[rows.deep]
m = 1
[[rows]]
n = 2
[[rows.more]]
k = 1
[[rows.more]]
k = 2
"""
)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted key",), 3),
        (("table",), 7),
        (("table", "dotted"), 8),
        (("table", "dotted", "key"), 8),
        (("table", "plain"), 9),
        (("table", "escaped"), 10),
        (("table", "inner"), 11),
        (("table", "inner", "list"), 12),
        (("table", "inner", "list", 0), 13),
        (("table", "inner", "list", 1), 14),
        (("table", "inner", "list", 1, "a"), 14),
        (("table", "inner", "list", 1, "b", 1), 15),
        (("table", "inner", "list", 2), 16),
        (("table", "inner", "empty"), 18),
        (("table", "inner", "triple"), 19),
        (("rows",), 22),
        (("rows", 0), 22),
        (("rows", 0, "n"), 23),
        (("rows", 0, "deep", "m"), 25),
        (("rows", 1), 26),
        (("rows", 1, "n"), 27),
        (("rows", 1, "more", 0, "k"), 29),
        (("rows", 1, "more", 1, "k"), 31),
        (("table", "missing"), 7),
        (("rows", 1, "missing", 3), 26),
        (("nothing",), 1),
    ],
)
def test_a_key_is_found_on_its_line(path: Path, line: int) -> None:
    assert Lines(TEXT).of(path) == line


def test_places_are_written_with_positions_from_one() -> None:
    assert dotted(("rules", "increments", 2, "step_yuan")) == "rules.increments[3].step_yuan"
    assert dotted(()) == ""


keys = st.text("abc", min_size=1, max_size=2)
scalars = st.sampled_from(["1", "true", '"x"', "'# ['", '"]\\""', "1979-05-27T07:32:00Z", '"""\n\n"""', "'''}'''"])
gaps = st.sampled_from(["", " ", "\n", " # ], }\n"])


def written(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(st.tuples(gaps, children, gaps).map("".join), max_size=3).map(lambda items: f"[{','.join(items)}]")
    tables = st.dictionaries(keys, children.filter(lambda text: "\n" not in text), max_size=2).map(
        lambda items: "{" + ", ".join(f"{key} = {value}" for key, value in items.items()) + "}"
    )
    return lists | tables


values = st.recursive(scalars, written, max_leaves=6)


def every(value: Any, path: Path) -> list[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [below for key, inner in items for below in every(inner, (*path, key))]


@given(st.dictionaries(keys, values, max_size=4), st.dictionaries(keys, values, max_size=3))
def test_every_key_of_any_text_is_found_where_it_was_written(top: dict[str, str], rows: dict[str, str]) -> None:
    text = ""
    lines: dict[Path, int] = {}
    tables: list[tuple[str, dict[str, str], Path]] = [
        ("", top, ()),
        ("[[rows]]\n", rows, ("rows", 0)),
        ("[[rows]]\n", rows, ("rows", 1)),
    ]
    for header, pairs, path in tables:
        text += header
        for key, value in pairs.items():
            lines[*path, key] = text.count("\n") + 1
            text += f"{key} = {value}\n"
    found = Lines(text)
    assert {path: found.of(path) for path in lines} == lines
    longest = text.count("\n") + 1
    for path in every(tomllib.loads(text), ()):
        assert path in found._lines
        assert 1 <= found.of(path) <= longest

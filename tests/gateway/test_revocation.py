"""The list of what was taken back: it only grows, survives, and is read while it is written."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.parties import Principal
from engine.gateway.revocation import BearerRevoked, Revocation, RevocationList, TokenRevoked

ONE = TokenRevoked(at_s=1, id="0" * 32)
OTHER = BearerRevoked(at_s=2, sale="s1", principal=Principal("bidder:8"))
THIRD = TokenRevoked(at_s=3, id="1" * 32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "revoked.jsonl"


def test_what_is_added_is_read_once_by_each_who_reads(path: Path) -> None:
    reader, late = RevocationList(path), RevocationList(path)
    assert reader.news() == []
    RevocationList(path).add(ONE)
    assert reader.news() == [ONE]
    assert reader.news() == []
    RevocationList(path).add(OTHER)
    RevocationList(path).add(THIRD)
    assert reader.news() == [OTHER, THIRD]
    assert late.news() == [ONE, OTHER, THIRD]


def test_only_its_owner_may_read_it_and_it_holds_nothing_but_ids_and_roles(path: Path) -> None:
    RevocationList(path).add(ONE)
    RevocationList(path).add(OTHER)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="utf-8").splitlines() == [
        '{"of":"token","at_s":1,"id":"00000000000000000000000000000000"}',
        '{"of":"bearer","at_s":2,"sale":"s1","principal":"bidder:8"}',
    ]


@pytest.mark.parametrize("cut", range(1, 63))
def test_a_line_that_was_never_finished_counts_for_nothing_and_is_in_nobodys_way(path: Path, cut: int) -> None:
    RevocationList(path).add(ONE)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:cut])
    reader = RevocationList(path)
    assert reader.news() == [ONE]
    RevocationList(path).add(OTHER)
    assert reader.news() == [OTHER]
    assert RevocationList(path).news() == [ONE, OTHER]
    assert reader.unreadable == 0


def test_a_line_that_says_nothing_is_counted_and_the_others_are_read(path: Path) -> None:
    RevocationList(path).add(ONE)
    with path.open("ab") as file:
        file.write(b'what?\n{"of":"token","at_s":"1"}\n\xff\n{"of":"none"}\n')
    RevocationList(path).add(OTHER)
    reader = RevocationList(path)
    assert reader.news() == [ONE, OTHER]
    assert reader.unreadable == 4


def test_a_file_that_was_put_in_its_place_is_read_from_its_beginning(path: Path) -> None:
    reader = RevocationList(path)
    RevocationList(path).add(ONE)
    reader.news()
    path.with_name("other").write_bytes(path.read_bytes())
    RevocationList(path.with_name("other")).add(THIRD)
    path.with_name("other").replace(path)
    assert reader.news() == [ONE, THIRD]


def test_a_file_that_cannot_be_read_is_no_empty_list(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        RevocationList(path).news()


def test_what_cannot_be_kept_is_not_said_to_be_kept(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        RevocationList(tmp_path / "none" / "revoked.jsonl").add(ONE)


REVOCATIONS = st.builds(TokenRevoked, at_s=st.integers(0, 2**40), id=st.from_regex(r"\A[0-9a-f]{32}\Z")) | st.builds(
    BearerRevoked, at_s=st.integers(0, 2**40), sale=st.text(max_size=20), principal=st.just(Principal("clerk:1"))
)


@given(several=st.lists(REVOCATIONS, max_size=8), cut=st.integers(0, 900))
def test_a_file_cut_anywhere_gives_the_whole_lines_before_the_cut(
    tmp_path_factory: pytest.TempPathFactory, several: list[Revocation], cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "revoked.jsonl"
    for one in several:
        RevocationList(path).add(one)
    whole = path.read_bytes() if several else b""
    path.write_bytes(whole[:cut])
    assert RevocationList(path).news() == several[: whole[:cut].count(b"\n")]
    assert path.read_bytes() == whole[:cut]

"""Sheets and files: what goes in comes out, and what should not be there is refused on both ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sealing.content import (
    DocumentsReader,
    FileEntry,
    check_names,
    documents_chunks,
    pack_documents,
    pack_sheet,
    unpack_sheet,
)
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.parts import CHUNKS_MAX, KIB, MIB, padded_chunks

HOSTILE = (
    "", ".", "..", "../../x.pdf", "a/b", "a\\b", "C:x", "a\0b", "a\nb", "a\u202eb.exe", "CON", "nul.txt", "x.", " x", "x ", "a" * 201,
    "\ud800", "a|b", "com1.pdf", "a\u200bb",
)  # fmt: skip

sheets = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True),
    st.integers(0, 2**53 - 1) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=100),
    min_size=1,
    max_size=8,
)


@given(sheet=sheets)
def test_a_sheet_comes_back_as_it_was(sheet: dict[str, str | int]) -> None:
    packed = pack_sheet(sheet)
    assert len(packed) == 64 * KIB
    assert unpack_sheet(packed) == sheet


@pytest.mark.parametrize(
    "sheet",
    [
        {},
        {"Price": 1},
        {"price": -1},
        {"price": 2**53},
        {"a": ""},
        {"a": "x" * 2001},
        {"a": True},
        {f"f{n}": 1 for n in range(61)},
    ],
)
def test_a_sheet_that_cannot_be_read_out_is_not_sealed(sheet: dict[str, str | int]) -> None:
    with pytest.raises(SealFault):
        pack_sheet(sheet)


def framed(said: bytes) -> bytes:
    return (len(said).to_bytes(4, "big") + said).ljust(64 * KIB, b"\0")


@pytest.mark.parametrize(
    "chunk",
    [
        bytes(64 * KIB),
        b"\xff" * 64 * KIB,
        framed(b'{"price":1.5}'),
        framed(b'{"price":1e3}'),
        framed(b'{"price": 1}'),
        framed(b'{"price":1,"price":2}'),
        framed(b'{"price":' + b"9" * 5000 + b"}"),
        framed(b"[" * 60000),
        framed(b'{"a":"\xff"}'),
        framed(b'{"a":NaN}'),
        framed(b'{"a":{"b":1}}'),
        framed(b'{"price":1}')[:-1] + b"x",
    ],
)
def test_a_sheet_of_another_shape_is_the_bidders_fault_and_says_where(chunk: bytes) -> None:
    with pytest.raises(SealFault) as fault:
        unpack_sheet(chunk)
    assert fault.value.code is SealCode.CONTENT


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 3 * MIB // 2), min_size=0, max_size=4),
    cut=st.integers(1, 2 * MIB),
)
def test_documents_come_back_as_they_were(sizes: list[int], cut: int) -> None:
    files = {f"{at}.bin": bytes([at + 1]) * size for at, size in enumerate(sizes)}
    entries = [FileEntry(name=name, size=len(data)) for name, data in files.items()]
    count = documents_chunks(entries)
    pieces = ((e, (files[e.name][at : at + cut] for at in range(0, e.size, cut))) for e in entries)
    chunks = list(pack_documents(pieces, count))
    assert [len(chunk) for chunk in chunks] == [MIB] * count
    found: dict[str, bytes] = {}
    reader = DocumentsReader()
    for chunk in chunks:
        for piece in reader.feed(chunk):
            if isinstance(piece, FileEntry):
                name = piece.name
                found[name] = b""
            else:
                found[name] += piece
    reader.end()
    assert found == files


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_when_sealing_and_when_opening(name: str) -> None:
    with pytest.raises(SealFault) as fault:
        documents_chunks([FileEntry(name=name, size=1)])
    assert fault.value.code is SealCode.NAME
    assert fault.value.zh.isprintable()
    try:
        header = FileEntry(name=name, size=1).header()
    except UnicodeEncodeError:
        return
    with pytest.raises(SealFault) as fault:
        list(DocumentsReader().feed(header))
    assert fault.value.code is SealCode.CONTENT


@pytest.mark.parametrize("letter", ["\U00020bb7", "\U00031350", "\U0002ebf0", "\U0003fffd"])
def test_a_letter_newer_than_the_tables_of_the_reader_closes_no_envelope(letter: str) -> None:
    entry = FileEntry(name=f"{letter}工.pdf", size=0)
    [chunk] = pack_documents([(entry, [])], documents_chunks([entry]))
    assert list(DocumentsReader().feed(chunk)) == [entry]


@pytest.mark.parametrize("names", [["a", "a"], ["a.pdf", "A.PDF"], ["\u00e9", "e\u0301"], [f"{n}" for n in range(501)]])
def test_names_that_would_fall_on_each_other_are_refused(names: list[str]) -> None:
    with pytest.raises(SealFault):
        check_names(names)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02{}",
        bytes(4) + b"x",
        b"\x00\x00\x00\x01[",
        FileEntry(name="a", size=1).header().replace(b":1", b":-"),
    ],
)
def test_documents_of_another_shape_are_refused(data: bytes) -> None:
    with pytest.raises(SealFault) as fault:
        list(DocumentsReader().feed(data))
    assert fault.value.code is SealCode.CONTENT


def test_documents_that_stop_too_soon_are_refused() -> None:
    reader = DocumentsReader()
    list(reader.feed(FileEntry(name="a", size=10).header() + b"12345"))
    with pytest.raises(SealFault):
        reader.end()


@pytest.mark.parametrize("pieces", [[b"12"], [b"12", b"34"]])
def test_a_file_that_changed_while_it_was_sealed_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(SealFault) as fault:
        list(pack_documents([(FileEntry(name="a", size=3), pieces)], 1))
    assert fault.value.detail["where"] == "size"


@given(size=st.integers(0, CHUNKS_MAX * MIB))
def test_padding_costs_an_eighth_at_most_and_grows_with_size(size: int) -> None:
    chunks = padded_chunks(size)
    assert size <= chunks * MIB <= max(MIB, (size + MIB) * 9 // 8)
    assert padded_chunks(max(0, size - 1)) <= chunks


def test_one_gibibyte_is_the_most() -> None:
    assert padded_chunks(CHUNKS_MAX * MIB) == CHUNKS_MAX
    with pytest.raises(SealFault) as fault:
        padded_chunks(CHUNKS_MAX * MIB + 1)
    assert fault.value.code is SealCode.TOO_LARGE

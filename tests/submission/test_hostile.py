"""Whatever is sent, the answer has a code, and nothing on the disk has a name that was not ours."""

import json
import re
from typing import Any

import hypothesis.strategies as st
import pytest
import trio
from hypothesis import given, settings

from engine.sealing.parts import PartName
from tests.submission.front import Desk, Said, declared, envelope

SEALED = envelope()
OURS = re.compile(r"/sale/submission/[0-9a-f]{32}\.\d+/(declared|sheet|documents|finished)")
HOSTILE = [
    "..", "../../x", "..%2f..%2fx", "%2e%2e", "a\0b", "/etc/passwd", "C:\\x", "con", ".", "", " ", "a" * 5000, "文件.pdf",
    "\u202egpj.exe", "<script>", "x.svg", "0" * 32, "0" * 31, "F" * 32, "0" * 32 + "\n", "-1", "1e3", "٣", "²", "+1", "0x1", "1_0",
    "9" * 30, "1.0", "*", "?", "#", "'; drop", "\ud800",
]  # fmt: skip


def coded(said: Said) -> None:
    assert said.status in {400, 401, 404, 405, 409, 413, 422, 429, 507}
    assert set(said.json) == {"code", "retry", "zh", "en", "detail"}
    assert said.headers["cache-control"] == "no-store"
    assert len(said.body) < 1000


def ours(desk: Desk) -> None:
    assert all(OURS.fullmatch(path) for path in desk.disk.files())


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_names_reach_no_disk(hostile: str) -> None:
    desk = Desk()
    name = await desk.begin(SEALED)
    before = desk.disk.files()
    desk.disk.calls.clear()
    chunk = SEALED.chunks[PartName.SHEET][0]
    for method, path in (
        ("GET", f"/uploads/{hostile}"),
        ("DELETE", f"/uploads/{hostile}/"),
        ("POST", f"/uploads/{hostile}/finish"),
        ("PUT", f"/uploads/{hostile}/sheet/0"),
        ("PUT", f"/uploads/{name}/{hostile}/0"),
        ("PUT", f"/uploads/{name}/sheet/{hostile}"),
        ("PATCH", f"/uploads/{hostile}"),
        ("GET", f"/{hostile}"),
    ):
        said = await desk.ask(method, path, chunk if method == "PUT" else b"")
        if said.status != 200:  # An empty name is the list of one's own.
            coded(said)
        else:
            assert (method, hostile) == ("GET", "")
    assert desk.disk.calls == []
    assert desk.disk.files() == before


DIGESTS = declared(SEALED)["digests"]
MANIFEST = declared(SEALED)["manifest"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"x"', b"[" * 50_000, b"\xff\xfe", b'{"manifest":"\\ud800","digests":{}}', b"0" * 90_000,
        {}, {"manifest": MANIFEST}, {"digests": DIGESTS}, {"manifest": MANIFEST, "digests": DIGESTS, "name": "x.pdf"},
        {"manifest": 1, "digests": DIGESTS}, {"manifest": MANIFEST, "digests": []}, {"manifest": MANIFEST, "digests": {}},
        {"manifest": MANIFEST, "digests": {"sheet": DIGESTS["sheet"]}},
        {"manifest": MANIFEST, "digests": {**DIGESTS, "more": "00"}},
        {"manifest": MANIFEST, "digests": {**DIGESTS, "../x": "00" * 32}},
        {"manifest": MANIFEST, "digests": {**DIGESTS, "sheet": "zz"}},
        {"manifest": MANIFEST, "digests": {**DIGESTS, "sheet": DIGESTS["sheet"][:-2]}},
        {"manifest": MANIFEST, "digests": {**DIGESTS, "sheet": DIGESTS["sheet"] * 2}},
        {"manifest": MANIFEST, "digests": {"sheet": DIGESTS["documents"], "documents": DIGESTS["sheet"]}},
        {"manifest": MANIFEST + " ", "digests": DIGESTS},
        {"manifest": MANIFEST.replace('"chunks":1', '"chunks":1025', 1), "digests": DIGESTS},
        {"manifest": MANIFEST.replace('"section":"1"', '"section":"../1"'), "digests": DIGESTS},
        {"manifest": MANIFEST.replace('"name":"sheet"', '"name":"../x"'), "digests": DIGESTS},
    ],
)  # fmt: skip
async def test_what_does_not_declare_an_envelope_begins_nothing(body: Any) -> None:
    desk = Desk()
    coded(await desk.ask("POST", "/uploads", body, pieces=3))
    assert desk.disk.files() == {}
    assert desk.store.mine("bidder:8") == []


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]),
    path=st.lists(
        st.sampled_from(["uploads", "ID", "sheet", "documents", "0", "1", "finish", ""]) | st.text(max_size=8), max_size=6
    ),
    body=st.binary(max_size=64) | st.builds(lambda value: json.dumps(value).encode(), st.recursive(
        st.none() | st.integers() | st.text(max_size=5) | st.just(MANIFEST),
        lambda inner: st.dictionaries(st.sampled_from(["manifest", "digests", "sheet", "documents", "x"]), inner, max_size=4),
    )),
)  # fmt: skip
@settings(max_examples=40)
def test_noise_is_answered(method: str, path: list[str], body: bytes) -> None:
    async def ask() -> None:
        desk = Desk()
        name = await desk.begin(SEALED)
        said = await desk.ask(method, "/" + "/".join(name if part == "ID" else part for part in path), body)
        if method != "HEAD" and said.status != 200:
            coded(said)
        ours(desk)

    trio.run(ask)

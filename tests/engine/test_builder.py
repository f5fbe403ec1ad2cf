"""A sale is made while others are held: checked, announced, bid in; and nothing half-made is left of one that fails."""

import base64
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import trio

from engine.app import Engine
from engine.config import Config
from engine.domain.parties import Principal
from engine.gateway.builder import ANNOUNCE, CHECK, Draft
from engine.gateway.limits import Refused
from engine.gateway.site import PageSettings
from engine.journal.faults import StorageFault
from engine.notice import Notice, read_notice
from engine.passes import make_planner_token, make_token
from engine.planning import Planning
from engine.room.folder import DataFolder
from engine.wire.refusals import Fault
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import SALE

CATALOGUE: Final = "lot,plate,opening_yuan,reserve_yuan\n1,豫H12345,10000,31700\n2,豫H88588,20000,\n"
PADDLES: Final = "paddle,channel,deposits\n8,online,1\n51,hall,2\n"
FORM: Final[dict[str, Any]] = {
    "sale": {"id": "plates-8", "title_zh": "第八期", "title_en": "Eighth"},
    "rules": {
        "mode": "rostrum",
        "calls": 3,
        "deposit": "one_lot",
        "paddles": "shown",
        "increments": [{"from_yuan": 0, "step_yuan": 500}],
    },
}


def with_any_port(pages: PageSettings | None = None, plans: int = 40) -> Config:
    config = Config()
    limits = replace(config.limits, plans_burst=plans)
    return replace(config, http=replace(config.http, port=0), pages=pages or config.pages, limits=limits)


def b64(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def draft(**more: Any) -> dict[str, Any]:
    return {"form": FORM, "catalogue": b64(CATALOGUE), "paddles": b64(PADDLES), **more}


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


class Desk:
    """One who makes sales."""

    def __init__(self, house: RunningHouse, folder: Path) -> None:
        self._house, self._headers = house, {"authorization": f"Bearer {make_planner_token(folder, '1', ttl_s=600)}"}

    async def ask(self, path: str, body: Any) -> httpx2.Response:
        return await self._house.http.post(path, json=body, headers=self._headers)

    async def check(self, body: Any) -> dict[str, Any]:
        answer = await self.ask(CHECK, body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def announce(self, body: dict[str, Any]) -> httpx2.Response:
        return await self.ask(ANNOUNCE, {**body, "digest": (await self.check(body))["digest"]})


async def test_a_draft_is_checked_and_nothing_is_written(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        desk, before = Desk(house, tmp_path), files(tmp_path)
        found = await desk.check(draft())
        assert files(tmp_path) == before
    assert found["faults"] == []
    preview = found["preview"]
    assert [lot["lot"] for lot in preview["lots"]] == [1, 2]
    assert [lot["reserve"] for lot in preview["lots"]] == [True, False]
    assert preview["opening_fen"] == 3_000_000
    assert preview["paddles"] == {"hall": 1, "online": 1}
    assert {"class": "ABCDE", "zh": "五位顺子号", "en": "straight of five, rising", "lots": 1} in preview["classes"]
    assert found["sheet"]["calls"] == 3
    assert found["rules_digest"] != found["digest"]
    assert "31700" not in str(found)


async def test_faults_come_all_at_once_with_file_line_and_field(tmp_path: Path) -> None:
    bad = CATALOGUE.replace("豫H12345", "豫HI2345").replace("20000", "２００")
    form = {**FORM, "rules": {**FORM["rules"], "calls": "many", "mood": "good"}}
    async with running_house(tmp_path) as house:
        found = await Desk(house, tmp_path).check(draft(form=form, catalogue=b64(bad)))
    placed = {(fault["code"], fault["file"], fault["line"], fault["field"]) for fault in found["faults"]}
    assert placed == {
        ("E_NOT_A_NUMBER", "sale.toml", 10, "rules.calls"),
        ("E_UNKNOWN_FIELD", "sale.toml", 13, "rules.mood"),
        ("E_NOT_A_PLATE", "catalogue.csv", 2, "plate"),
        ("E_FULL_WIDTH_DIGITS", "catalogue.csv", 3, "opening_yuan"),
    }
    assert all(fault["zh"].endswith(("。", "？")) and fault["en"] for fault in found["faults"])
    assert (found["preview"], found["sheet"], found["digest"]) == (None, None, None)
    assert found["lines"]["catalogue"]["rows"][0] == {"line": 2, "cells": ["1", "豫HI2345", "10000", "•••"]}


async def test_a_sale_announced_while_the_house_serves_is_open_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        desk = Desk(house, tmp_path)
        answer = await desk.announce(draft())
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        links = {link["role"]: link for link in answer.json()["links"]}
        assert sorted(links) == ["auctioneer", "clerk", "registrar", "supervisor"]
        assert links["auctioneer"]["path"] == "/sales/plates-8/rostrum"
        assert [sale["id"] for sale in await house.get("/api/sales")] == [SALE, "plates-8"]
        assert "31700" not in str(await house.get("/api/sales/plates-8/record"))
        assert (await house.http.get("/sales/plates-8/hall")).status_code == 200

        async with house.socket(sale="plates-8") as rostrum, house.socket(sale="plates-8") as bidder:
            tokens = {
                rostrum: links["auctioneer"]["token"],
                bidder: make_token(tmp_path, "plates-8", Principal("bidder:8"), ttl_s=60),
            }
            for browser, token in tokens.items():
                headers = {"authorization": f"Bearer {token}"}
                ticket = (await house.http.post("/api/sales/plates-8/ticket", headers=headers)).json()["ticket"]
                await browser.send({"type": "hello", "protocol": 1, "ticket": ticket})
                await browser.until("welcome")
            await act(rostrum, type="open_sale", id="o1")
            await act(rostrum, type="open_lot", id="o2", lot=1)
            bid = await act(bidder, type="bid", id="b1", lot=1, amount_fen=1_000_000)
            assert "accepted" in bid["outcome"]
        async with house.viewer("bidder:1") as other:
            assert "accepted" in (await act(other, type="bid", id="b1", lot=1, amount_fen=1_000_000))["outcome"]
        digest = house.engine.state_digest("plates-8")
    notice = tmp_path / "notices" / "plates-8"
    assert sorted(path.name for path in notice.iterdir()) == ["catalogue.csv", "paddles.csv", "sale.toml"]
    assert DataFolder(tmp_path).notices() == [notice / "sale.toml"]
    assert "31700" not in caplog.text
    assert links["clerk"]["token"] not in caplog.text

    engine = await Engine.open(DataFolder(tmp_path), [read_notice(notice / "sale.toml")], with_any_port())
    async with trio.open_nursery() as nursery:
        await nursery.start(engine.run)
        assert engine.state_digest("plates-8") == digest, "a house opened again goes on where it stood"
        engine.stop()


async def test_the_first_sale_of_a_house_may_be_made_in_it(tmp_path: Path) -> None:
    engine = await Engine.open(DataFolder(tmp_path), [], with_any_port(), may_be_empty=True)
    async with trio.open_nursery() as nursery:
        serving = await nursery.start(engine.run)
        async with httpx2.AsyncClient(base_url=serving.url) as http:
            house = RunningHouse(engine, serving.url, http)
            assert (await Desk(house, tmp_path).announce(draft())).status_code == 200
            assert [sale["id"] for sale in await house.get("/api/sales")] == ["plates-8"]
        engine.stop()


async def test_what_may_not_be_announced_gets_its_code_and_leaves_nothing(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        desk = Desk(house, tmp_path)
        for body, status, code in (
            (draft(digest="0" * 64), 409, Fault.DRAFT_CHANGED),
            (draft(), 409, Fault.DRAFT_CHANGED),
            (draft(paddles=b64("paddle\n")), 422, Fault.DRAFT_FAULTY),
        ):
            answer = await desk.ask(ANNOUNCE, body)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        taken = {**FORM, "sale": {**FORM["sale"], "id": SALE}}
        answer = await desk.announce(draft(form=taken))
        assert (answer.status_code, answer.json()["code"]) == (409, Fault.SALE_EXISTS)
        assert (await desk.announce(draft())).status_code == 200
        answer = await desk.announce(draft())
        assert (answer.status_code, answer.json()["code"]) == (409, Fault.SALE_EXISTS)
    assert [path.name for path in (tmp_path / "notices").iterdir()] == ["plates-8"]


async def test_a_sale_whose_journal_cannot_be_kept_leaves_nothing_and_the_house_goes_on(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        desk = Desk(house, tmp_path)
        (tmp_path / "sales" / "plates-8").write_text("in the way")
        answer = await desk.announce(draft())
        assert (answer.status_code, answer.json()["code"]) == (507, Fault.STORAGE)
        assert list((tmp_path / "notices").iterdir()) == []
        assert [sale["id"] for sale in await house.get("/api/sales")] == [SALE]
        (tmp_path / "sales" / "plates-8").unlink()
        assert (await desk.announce(draft())).status_code == 200
        await open_first_lot(house)


@pytest.mark.parametrize("fault", [StorageFault("disk full"), OSError(28, "No space left on device")])
async def test_a_notice_that_was_not_announced_is_taken_back(tmp_path: Path, fault: Exception) -> None:
    there: list[bool] = []

    async def announce(notice: Notice) -> None:
        await trio.lowlevel.checkpoint()
        there.append((tmp_path / "notices" / notice.sale / "sale.toml").exists())
        raise fault

    planning = Planning(DataFolder(tmp_path), announce=announce, exists=lambda _: False, token=lambda *_: "")
    one = Draft(form=FORM, catalogue=CATALOGUE.encode())
    seen = (await planning.check(one))["digest"]
    with pytest.raises(Refused) as refused:
        await planning.announce(Draft(form=FORM, catalogue=CATALOGUE.encode(), digest=seen))
    assert refused.value.fault is Fault.STORAGE
    assert there == [True], "the notice is kept before anything is announced"
    assert DataFolder(tmp_path).notices() == []


async def test_a_notice_that_was_never_finished_is_not_read(tmp_path: Path) -> None:
    unfinished = tmp_path / "notices" / ".plates-8" / "sale.toml"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_text("[sale")
    assert DataFolder(tmp_path).notices() == []


# Who may.


@pytest.mark.parametrize("path", [CHECK, ANNOUNCE])
async def test_only_a_planners_token_lets_in(tmp_path: Path, path: str) -> None:
    async with running_house(tmp_path) as house:
        planner = make_planner_token(tmp_path, "1", ttl_s=60)
        shown = [None, "x", house.token("auctioneer:1"), house.token("supervisor:1"), house.token("bidder:1")]
        for token in shown:
            headers = {} if token is None else {"authorization": f"Bearer {token}"}
            answer = await house.http.post(path, json=draft(), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, Fault.AUTH_INVALID)
        answer = await house.post_ticket(planner)
        assert answer.status_code == 401, "a planner has no ticket to any sale"
        answer = await house.http.get(path)
        assert answer.status_code == 405


async def test_a_body_of_who_is_nobody_is_not_read(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        stream = await trio.open_tcp_stream("127.0.0.1", int(house.url.rpartition(":")[2]))
        async with stream:
            await stream.send_all(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n{" % CHECK.encode())
            assert b" 401 " in await stream.receive_some(4096)


async def test_another_sites_page_may_not_ask(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        headers = {
            "authorization": f"Bearer {make_planner_token(tmp_path, '1', ttl_s=60)}",
            "origin": "https://evil.example",
        }
        answer = await house.http.post(CHECK, json=draft(), headers=headers)
        assert answer.json()["code"] == Fault.ORIGIN_DENIED


async def test_a_body_beyond_the_limit_and_too_many_of_them_are_refused(tmp_path: Path) -> None:
    async with running_house(tmp_path, config=with_any_port(PageSettings(upload_bytes_max=5000))) as house:
        desk = Desk(house, tmp_path)
        answer = await desk.ask(CHECK, draft(paddles=b64("x" * 9000)))
        assert (answer.status_code, answer.json()["code"]) == (413, Fault.HTTP_BODY_TOO_BIG)
        codes = [(await desk.ask(CHECK, {})).json()["code"] for _ in range(60)]
        assert set(codes) == {Fault.HTTP_MALFORMED, Fault.RATE_LIMITED}


# Hostile drafts.


def with_sale(**more: Any) -> dict[str, Any]:
    return draft(form={**FORM, "sale": {**FORM["sale"], **more}})


def with_rules(**more: Any) -> dict[str, Any]:
    return draft(form={**FORM, "rules": {**FORM["rules"], **more}})


def with_lots(text: str | bytes) -> dict[str, Any]:
    return draft(catalogue=b64(text))


HEAD: Final = "lot,plate,opening_yuan\n"
HOSTILE: Final = [
    (with_sale(id="../../etc/cron.d/x"), "E_BAD_NAME"),
    (with_sale(id="."), "E_BAD_NAME"),
    (with_sale(id="a" * 65), "E_BAD_NAME"),
    (with_sale(id="x\0y"), "E_BAD_NAME"),
    (with_sale(id=8), "E_BAD_NAME"),
    (with_sale(id=None), "E_MISSING_FIELD"),
    (with_sale(title_zh="第八\u202e期"), "E_BAD_TEXT"),
    (with_sale(title_zh='"\n[officers]\nauctioneers = ["evil"]\n'), "E_BAD_TEXT"),
    (with_sale(title_zh={"zh": "x"}), "E_WRONG_TYPE"),
    (with_sale(title_en="x" * 1000), "E_TEXT_TOO_LONG"),
    (with_sale(**{'x"]\n[rules]\ncalls': 1}), "E_UNKNOWN_FIELD"),
    (with_sale(**{"": 1}), "E_UNKNOWN_FIELD"),
    (with_rules(calls=True), "E_BOOLEAN_NUMBER"),
    (with_rules(calls=10**18), "E_TOO_LARGE"),
    (with_rules(calls=3.5), "E_FRACTIONAL"),
    (with_rules(calls=-3), "E_NEGATIVE"),
    (with_rules(mode="dutch"), "E_UNKNOWN_VALUE"),
    (with_rules(opens_at="tomorrow"), "E_BAD_TIME"),
    (with_rules(opens_at="9999-12-31T23:59:59+00:00"), "E_BAD_TIME"),
    (with_rules(increments=[]), "E_NO_BANDS"),
    (with_rules(increments=[{"from_yuan": 0, "step_yuan": 0}]), "E_TOO_SMALL"),
    (with_rules(increments=[{"from_yuan": 0, "step_yuan": 1}] * 99), "E_TOO_MANY"),
    (with_rules(timed={"free_s": 1, "window_s": 1}), "E_RULE_SHEET"),
    (with_rules(timed=[1, {"a": None}]), "E_WRONG_TYPE"),
    (draft(form={"sale": [], "rules": 7}), "E_WRONG_TYPE"),
    (draft(form={**FORM, "officers": {"auctioneers": ["../x"]}}), "E_BAD_NAME"),
    (draft(form={**FORM, "x" * 5000: 1}), "E_UNKNOWN_FIELD"),
    (with_lots(b"\xff\xfelot"), "E_ENCODING"),
    (with_lots(HEAD.encode() + b"1,\0,2\n"), "E_NUL_BYTE"),
    (with_lots(b"\x81\xff\xff\n"), "E_ENCODING"),
    (with_lots("1\n" * 1_000_000), "E_FILE_TOO_BIG"),
    (with_lots(HEAD + "1\n" * 400_000), "E_GIVEN_UP"),
    (with_lots(HEAD + '1,"豫H12345,1\n'), "E_CSV_SYNTAX"),
    (with_lots(HEAD + "1,=HYPERLINK(1),100\n"), "E_NOT_A_PLATE"),
    (with_lots(HEAD + "=1+1,豫H12345,100\n"), "E_NOT_A_NUMBER"),
    (with_lots(HEAD + "1,豫H\u202e12345,100\n"), "E_NOT_A_PLATE"),
    (with_lots(HEAD + f"1,豫H12345,{'9' * 4000}\n"), "E_TOO_LARGE"),
    (with_lots(HEAD), "E_NO_LOTS"),
    (with_lots(""), "E_MISSING_FIELD"),
    (with_lots("<script>alert(1)</script>\n"), "E_UNKNOWN_FIELD"),
]  # fmt: skip


async def test_a_hostile_draft_gets_its_code_and_the_house_goes_on(tmp_path: Path) -> None:
    async with running_house(tmp_path, config=with_any_port(plans=100)) as house:
        desk = Desk(house, tmp_path)
        for body, code in HOSTILE:
            await house.get("/healthz")
            answer = await desk.ask(CHECK, body)
            found = answer.json()
            assert code in {fault["code"] for fault in found["faults"]}, (code, found["faults"])
            assert found["digest"] is None
            assert not any(mark in fault["zh"] for fault in found["faults"] for mark in "\0\n\u202e")
        await open_first_lot(house)
    assert not (tmp_path / "notices").exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"form":1}', b'{"form":{},"more":1}', b'{"form":{},"catalogue":"%%%"}',
        b'{"form":{},"catalogue":7}', b'{"form":' + b'{"a":' * 5000 + b"1" + b"}" * 5001, b'{"form":{"a":"\xff"}}',
        b'{"form":' + b'{"a":' * 50 + b"1" + b"}" * 51, b'{"form":{"a":' + b"[" * 900 + b"]" * 900 + b"}}",
    ],
)  # fmt: skip
async def test_what_is_no_draft_is_malformed(tmp_path: Path, body: bytes) -> None:
    async with running_house(tmp_path) as house:
        headers = {"authorization": f"Bearer {make_planner_token(tmp_path, '1', ttl_s=60)}"}
        for path in (CHECK, ANNOUNCE):
            answer = await house.http.post(path, content=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, Fault.HTTP_MALFORMED)

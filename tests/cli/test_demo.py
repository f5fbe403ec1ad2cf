"""``luochui demo``: the published figures, on every machine, however often it is stopped."""

import signal
from pathlib import Path

import pytest
import trio

from clients import connect
from clients.http import Address, exchange
from clients.verifier import judge
from tests.blackbox.test_kill import PUBLISHED
from tests.cli.conftest import Played
from tests.cli.program import PATIENCE_S, Program, last_json, luochui, started
from tests.clients.exports import Journal, text

SALE = "plates-4"
OPENING = "road-works"


def test_the_last_line_holds_the_published_figures(original: Played) -> None:
    assert original.said.count("\n") == 1
    assert original.figures | PUBLISHED == original.figures
    assert original.figures["phase"] == "closed"


def test_an_outsider_finds_that_the_demo_was_held_by_its_rules(original: Played) -> None:
    journal = Journal.read(original.data, SALE)
    said = judge(text(journal.lines()), journal.signer.public.hex(), {}, [])
    assert (said["verdict"], said["rule"], said["records"]) == ("GOOD", None, len(journal.records))


def test_for_people_the_figures_are_in_yuan(played: Played) -> None:
    done = luochui("demo", "--fast", "--data", played.data)
    assert done.returncode == 0
    for figure in ("30 of 30 lots sold", "¥951,000", "¥339,600", "180%", "豫H8H888 ¥150,000"):
        assert figure in done.stdout


def test_a_demo_that_is_over_says_its_figures_again_and_plays_nothing(played: Played) -> None:
    again = luochui("demo", "--fast", "--json", "--data", played.data)
    assert again.returncode == 0
    assert last_json(again) == played.figures


def verified(data: Path) -> bool:
    """Whether the journals of the sale and of the opening beside it are sound."""
    return all(luochui("verify", data / "sales" / sale).returncode == 0 for sale in (SALE, OPENING))


async def links(program: Program) -> str:
    """The house's address, from the links it prints."""
    line = await program.until("/hall")
    url = line.split()[-1].rpartition(f"/sales/{SALE}")[0]
    await program.until("Ctrl-C")
    return url


async def test_an_interactive_demo_is_resumed_where_ctrl_c_left_it(tmp_path: Path) -> None:
    data, errors = tmp_path / "demo", tmp_path / "stderr"
    reached = [0]
    for _ in range(2):
        async with started(errors, "demo", "--data", data, "--port", "0") as program:
            url = await links(program)
            with trio.fail_after(PATIENCE_S):
                async with connect(url, SALE) as viewer:
                    assert viewer.seq >= reached[-1]
                    goal = max(viewer.seq, reached[-1]) + 2
                    while viewer.seq < goal:
                        await viewer.changed(viewer.version)
                    reached.append(viewer.seq)
            assert await program.end(signal.SIGINT) == 0, program.complaints()
            assert program.complaints() == ""
        assert verified(data)
    finished = luochui("demo", "--fast", "--json", "--data", data)
    assert finished.returncode == 0, finished.stderr
    assert last_json(finished) | PUBLISHED == last_json(finished)


async def test_an_interactive_demo_holds_an_opening_beside_the_sale_and_both_are_on_the_days_board(
    tmp_path: Path,
) -> None:
    data = tmp_path / "demo"
    async with started(tmp_path / "stderr", "demo", "--data", data, "--port", "0") as program:
        url = await links(program)
        assert (await program.until("/board")).split()[-1] == f"{url}/board"
        lines = {line["sale"]: line for line in (await exchange(Address.of(url), "GET", "/api/board"))["lines"]}
        assert [(each["kind"], each["room"]) for each in (lines[SALE], lines[OPENING])] == [
            ("auction", "一号拍卖厅"),
            ("opening", "第一开标室"),
        ]
        assert (lines[OPENING]["stage"], lines[OPENING]["due"]) == ("receiving", "deadline")
        assert await program.end(signal.SIGTERM) == 0, program.complaints()
        assert program.complaints() == ""
    begun = luochui("demo", "--fast", "--fresh", "--json", "--data", data)
    assert begun.returncode == 0, begun.stderr
    assert last_json(begun) | PUBLISHED == last_json(begun)
    assert not (data / "sales" / OPENING).exists()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
async def test_a_fast_demo_stopped_halfway_ends_in_order(tmp_path: Path, by: signal.Signals) -> None:
    data = tmp_path / "demo"
    async with started(tmp_path / "stderr", "demo", "--fast", "--data", data) as program:
        await program.until("成交")
        assert await program.end(by) == 0, program.complaints()
        assert program.complaints() == ""
    assert luochui("verify", data).returncode == 0


def test_a_disk_that_takes_no_more_ends_it_with_70_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    arguments = ("demo", "--fast", "--json", "--data", data)
    full = luochui(*arguments, file_bytes_max=200 * 1024)
    assert full.returncode == 70, full.stderr
    assert "Traceback" not in full.stderr
    assert last_json(full)["fault"] == "E_ENGINE_HALTED_STORAGE"
    assert luochui("verify", data).returncode == 0
    finished = luochui(*arguments)
    assert finished.returncode == 0, finished.stderr
    assert last_json(finished) | PUBLISHED == last_json(finished)


def test_fresh_forgets_an_earlier_demo(played: Played) -> None:
    done = luochui("demo", "--fast", "--json", "--data", played.data, "--fresh", "--seed", "7")
    assert done.returncode == 0
    figures = last_json(done)
    assert figures | PUBLISHED == figures
    assert figures["state_digest"] != played.figures["state_digest"]

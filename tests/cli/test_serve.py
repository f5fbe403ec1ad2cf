"""``luochui serve``: what it needs, what it refuses, how it stops."""

import shutil
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
import trio

from clients import connect
from clients.verify import verify_receipt
from engine.domain.parties import Principal
from engine.notice import DEMO
from engine.passes import make_token
from tests.cli.conftest import Played
from tests.cli.program import PATIENCE_S, Program, last_json, luochui, started
from tests.gateway.saleroom import Browser

SALE = "plates-4"
NOTICE = DEMO / "sale.toml"
STOPS = [signal.SIGINT, signal.SIGTERM]


async def serving(program: Program) -> str:
    told = orjson.loads(await program.line())
    assert told["sales"] == [SALE]
    url: str = told["url"]
    return url


def token(data: Path, *arguments: str) -> str:
    done = luochui("token", "--data", data, "--sale", SALE, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    made: str = last_json(done)["token"]
    return made


def pass_for(data: Path, principal: str) -> str:
    """A token made without a program of its own, for tests of what somebody does who was let in."""
    return make_token(data, SALE, Principal(principal), ttl_s=3600)


def one_plain_sentence(said: str) -> str:
    """``said``, if it is no more than a sentence a person can act on."""
    assert len(said.strip().splitlines()) == 1, said
    assert "Traceback" not in said
    return said.strip()


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    shutil.copytree(DEMO, tmp_path / "notice")
    return tmp_path / "notice" / "sale.toml"


# Stopping.


@pytest.mark.parametrize("by", STOPS, ids=[each.name for each in STOPS])
async def test_a_signal_ends_it_in_order_and_viewers_are_told_1001(tmp_path: Path, by: signal.Signals) -> None:
    data = tmp_path / "data"
    async with started(
        tmp_path / "stderr", "serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json"
    ) as house:
        url = await serving(house)
        parts = urlsplit(url)
        stream = await trio.open_tcp_stream(str(parts.hostname), int(parts.port or 0))
        async with stream:
            viewer = Browser(stream, f"ws://{parts.netloc}/api/sales/{SALE}/socket")
            await viewer.shake_hands()
            await viewer.send({"type": "hello", "protocol": 1})
            await viewer.until("picture")
            house.process.send_signal(by)
            with trio.fail_after(PATIENCE_S):
                assert await viewer.end() == 1001
        assert await house.end() == 0
        assert house.complaints() == ""
    assert luochui("verify", data).returncode == 0


async def test_stopped_and_started_again_it_goes_on_where_it_stood(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with started(
        tmp_path / "stderr", "serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json"
    ) as house:
        url = await serving(house)
        async with connect(url, SALE, token=pass_for(data, "auctioneer:1")) as rostrum:
            opened = await rostrum.open_sale()
            assert opened.accepted
        assert await house.end(signal.SIGTERM) == 0
    async with started(tmp_path / "stderr", "serve", "--data", data, "--port", "0", "--json") as house:
        async with connect(await serving(house), SALE) as viewer:
            assert viewer.parts["sale"]["phase"] == "open"
            assert viewer.seq == opened.seq
        assert await house.end(signal.SIGTERM) == 0
        assert house.complaints() == ""


# Links, receipts, health.


async def test_tokens_let_in_and_a_receipt_taken_home_verifies(tmp_path: Path) -> None:
    data, receipt = tmp_path / "data", tmp_path / "receipt.json"
    async with started(
        tmp_path / "stderr", "serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json"
    ) as house:
        url = await serving(house)
        with trio.fail_after(PATIENCE_S):
            async with connect(url, SALE, token=token(data, "--role", "auctioneer")) as rostrum:
                (await rostrum.open_sale()).or_raise()
                (await rostrum.open_lot(1)).or_raise()
                asked = rostrum.parts["lot/1"]["opening_fen"]
            async with connect(url, SALE, token=token(data, "--role", "bidder", "--paddle", "88")) as bidder:
                outcome = (await bidder.bid(1, asked)).or_raise()
                assert bidder.welcome is not None
                key = bidder.welcome.key
        assert await house.end(signal.SIGTERM) == 0
    assert outcome.receipt is not None
    verify_receipt(outcome.receipt, key)
    receipt.write_bytes(orjson.dumps(dict(outcome.receipt)))

    good = luochui("verify", receipt, "--key", key, "--json")
    assert good.returncode == 0, good.stderr
    assert last_json(good) == {"holds": True, "sale": SALE, "seq": outcome.seq, "key": key}
    without = luochui("verify", receipt)
    assert without.returncode == 0
    assert "compare it with the one the centre publishes" in without.stdout

    other = luochui("verify", receipt, "--key", "00" * 32)
    assert other.returncode == 3
    assert "another key" in one_plain_sentence(other.stderr)

    changed = dict(outcome.receipt)
    changed["command"] = changed["command"].replace(str(asked), str(asked - 20_000))
    assert changed != outcome.receipt
    receipt.write_bytes(orjson.dumps(changed))
    tampered = luochui("verify", receipt, "--key", key)
    assert tampered.returncode == 3
    assert "command" in one_plain_sentence(tampered.stderr)

    journal = luochui("verify", data, "--key", key, "--json")
    assert journal.returncode == 0, journal.stderr
    assert last_json(journal)["records"] == outcome.seq


def test_a_token_needs_no_running_house_and_its_link_keeps_it_behind_the_hash(played: Played) -> None:
    done = luochui(
        "token", "--data", played.data, "--sale", SALE, "--role", "clerk", "--url", "https://sale.example/", "--json"
    )
    assert done.returncode == 0
    told = last_json(done)
    assert told["principal"] == "clerk:1"
    assert told["link"] == f"https://sale.example/sales/{SALE}/rostrum#token={told['token']}"
    plain = luochui("token", "--data", played.data, "--sale", SALE, "--role", "bidder", "--paddle", "8")
    assert plain.stdout.strip().count(".") == 2


async def test_health_says_whether_it_serves(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with started(
        tmp_path / "stderr", "serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json"
    ) as house:
        url = await serving(house)
        well = luochui("health", url)
        assert well.returncode == 0
        assert last_json(well)["ready"] is True
        assert await house.end(signal.SIGTERM) == 0
    ill = luochui("health", url)
    assert ill.returncode == 1
    assert one_plain_sentence(ill.stderr).startswith("not serving")


# What is refused.


async def test_a_second_engine_on_the_same_folder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with started(
        tmp_path / "stderr", "serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json"
    ) as house:
        await serving(house)
        for second in (("serve", "--data", data, "--port", "0"), ("demo", "--fast", "--data", data), ("verify", data)):
            refused = luochui(*second)
            assert refused.returncode == 75
            assert "another engine" in one_plain_sentence(refused.stderr)
        told = luochui("serve", "--data", data, "--port", "0", "--json")
        assert last_json(told)["fault"] == "E_JOURNAL_LOCKED"
        assert await house.end(signal.SIGTERM) == 0


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = luochui("serve", "--data", tmp_path / "data", "--sale", NOTICE, "--port", port)
    assert done.returncode == 1
    sentence = one_plain_sentence(done.stderr)
    assert f"127.0.0.1:{port}" in sentence
    assert "in use" in sentence


def test_a_folder_that_cannot_be_one_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for data in (file, file / "below", Path("/proc/no-such-folder")):
        done = luochui("serve", "--data", data, "--sale", NOTICE, "--port", "0")
        assert done.returncode in {1, 70}
        assert data.name in one_plain_sentence(done.stderr)


def test_a_folder_without_a_sale_says_what_to_put_there(tmp_path: Path) -> None:
    done = luochui("serve", "--data", tmp_path, "--port", "0")
    assert done.returncode == 2
    assert "put a notice (*.toml) there" in one_plain_sentence(done.stderr)


def test_everything_wrong_in_a_notice_is_said_at_once_with_file_line_and_field(tmp_path: Path, notice: Path) -> None:
    notice.write_text(notice.read_text(encoding="utf-8").replace("calls = 3", "calls = 3.5"), encoding="utf-8")
    catalogue = notice.with_name("catalogue.csv")
    lines = catalogue.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].rpartition(",")[0] + ",１００"
    catalogue.write_text("\n".join(lines), encoding="utf-8")
    at = next(
        number for number, line in enumerate(notice.read_text(encoding="utf-8").splitlines(), 1) if "calls =" in line
    )

    done = luochui("serve", "--data", tmp_path / "data", "--sale", notice, "--port", "0")
    assert done.returncode == 3
    said = done.stderr.splitlines()
    assert said[0].startswith(f"sale.toml:{at}: rules.calls: ")
    assert said[1].startswith("catalogue.csv:3: opening_yuan: ")
    assert len(said) == 2
    assert not (tmp_path / "data").exists()

    told = luochui("serve", "--data", tmp_path / "data", "--sale", notice, "--port", "0", "--json")
    assert last_json(told)["message"].splitlines() == said


def test_a_notice_cannot_be_changed_after_its_announcement(played: Played, notice: Path) -> None:
    notice.write_text(notice.read_text(encoding="utf-8").replace("第四期", "第五期"), encoding="utf-8")
    done = luochui("serve", "--data", played.data, "--sale", notice, "--port", "0")
    assert done.returncode == 3
    assert "cannot be changed after its announcement" in one_plain_sentence(done.stderr)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[limits]\ncommand_per_s = 3\n", "'limits.command_per_s' is no setting; is 'limits.commands_per_s' meant?"),
        ("[limits]\ncommands_per_s = 'ten'\n", "limits.commands_per_s = 'ten' cannot be"),
        ("limits = ", "is no TOML"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_its_file(tmp_path: Path, settings: str, said: str) -> None:
    config = tmp_path / "settings.toml"
    config.write_text(settings, encoding="utf-8")
    done = luochui("serve", "--data", tmp_path / "data", "--sale", NOTICE, "--port", "0", "--config", config)
    assert done.returncode == 2
    sentence = one_plain_sentence(done.stderr)
    assert "settings.toml" in sentence
    assert said in sentence


def test_an_unknown_variable_is_not_passed_over(tmp_path: Path) -> None:
    env = {"LUOCHUI_LIMITS_COMANDS_PER_S": "3"}
    done = luochui("serve", "--data", tmp_path, "--sale", NOTICE, "--port", "0", env=env)
    assert done.returncode == 2
    assert "is 'LUOCHUI_LIMITS_COMMANDS_PER_S' meant?" in one_plain_sentence(done.stderr)

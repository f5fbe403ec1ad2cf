"""``doctor``, ``config show``, ``gen-cert``, the event log: what an operator uses beside a sale."""

import shutil
import signal
import socket
import sqlite3
from pathlib import Path

import orjson
import pytest
import trio

from clients import NotLetIn, connect
from engine.notice import DEMO
from tests.cli.conftest import Played
from tests.cli.program import PATIENCE_S, last_json, luochui, started
from tests.cli.test_serve import NOTICE, SALE, one_plain_sentence, pass_for, serving

# The doctor.


def verdicts(told: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {finding["check"]: finding["verdict"] for finding in told["findings"]}


def test_a_sound_house_has_no_fault_and_everything_is_looked_at(played: Played) -> None:
    done = luochui("doctor", "--data", played.data, "--port", "0", "--deep", "--json")
    assert done.returncode == 0, done.stdout
    found = verdicts(last_json(done))
    checks = {"clock", "disk", "fsync", "fonts", "port", "tls", "keys", "revocations", "open files", "programs"}
    checks |= {"folders", "lock", "signing key"}
    assert found.keys() == checks | {f"journal:{SALE}", f"anchor:{SALE}"}
    assert found[f"journal:{SALE}"] == "ok"


def test_without_a_folder_the_machine_is_looked_at(tmp_path: Path) -> None:
    done = luochui("doctor", "--port", "0", "--json")
    assert done.returncode == 0, done.stdout
    assert "disk" not in verdicts(last_json(done))
    missing = luochui("doctor", "--data", tmp_path / "none")
    assert missing.returncode == 2
    assert "make it first" in one_plain_sentence(missing.stderr)


def test_for_people_every_finding_is_said_in_both_languages(played: Played) -> None:
    done = luochui("doctor", "--data", played.data, "--port", "0")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) % 2 == 1
    assert "fault(s)" in lines[-1]


def test_a_fault_ends_with_3_and_is_named(played: Played) -> None:
    (played.data / "keys" / "journal.pem").chmod(0o644)
    (played.data / "anchors" / f"{SALE}.anchor").unlink()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = luochui("doctor", "--data", played.data, "--port", str(taken.getsockname()[1]), "--json")
    assert done.returncode == 3
    found = verdicts(last_json(done))
    assert {check for check, verdict in found.items() if verdict == "fault"} == {"keys", "port", f"anchor:{SALE}"}


def test_only_a_deep_look_finds_a_record_that_was_changed(played: Played) -> None:
    journal = played.data / "sales" / SALE / "journal.sqlite"
    with sqlite3.connect(journal) as database:
        database.execute("UPDATE records SET outcome = x'7b7d' WHERE seq = 50")
    database.close()
    arguments = ("doctor", "--data", played.data, "--port", "0", "--json")
    assert verdicts(last_json(luochui(*arguments)))[f"journal:{SALE}"] == "ok"
    deep = luochui(*arguments, "--deep")
    assert deep.returncode == 3
    assert verdicts(last_json(deep))[f"journal:{SALE}"] == "fault"
    assert "record 50" in deep.stdout


async def test_beside_a_running_engine_nothing_is_locked_and_the_journal_is_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with started(
        tmp_path / "stderr", "serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json"
    ) as house:
        url = await serving(house)
        before = sorted(path.name for path in data.rglob("*"))
        port = url.rpartition(":")[2]
        for _ in range(2):
            done = luochui("doctor", "--data", data, "--port", port, "--deep", "--json")
            assert done.returncode == 0, done.stdout
            told = last_json(done)
            [at_port] = [finding for finding in told["findings"] if finding["check"] == "port"]
            assert at_port["facts"]["serving"] is True
        assert sorted(path.name for path in data.rglob("*")) == before
        with trio.fail_after(PATIENCE_S):
            async with connect(url, SALE, token=pass_for(data, "auctioneer:1")) as rostrum:
                assert (await rostrum.open_sale()).accepted
        assert await house.end(signal.SIGTERM) == 0
        assert house.complaints() == ""


# Settings.


def test_every_setting_is_shown_with_its_unit_and_where_it_came_from(tmp_path: Path) -> None:
    file = tmp_path / "luochui.toml"
    file.write_text("[http]\nport = 9000\n", encoding="utf-8")
    env = {"LUOCHUI_LIMITS_COMMANDS_PER_S": "7"}
    done = luochui("config", "show", "--origin", "--json", "--config", file, env=env)
    assert done.returncode == 0, done.stderr
    told = last_json(done)
    assert told["http.port"] == {"value": 9000, "unit": "", "origin": str(file)}
    assert told["limits.commands_per_s"] == {
        "value": 7.0,
        "unit": "per second",
        "origin": "LUOCHUI_LIMITS_COMMANDS_PER_S",
    }
    assert told["http.idle_s"] == {"value": 15.0, "unit": "seconds", "origin": "default"}
    plain = luochui("config", "show", "--config", file)
    assert [line.split() for line in plain.stdout.splitlines() if line.startswith("http.port ")] == [
        ["http.port", "9000"]
    ]
    wrong = luochui("config", "show", env={"LUOCHUI_HTTP_PROT": "1"})
    assert wrong.returncode == 2
    assert "LUOCHUI_HTTP_PORT" in one_plain_sentence(wrong.stderr)


# TLS.


async def test_a_trial_certificate_is_made_and_the_port_speaks_tls(tmp_path: Path) -> None:
    data = tmp_path / "data"
    made = last_json(luochui("gen-cert", "--data", data, "--host", "localhost", "--host", "127.0.0.1", "--json"))
    again = luochui("gen-cert", "--data", data, "--host", "localhost")
    assert again.returncode == 1
    assert "--fresh" in one_plain_sentence(again.stderr)
    env = {"LUOCHUI_HTTP_TLS_CERTIFICATE": made["certificate"], "LUOCHUI_HTTP_TLS_KEY": made["key"]}
    arguments = ("serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json")
    async with started(tmp_path / "stderr", *arguments, env=env) as house:
        url = await serving(house)
        assert url.startswith("https://127.0.0.1:")
        assert luochui("health", url, env={"SSL_CERT_FILE": made["authority"]}).returncode == 0
        assert luochui("health", url).returncode == 1
        looked = luochui("doctor", "--data", data, "--port", url.rpartition(":")[2], "--json", env=env)
        assert looked.returncode == 0, looked.stdout
        assert await house.end(signal.SIGTERM) == 0
    half = luochui(*arguments, env={"LUOCHUI_HTTP_TLS_CERTIFICATE": made["certificate"]})
    assert half.returncode == 2
    assert "go together" in one_plain_sentence(half.stderr)


def test_for_people_it_says_that_it_is_for_trials_and_how_to_trust_it(tmp_path: Path) -> None:
    done = luochui("gen-cert", "--data", tmp_path, "--host", "sale.example.cn")
    assert done.returncode == 0
    for words in ("for trials only", "Trust the authority", "update-ca-certificates", "0600"):
        assert words in done.stdout
    wrong = luochui("gen-cert", "--data", tmp_path / "other", "--host", "https://sale.cn")
    assert wrong.returncode == 1
    assert "neither a host name" in one_plain_sentence(wrong.stderr)


# The port comes first.


def test_a_port_that_is_taken_leaves_nothing_announced(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = luochui("serve", "--data", data, "--sale", NOTICE, "--port", port)
    assert done.returncode == 1
    assert not list(data.glob("sales/*"))


def test_a_journal_that_cannot_be_served_leaves_another_sale_unannounced(played: Played, tmp_path: Path) -> None:
    (played.data / "anchors" / f"{SALE}.anchor").unlink()
    shutil.copytree(DEMO, tmp_path / "second")
    notice = tmp_path / "second" / "sale.toml"
    notice.write_text(notice.read_text(encoding="utf-8").replace('"plates-4"', '"plates-3"'), encoding="utf-8")
    done = luochui("serve", "--data", played.data, "--sale", notice, "--port", "0")
    assert done.returncode == 3
    assert not (played.data / "sales" / "plates-3").exists()


# The log.


@pytest.mark.parametrize("to", ["stderr", "file"])
async def test_the_log_of_a_sale_holds_its_phases_and_no_secret(tmp_path: Path, to: str) -> None:
    data, errors, file = tmp_path / "data", tmp_path / "stderr", tmp_path / "events.log"
    env = {"LUOCHUI_LOG_TO": "stderr" if to == "stderr" else str(file), "LUOCHUI_LOG_SUMMARY_EVERY_S": "0.05"}
    arguments = ("serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json")
    secrets = []
    async with started(errors, *arguments, env=env) as house:
        url = await serving(house)
        secrets += [pass_for(data, "auctioneer:1"), pass_for(data, "bidder:88")]
        with trio.fail_after(PATIENCE_S):
            async with connect(url, SALE, token=secrets[0]) as rostrum, connect(url, SALE, token=secrets[1]) as bidder:
                (await rostrum.open_sale()).or_raise()
                (await rostrum.open_lot(1)).or_raise()
                asked = bidder.parts["lot/1"]["opening_fen"]
                bid = (await bidder.bid(1, asked)).or_raise()
                (await rostrum.suspend("停电检修")).or_raise()
        forged = secrets[0][:-6] + "AAAAAA"
        await refused(url, forged)
        assert await house.end(signal.SIGTERM) == 0
    text = (errors if to == "stderr" else file).read_text(encoding="utf-8")
    lines = [orjson.loads(line) for line in text.splitlines()]
    events = [line["event"] for line in lines]
    assert events[0] == "engine_started"
    assert events[-1] == "engine_stopped"
    assert [event for event in events if event.startswith("sale_")] == ["sale_opened", "sale_suspended"]
    assert bid.receipt is not None
    parts = [part for secret in (*secrets, forged) for part in secret.split(".")[1:]]
    for leak in (*parts, str(asked), str(asked // 100), "停电", "127.0.0.1", bid.receipt["signature"], "Bearer"):
        assert leak not in text


async def refused(url: str, forged: str) -> None:
    """Show a token that is not good."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    async with await trio.open_tcp_stream(host, int(port)) as stream:
        await stream.send_all(
            f"POST /api/sales/{SALE}/ticket HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {forged}\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        said = b""
        async for data in stream:
            said += data
    assert said.startswith(b"HTTP/1.1 401")


# Taking tokens back.


async def test_a_token_is_taken_back_while_the_house_serves_and_the_log_names_nobody(tmp_path: Path) -> None:
    data, events = tmp_path / "data", tmp_path / "events.log"
    arguments = ("serve", "--data", data, "--sale", NOTICE, "--port", "0", "--json")
    async with started(tmp_path / "stderr", *arguments, env={"LUOCHUI_LOG_TO": str(events)}) as house:
        url = await serving(house)
        made = last_json(
            luochui("token", "--data", data, "--sale", SALE, "--role", "bidder", "--paddle", "88", "--json")
        )
        said = luochui("token", "--data", data, "--sale", SALE, "--role", "bidder", "--paddle", "88")
        assert len(said.stdout.split()) == 1
        assert "luochui revoke --id" in said.stderr
        with trio.fail_after(PATIENCE_S), pytest.raises(NotLetIn):
            await stay_and_be_shut_out(url, data, made)
        await refused(url, made["token"])
        assert luochui("revoke", "--data", data, "--sale", SALE, "--role", "clerk", "--json").returncode == 0
        assert luochui("revoke", "--data", data, "--planner").returncode == 0
        assert await house.end(signal.SIGTERM) == 0
    lines = [orjson.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    [first, *_] = [line for line in lines if line["event"] == "tokens_revoked"]
    assert (first["count"], first["sockets_closed"], first["unreadable"]) == (1, 1, 0)
    told = str([{name: value for name, value in line.items() if name not in {"at", "port"}} for line in lines])
    assert "88" not in told
    assert made["id"] not in told


async def stay_and_be_shut_out(url: str, data: Path, made: dict[str, str]) -> None:
    async with connect(url, SALE, token=made["token"]):
        # In a thread: whoever stands still here is a silent browser to the house, and let go for that.
        done = await trio.to_thread.run_sync(lambda: luochui("revoke", "--data", data, "--id", made["id"]))
        assert done.returncode == 0
        await trio.sleep_forever()


def test_what_cannot_be_taken_back_is_said_and_nothing_is_written(played: Played, tmp_path: Path) -> None:
    for arguments, why in (
        (("--id", "1234"), "32 digits"),
        (("--id", "0" * 32, "--sale", SALE), "--id goes alone"),
        (("--sale", SALE), "Give --id"),
        (("--planner", "--role", "clerk"), "--planner goes without"),
        (("--sale", "other", "--role", "clerk"), "holds no sale"),
        (("--sale", SALE, "--role", "bidder"), "--paddle goes with"),
    ):
        done = luochui("revoke", "--data", played.data, *arguments)
        assert done.returncode == 2, arguments
        assert why in one_plain_sentence(done.stderr)
    assert luochui("revoke", "--data", tmp_path / "typo", "--id", "0" * 32).returncode == 2
    assert not (tmp_path / "typo").exists()
    assert not (played.data / "revoked.jsonl").exists()
    (played.data / "revoked.jsonl").write_text("who?\n", encoding="utf-8")
    looked = luochui("doctor", "--data", played.data, "--port", "0", "--json")
    assert verdicts(last_json(looked))["revocations"] == "fault"
    unsure = luochui("serve", "--data", played.data, "--port", "0")
    assert unsure.returncode == 1
    assert "who is shut out is not known" in one_plain_sentence(unsure.stderr)

"""A USB key played on the command line: plugged in, asked, pulled out."""

from pathlib import Path

import pytest
import trio
from typer.testing import CliRunner

from clients.usbkey import service
from clients.usbkey.client import usb_keys
from clients.usbkey.faults import KeyCode, KeyFault
from clients.usbkey.loopback import Middleware
from clients.usbkey.provider import Use
from engine.cli import app
from tests.cli.program import started
from tests.trust.trial import files, write


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(
        app, [str(one) for one in arguments], env={"LUOCHUI_PASSPHRASE": "苹果 梯子 河流 铜铃 七"}
    )
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.kill
async def test_a_key_is_served_asked_and_pulled_out(tmp_path: Path) -> None:
    folder = write({name: data for name, data in files().items() if "/sm2-" in name}, tmp_path) / "keys"
    pin = (folder / "sm2-sound" / "pin").read_text().strip()
    complaints = tmp_path / "complaints"
    async with started(complaints, "ca", "key", "--loopback", "--keys", folder) as program:
        address, *names = (await program.line()).split()
        assert "sm2-sound" in names
        port = int(address.rstrip("/").rpartition(":")[2])

        def bidder() -> None:
            with usb_keys(port) as keys:
                keys.login("sm2-sound", pin)
                signature = keys.sign("sm2-sound", b"message")
                keys.credential("sm2-sound", Use.SIGNING).key.verify(b"message", signature)
                (folder / "sm2-sound").rename(folder / "pulled")
                with pytest.raises(KeyFault) as fault:
                    keys.sign("sm2-sound", b"message")
                assert fault.value.code is KeyCode.PULLED

        await trio.to_thread.run_sync(bidder)
    assert complaints.read_text() == ""


async def test_a_bid_is_sealed_and_opened_by_a_usb_key_and_not_without_its_pin(
    tmp_path: Path, nursery: trio.Nursery
) -> None:
    folder = write({name: data for name, data in files().items() if "/sm2-sound" in name}, tmp_path) / "keys"
    key, wrong = folder / "sm2-sound", tmp_path / "wrong"
    pin, no_pin = ("--pin-file", key / "pin"), ("--pin-file", wrong)
    wrong.write_text("0")
    (tmp_path / "sheet.json").write_text('{"price_fen": 99800}')
    hall = ("--hall", tmp_path / "hall" / "hall.json")
    trustees = [f"--trustee={name}={key / 'encryption.pem'}" for name in "甲乙"]
    seal = (
        *("seal", tmp_path / "bid", *hall, "--bidder", "B-1", "--sheet", tmp_path / "sheet.json"),
        *("--recovery", tmp_path / "recovery.json"),
    )

    def bidder(usb: str) -> None:
        run("hall", "deal", tmp_path / "hall", "--tender", "T-1", "--sm", *trustees)
        run(*seal, code=2)
        run(*seal, "--usb-key", usb, "--sign-key", key / "signing.key", code=2)
        run(*seal, "--usb-key", "sm2-sound", code=2)
        run(*seal, "--usb-key", usb, *no_pin, code=1)
        run(*seal, "--usb-key", usb, *pin)
        half = run("unseal", tmp_path / "bid", *hall, "--key", key / "encryption.key")
        assert run("unseal", tmp_path / "bid", *hall, "--usb-key", usb, *pin) == half
        no = run("unseal", tmp_path / "bid", *hall, "--usb-key", usb, *no_pin, "--json", code=1)
        assert '"E_KEY_PIN_WRONG"' in no

    async def serving(task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED) -> None:
        await service.run(Middleware(service.slots(folder)), origins=[], port=0, task_status=task_status)

    port: int = await nursery.start(serving)
    await trio.to_thread.run_sync(bidder, f"{port}/sm2-sound")
    nursery.cancel_scope.cancel()


def test_wrong_use_is_told_what_would_be_right(tmp_path: Path) -> None:
    for arguments, said in (
        (("--keys", tmp_path), "Give --loopback"),
        (("--loopback", "--keys", tmp_path), "holds no key"),
        (("--loopback", "--keys", tmp_path, "--origin", "hall"), "--origin is a page's address"),
    ):
        assert said in run("ca", "key", *arguments, code=2)

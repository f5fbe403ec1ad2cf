"""A USB key played on the command line: plugged in, asked, pulled out."""

from pathlib import Path

import pytest
import trio

from clients.usbkey.client import usb_keys
from clients.usbkey.faults import KeyCode, KeyFault
from clients.usbkey.provider import Use
from tests.cli.program import luochui, started
from tests.trust.trial import files, write


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


def test_wrong_use_is_told_what_would_be_right(tmp_path: Path) -> None:
    for arguments, said in (
        (("--keys", tmp_path), "Give --loopback"),
        (("--loopback", "--keys", tmp_path), "holds no key"),
        (("--loopback", "--keys", tmp_path, "--origin", "hall"), "--origin is a page's address"),
    ):
        done = luochui("ca", "key", *arguments)
        assert done.returncode == 2
        assert said in done.stderr

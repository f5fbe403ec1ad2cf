"""A bid sealed and opened with keys that stay in their device."""

import json
from pathlib import Path

import pytest

from clients import seal
from clients.usbkey.client import UsbKeys
from clients.usbkey.faults import KeyCode, KeyFault
from clients.usbkey.provider import DeviceKey, KeyProvider, Use
from engine.sealing import envelope
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.pem import read_private_key
from tests.clients.usbkey.scene import STEMS, client, drawer
from tests.sealing.scene import BOTH, SHEET, Tender, chance

stems = pytest.mark.parametrize("stem", STEMS)


@stems
def test_a_bid_is_sealed_and_opened_by_a_key_in_its_device(stem: str, tmp_path: Path) -> None:
    keys, tender = drawer(stem), Tender(BOTH[stem == "sm2"])
    provider: KeyProvider = client(keys.session())
    (listed,) = provider.keys()
    assert (listed.key, listed.name[:2]) == (stem, "测试")
    provider.login(listed.key, keys.pin(stem))
    signing, encryption = (DeviceKey(provider, listed.key, use) for use in (Use.SIGNING, Use.ENCRYPTION))
    bidder = seal.Bidder(
        signing=provider.credential(listed.key, Use.SIGNING),
        signing_key=signing,
        encryption=provider.credential(listed.key, Use.ENCRYPTION),
        encryption_key=encryption,
    )
    bid = seal.Bid(context=tender.context(), sheet=SHEET, files=(), remedy=False)
    folder = tmp_path / "bid"
    manifest, _ = seal.seal(bid, tender.hall, bidder, folder, passphrase="苹果 梯子 河流 铜铃 七", chance=chance("bid"))
    assert seal.read_envelope(folder) == manifest
    half = envelope.unwrap_own(manifest, encryption)
    assert half == envelope.unwrap_own(manifest, read_private_key(keys.plugged[stem].encryption_key))


@stems
def test_a_wrap_for_another_purpose_or_key_is_refused(stem: str) -> None:
    keys = drawer(stem)
    provider = client(keys.session())
    provider.login(stem, keys.pin(stem))
    public = provider.credential(stem, Use.ENCRYPTION).key
    wrapped = public.wrap(bytes(32), b"purpose", chance("wrap")(48))
    assert provider.unwrap(stem, wrapped, b"purpose") == bytes(32)
    with pytest.raises(SealFault if stem == "sm2" else KeyFault) as fault:
        provider.unwrap(stem, wrapped, b"another")
    code = fault.value.code if isinstance(fault.value, KeyFault | SealFault) else None
    assert code is (SealCode.WRONG_KEY if stem == "sm2" else KeyCode.DECRYPT)
    other = provider.credential(stem, Use.SIGNING).key.wrap(bytes(32), b"purpose", chance("wrap")(48))
    with pytest.raises(KeyFault) as refused:
        provider.unwrap(stem, other, b"purpose")
    assert refused.value.code is KeyCode.DECRYPT


def test_what_the_key_says_no_to_is_told_with_the_tries_left() -> None:
    keys = drawer("sm2")
    provider = client(keys.session())
    with pytest.raises(KeyFault) as fault:
        provider.login("sm2", "31415926")
    assert fault.value.code is KeyCode.PIN_WRONG
    assert fault.value.detail == {"left": 5}
    assert "5" in str(fault.value)
    assert "31415926" not in str(fault.value) + fault.value.zh + repr(fault.value)
    keys.plugged.clear()
    assert provider.keys() == []
    with pytest.raises(KeyFault) as fault:
        provider.tries_left("sm2")
    assert fault.value.code is KeyCode.PULLED


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "{}",
        '{"id":2,"status":0,"result":""}',
        '{"id":1,"status":0}',
        '{"id":1,"status":true,"result":""}',
        '{"id":1,"status":0,"result":7}',
        '{"id":1,"status":99}',
        '{"id":1,"status":5,"left":"many"}',
        "[" * 100_000,
    ],
)
def test_an_answer_that_cannot_be_understood_is_said_to_be_one(answer: str) -> None:
    with pytest.raises(KeyFault) as fault:
        UsbKeys(lambda _: answer).keys()
    assert fault.value.code is KeyCode.ANSWER


def test_answers_of_the_wrong_kind_are_found_out_call_by_call() -> None:
    def answering(result: object) -> UsbKeys:
        return UsbKeys(lambda frame: json.dumps({"id": json.loads(frame)["id"], "status": 0, "result": result}))

    for result in (None, 1, "*", "AAAA", True):
        with pytest.raises(KeyFault):
            answering(result).credential("sm2", Use.SIGNING)
    for result in (None, "1", True):
        with pytest.raises(KeyFault):
            answering(result).tries_left("sm2")
    for result in (None, False, 1, "true"):
        with pytest.raises(KeyFault):
            answering(result).login("sm2", "1")
    with pytest.raises(KeyFault):
        answering("*").sign("sm2", b"")

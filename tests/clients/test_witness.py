"""A witness before houses that are honest, and before houses that are not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import h11
import orjson
import pytest
import trio
import trio.testing
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clients.http import Address
from clients.witness import Contradiction, Memory, Witness, WitnessFault
from engine.config import Config
from engine.journal.tree import Tree
from engine.wire.note import Checkpoint, Note, NoteFault, Verifier, log_verifier, parse_signatures, sign
from tests.cli.program import luochui
from tests.engine.house import RunningHouse, act, open_first_lot, running_house
from tests.gateway.saleroom import SALE

HOUSE, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32) for at in (1, 2))
PUBLIC = HOUSE.public_key().public_bytes_raw()
ENTRIES = [bytes([at]) * 32 for at in range(40)]
FORKED = [*ENTRIES[:7], b"another".ljust(32), *ENTRIES[8:]]
AT_S = 1_795_752_000


@dataclass
class Pretender:
    """A house that says what it is told to say."""

    entries: list[bytes] = field(default_factory=lambda: list(ENTRIES[:10]))
    key: Ed25519PrivateKey = HOUSE
    known: list[Verifier] = field(default_factory=list)
    cosigned: list[str] = field(default_factory=list)
    at: int = 0
    proves: list[bytes] | None = None
    """The tree its proofs are made of, where it is not the one it signs."""

    @property
    def log(self) -> Verifier:
        return log_verifier(PUBLIC, "s1")

    def note(self) -> Note:
        root = Tree(self.entries).root(len(self.entries))
        head = self.entries[-1] if self.entries else bytes(32)
        text = Checkpoint(self.log.name, len(self.entries), root, 1, head, self.at).text()
        return (
            Note(text, (sign(text, self.log, self.key.sign), *parse_signatures("".join(self.cosigned))))
            if self.cosigned
            else Note(text, (sign(text, self.log, self.key.sign),))
        )

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        split = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        match method, split.path:
            case "GET", "/api/sales":
                return 200, orjson.dumps([{"id": "s1"}])
            case "GET", "/api/sales/s1":
                return 200, orjson.dumps({"id": "s1", "log": {"vkey": self.log.text()}})
            case "GET", "/api/sales/s1/log/checkpoint":
                return 200, self.note().whole().encode()
            case "GET", "/api/sales/s1/log/consistency":
                tree = Tree(self.proves or self.entries)
                path = tree.consistency(int(query["from"]), int(query["to"]))
                return 200, orjson.dumps({"path": [node.hex() for node in path]})
            case "POST", "/api/sales/s1/log/cosignatures":
                note = Note(self.note().text, parse_signatures(body.decode()))
                if not any(note.cosigned_at_s(each) for each in self.known):
                    return 422, orjson.dumps({"code": "E_COSIGNATURE_INVALID"})
                self.cosigned = [body.decode()]
                return 200, orjson.dumps({"witnesses": 1})
            case _:
                return 404, orjson.dumps({"code": "E_NOT_FOUND"})

    async def open(self, _address: Address) -> trio.abc.Stream:
        ours, theirs = trio.testing.memory_stream_pair()
        connection = h11.Connection(h11.SERVER)
        carry: Any = theirs.send_stream.send_all_hook
        request: Any = None
        body = b""

        async def hear() -> None:
            nonlocal request, body
            await carry()
            data = bytes(await ours.receive_some())
            connection.receive_data(data)
            while (event := connection.next_event()) is not h11.NEED_DATA and event is not h11.PAUSED:
                if isinstance(event, h11.Request):
                    request = event
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    status, content = self.answer(request.method.decode(), request.target.decode(), body)
                    said = (
                        connection.send(
                            h11.Response(status_code=status, headers=[("Content-Length", str(len(content)))])
                        )
                        or b""
                    )
                    said += connection.send(h11.Data(data=content)) or b""
                    said += connection.send(h11.EndOfMessage()) or b""
                    await ours.send_all(said)

        theirs.send_stream.send_all_hook = hear
        return theirs


def witness(folder: Path, house: Pretender, name: str = "w1", **more: Any) -> Witness:
    memory = Memory(folder, name)
    return Witness(memory, Address.of("http://house"), opener=house.open, now_s=lambda: AT_S, **more)


async def test_what_is_seen_is_remembered_and_cosigned(tmp_path: Path) -> None:
    house = Pretender(known=[Memory(tmp_path, "w1").verifier])
    looking = witness(tmp_path, house)
    assert await looking.sales() == ["s1"]
    seen = await looking.look("s1")
    assert (seen.size, seen.new, seen.taken) == (10, True, True)
    assert house.note().cosigned_at_s(house.known[0]) == AT_S
    remembered = Memory(tmp_path, "w1").recall(house.log.name)
    assert remembered is not None
    assert remembered.note.text == house.note().text
    again = await looking.look("s1")
    assert (again.new, again.taken) == (False, True)


async def test_a_log_that_grows_is_followed(tmp_path: Path) -> None:
    house = Pretender()
    for size in (0, 1, 2, 7, 8, 9, 30, 40):
        house.entries = ENTRIES[:size]
        assert (await witness(tmp_path, house).look("s1")).size == size


async def test_a_house_that_does_not_list_the_witness_is_watched_all_the_same(tmp_path: Path) -> None:
    seen = await witness(tmp_path, Pretender()).look("s1")
    assert (seen.new, seen.taken) == (True, False)


@pytest.mark.parametrize(
    ("entries", "proves", "what"),
    [
        (ENTRIES[:9], None, "had 10 records and now has 9"),
        (FORKED[:10], None, "two different checkpoints of 10 records"),
        (FORKED[:20], None, "does not begin with the 10 records"),
        (FORKED[:20], ENTRIES[:20], "does not begin with the 10 records"),
    ],
)
async def test_a_house_that_shows_another_past_is_convicted_and_never_cosigned(
    tmp_path: Path, entries: list[bytes], proves: list[bytes] | None, what: str
) -> None:
    house = Pretender(known=[Memory(tmp_path, "w1").verifier])
    await witness(tmp_path, house).look("s1")
    first = house.note()
    house.cosigned, house.entries, house.proves = [], entries, proves
    for _ in range(2):  # also after it was started anew
        with pytest.raises(Contradiction, match=what) as convicted:
            await witness(tmp_path, house).look("s1")
        assert house.cosigned == []
    evidence = orjson.loads(convicted.value.kept_at.read_bytes())
    assert Note.parse(evidence["remembered"]).text == first.text
    assert Note.parse(evidence["shown"]).signed_by(Verifier.parse(evidence["log"]))


async def test_the_same_records_signed_with_another_instant_are_two_checkpoints(tmp_path: Path) -> None:
    house = Pretender()
    await witness(tmp_path, house).look("s1")
    house.at = 1
    with pytest.raises(Contradiction, match="two different checkpoints"):
        await witness(tmp_path, house).look("s1")


async def test_a_checkpoint_signed_with_another_key_is_not_cosigned(tmp_path: Path) -> None:
    house = Pretender(key=OTHER)
    with pytest.raises(NoteFault, match="not signed with the key"):
        await witness(tmp_path, house).look("s1")
    assert Memory(tmp_path, "w1").recall(house.log.name) is None


async def test_a_key_known_from_elsewhere_beats_what_the_house_says(tmp_path: Path) -> None:
    house = Pretender()
    known = Verifier(house.log.name, OTHER.public_key().public_bytes_raw(), house.log.kind)
    with pytest.raises(NoteFault, match="not signed with the key"):
        await witness(tmp_path, house, trusted=(known,)).look("s1")
    assert (await witness(tmp_path, house, trusted=(house.log,)).look("s1")).new


def test_a_witness_keeps_its_name_and_its_key(tmp_path: Path) -> None:
    first = Memory(tmp_path, "w1")
    assert Memory(tmp_path, "w1").verifier == first.verifier
    assert (tmp_path / "witness.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(WitnessFault, match="belongs to the witness 'w1'"):
        Memory(tmp_path, "w2")


async def test_a_witness_that_cannot_read_what_it_remembers_signs_nothing(tmp_path: Path) -> None:
    house = Pretender(known=[Memory(tmp_path, "w1").verifier])
    await witness(tmp_path, house).look("s1")
    for remembered in tmp_path.glob("*.json"):  # noqa: ASYNC240 - nobody else runs
        remembered.write_text("{}", encoding="utf-8")
    house.cosigned = []
    with pytest.raises(WitnessFault, match="cannot be read"):
        await witness(tmp_path, house).look("s1")
    assert house.cosigned == []


# A real house.


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[RunningHouse]:
    config, memory = Config(), Memory(tmp_path / "witness", "notary")
    config = replace(config, transparency=replace(config.transparency, witnesses=(memory.verifier.text(),)))
    async with running_house(tmp_path / "data", config=config) as house:
        await open_first_lot(house)
        yield house


async def test_a_witness_follows_a_real_house_and_is_shown(house: RunningHouse, tmp_path: Path) -> None:
    looking = Witness(Memory(tmp_path / "witness", "notary"), Address.of(house.url))
    async with house.viewer("bidder:1") as bidder:
        for amount in (1_000_000, 1_050_000, 1_100_000):
            await act(bidder, type="bid", id=f"b{amount}", lot=1, amount_fen=amount)
            seen = await looking.look(SALE)
            assert seen.taken
            assert (await bidder.until("checkpoint", witnesses=1))["witnessed"] == seen.size


async def test_the_command_looks_once_and_says_what_it_saw(house: RunningHouse, tmp_path: Path) -> None:
    args = ("witness", house.url, "--state", str(tmp_path / "witness"), "--name", "notary", "--once")
    done = await trio.to_thread.run_sync(luochui, *args, "--json")
    seen = orjson.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (seen["sale"], seen["new"], seen["taken"]) == (SALE, True, True)
    done = await trio.to_thread.run_sync(luochui, *args, "--sale", "none")
    assert (done.returncode, "E_NOT_FOUND" in done.stdout) == (1, True)

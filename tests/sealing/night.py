"""
P19 and P20 in full: bids opened by whichever trustees, salamanders, chunks that are not what was sealed there, and trustees who lie.

Every tender, bid and lie is made from its seed.

    python -m tests.sealing.night --nightly --size 10000      # bids; of the rest a tenth or less
"""

import dataclasses
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from engine.sealing import halves
from engine.sealing.content import SheetContent, unpack_sheet
from engine.sealing.envelope import open_part, unwrap_hall, unwrap_own
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.halves import HALL, OWN, DataKey, half_digest
from engine.sealing.manifest import Manifest
from engine.sealing.parts import CHUNK_BYTES, MIB, Part, PartName, Rooting, check_digests, chunk_digest
from engine.sealing.suites import Suite
from engine.sealing.trustees import Answer, Share, deal
from tests.nightly.telling import finish, progress, sized
from tests.sealing.salamander import two_keys
from tests.sealing.scene import BOTH, SHEET, TRUSTEES, Tender, chance

BIDS: Final = 10_000
"""In full."""

A_TENDER: Final = 50
"""So many bids come to one tender."""

ENOUGH: Final = ((1, 2), (1, 3), (2, 3), (1, 2, 3))
"""Of three trustees, all who open together."""

WHOLE: Final = CHUNK_BYTES[PartName.SHEET]


@lru_cache(maxsize=2)
def tender_of(number: int, what: str) -> Tender:
    """A tender; of both suites in turn."""
    return Tender(BOTH[number % 2], f"{what}-{number}")


def fault_of(attempt: Callable[[], object]) -> SealFault | None:
    """What an attempt is refused with; None if it gets through."""
    try:
        attempt()
    except SealFault as fault:
        return fault
    return None


def code_of(attempt: Callable[[], object]) -> SealCode | None:
    """Why an attempt is refused; None if it gets through."""
    fault = fault_of(attempt)
    return None if fault is None else fault.code


# Bids.


def bid(tender: Tender, seed: int) -> Iterator[str]:
    """A bid that some trustees open, and one of them alone does not; what is wrong with that."""
    dice = random.Random(seed)
    sheet: SheetContent = {
        "price_fen": dice.randrange(1, 10**13),
        "period_days": dice.randrange(1, 2000),
        "note": "价" * dice.randrange(1, 60),
    }
    made = tender.seal(sheet, context=tender.context(f"bidder-{seed}"), remedy=bool(seed % 2), seed=str(seed))
    manifest, together = made.manifest, ENOUGH[seed % len(ENOUGH)]
    answers = {each.trustee: each for each in tender.answers(manifest, HALL, together)}
    alone = answers[together[seed % len(together)]]
    for few in ([], [alone], [alone, alone]):
        if code_of(partial(unwrap_hall, manifest, tender.hall, few)) is not SealCode.TOO_FEW_SHARES:
            yield f"{len(few)} answers of trustee {alone.trustee} were not too few"
    own = unwrap_own(manifest, tender.key(f"bidder-{seed} encryption"))
    key = halves.data_key(manifest, own, unwrap_hall(manifest, tender.hall, answers.values()))
    [opened] = open_part(key, manifest.parts[0], made.chunks[PartName.SHEET].__getitem__)
    if unpack_sheet(opened) != sheet:
        yield f"opened by {together} it says something else"


# Salamanders.


def salamander(keys: tuple[DataKey, DataKey], first: bytes) -> tuple[Part, bytes]:
    """A sheet that is authentic under both data keys."""
    context, suite = keys[0].context, keys[0].context.of
    derived = tuple(suite.expand(key.secret, context.purpose("key sheet"), suite.key_bytes) for key in keys)
    header = context.purpose(PartName.SHEET) + WHOLE.to_bytes(4, "big") + (1).to_bytes(4, "big")
    sealed = two_keys(suite, (derived[0], derived[1]), nonce=bytes(11) + b"\1", aad=header, length=WHOLE, first=first)
    return Part(name=PartName.SHEET, chunks=1, root=root_of(suite, [sealed])), sealed


def two_texts(honest: Manifest, seed: int) -> Iterator[str]:
    """
    A ciphertext for two keys, with everything else that its bidder can choose; what is wrong with how it is refused.

    Two of three commit to the half that they hand in first, and are refused with the other; the third to the key that goes with the
    one and the half that goes with the other, and are refused with both.
    """
    context, draw = honest.context, chance(f"salamander {honest.context.suite} {seed}")
    one, two, hall = draw(32), draw(32), draw(32)
    keys = halves.join(context, one, hall), halves.join(context, two, hall)
    part, sealed = salamander(keys, draw(16))
    if len({b"".join(open_part(key, part, [sealed].__getitem__)) for key in keys}) != 2:
        yield "it is no salamander: without a commitment, both must be the bid"
    manifest = dataclasses.replace(
        honest,
        parts=(part,),
        kc=keys[0].commitment((part,)),
        half_own=half_digest(context, OWN, one if seed % 3 else two),
        half_hall=half_digest(context, HALL, hall),
    )
    said = [code_of(partial(halves.data_key, manifest, own, hall)) for own in (one, two)]
    if said != [None if seed % 3 else SealCode.REVEAL, SealCode.REVEAL]:
        yield f"its two halves get {said}"


# Chunks.


def root_of(suite: Suite, chunks: Iterable[bytes]) -> bytes:
    """Over sealed chunks."""
    rooting = Rooting(suite)
    for chunk in chunks:
        rooting.add(chunk_digest(suite, chunk))
    return rooting.root()


def damages(
    chunks: list[bytes], others: list[bytes], at: int, dice: random.Random
) -> Iterator[tuple[str, list[bytes]]]:
    """Everything that is done to one chunk, and what then lies where the part was."""
    before, chunk, after = chunks[:at], chunks[at], chunks[at + 1 :]
    flipped = bytearray(chunk)
    flipped[dice.randrange(len(chunk))] ^= 1 << dice.randrange(8)
    yield "a bit flipped", [*before, bytes(flipped), *after]
    yield "cut by a byte", [*before, chunk[:-1], *after]
    yield "cut short", [*before, chunk[: dice.randrange(len(chunk))], *after]
    yield "a byte too long", [*before, chunk + b"\0", *after]
    yield "dropped", [*before, *after]
    yield "doubled", [*before, chunk, chunk, *after]
    yield "another envelope's", [*before, others[at], *after]
    for other in range(at + 1, len(chunks)):
        changed = list(chunks)
        changed[at], changed[other] = changed[other], changed[at]
        yield f"exchanged with {other}", changed


def chunks(tender: Tender, seed: int) -> Iterator[str | None]:
    """Each damage to each chunk of an envelope: None where it is found out, at its place; else what is wrong."""
    dice = random.Random(seed)
    size = dice.randrange(1, 4 * MIB)
    context = tender.context(f"bidder-{seed}")
    made = tender.seal(files={"投标文件": dice.randbytes(size)}, context=context)
    again = tender.seal(files={"投标文件": bytes(size)}, context=dataclasses.replace(context, version=2))
    key = tender.open(made.manifest)
    for part in made.manifest.parts:
        honest, others = made.chunks[part.name], again.chunks[part.name]
        list(open_part(key, part, honest.__getitem__))
        for at in range(part.chunks):
            for what, lying in damages(honest, others, at, dice):
                yield found_out(key, part, honest, lying, f"{part.name} {at} of {part.chunks} {what}")


def found_out(key: DataKey, part: Part, honest: list[bytes], lying: list[bytes], what: str) -> str | None:
    """Whether damage is found by who opens, at the first chunk that is another, and by who takes the chunks in."""
    suite = key.context.of
    first = next((at for at in range(part.chunks) if lying[at : at + 1] != honest[at : at + 1]), part.chunks)
    fault = fault_of(lambda: list(open_part(key, part, lambda at: lying[at] if at < len(lying) else b"")))
    if first < part.chunks and (
        fault is None or fault.code is not SealCode.CHUNK_HASH or fault.detail["chunk"] != first
    ):
        return f"{what}: opening it says {fault}"
    taken = code_of(lambda: check_digests(suite, part, [chunk_digest(suite, each) for each in lying]))
    if taken is not SealCode.MANIFEST and lying:
        return f"{what}: taking it in says {taken}"
    return None


# Trustees.


LIES: Final = 8


def lies(tender: Tender, liar: int, manifest: Manifest, seed: int) -> Iterator[Answer]:
    """What a trustee may hand in instead of his answer."""
    share, curve, n = tender.shares[liar - 1], tender.suite.curve, tender.suite.curve.n
    info = manifest.context.purpose(HALL)

    def by(number: int, wrapped: bytes = manifest.wrap_hall, purpose: bytes = info) -> Answer:
        return tender.answer(Share(liar, number % n or 1), wrapped, purpose)

    right, another = by(share.number), tender.shares[liar % len(TRUSTEES)].number
    dealt_anew = deal(tender.suite, tender.name, TRUSTEES, 2, chance(f"anew {seed}"))[1]
    other = tender.seal(context=tender.context(f"other-{seed}"), seed=f"other {seed}").manifest
    yield by(share.number + 1)
    yield by(another)
    yield by(dealt_anew[liar - 1].number)
    yield by(share.number, other.wrap_hall)
    yield by(share.number, purpose=other.context.purpose(HALL))
    yield dataclasses.replace(right, point=curve.times(2, right.point))
    yield dataclasses.replace(right, challenge=(right.challenge + 1) % n)
    yield dataclasses.replace(right, response=(right.response + 1) % n)


def liar(tender: Tender, seed: int) -> Iterator[str]:
    """One trustee lies, in one of all ways: he is named, and the others open; what is wrong with that."""
    dice = random.Random(seed)
    who = dice.randint(1, len(TRUSTEES))
    manifest = tender.seal(SHEET, context=tender.context(f"bidder-{seed}"), seed=str(seed)).manifest
    lie = list(lies(tender, who, manifest, seed))[seed % LIES]
    honest = tender.answers(manifest, HALL, [each for each in (1, 2, 3) if each != who])
    given = [*honest, lie]
    dice.shuffle(given)
    fault = fault_of(lambda: unwrap_hall(manifest, tender.hall, given))
    if fault is None or fault.code is not SealCode.SHARE or fault.detail != {"trustee": who, "name": TRUSTEES[who - 1]}:
        yield f"trustee {who} lied ({seed % LIES}), and it is said: {fault}"
    if fault_of(lambda: unwrap_hall(manifest, tender.hall, honest)) is not None:
        yield "the others did not open it"


def many(size: int, say: Callable[[str], None]) -> dict[str, Any]:
    """About ``size`` bids, a tenth as many salamanders and liars, and a hundredth of envelopes that are damaged. The figures."""
    tenth, hundredth = max(len(BOTH) * 3, size // 10), max(len(BOTH), size // 100)
    counts: Counter[str] = Counter()

    def look(name: str, seed: int, found: Iterable[str | None]) -> None:
        for words in found:
            if words is not None:
                counts["wrong"] += 1
                say(f"{name} {seed}: {words}")

    for seed in range(size):
        look("bid", seed, bid(tender_of(seed // A_TENDER, "bids"), seed))
        if seed % 500 == 499:
            say(f"{seed + 1} bids opened, {counts['wrong']} wrong")
    honest = [Tender(suite, "salamanders").seal().manifest for suite in BOTH]
    for seed in range(tenth):
        look("salamander", seed, two_texts(honest[seed % 2], seed // 2))
    say(f"{tenth} salamanders, {counts['wrong']} wrong")
    for seed in range(tenth):
        look("liar", seed, liar(tender_of(seed // A_TENDER, "liars"), seed))
    say(f"{tenth} lying trustees, {counts['wrong']} wrong")
    for seed in range(hundredth):
        found = list(chunks(Tender(BOTH[seed % 2], f"chunks-{seed}"), seed))
        counts["damages"] += len(found)
        look("chunks", seed, found)
    return {
        "bids": size,
        "salamanders": tenth,
        "lying_trustees": tenth,
        "damaged_envelopes": hundredth,
        "damages": counts["damages"],
        "wrong": counts["wrong"],
    }


def main(arguments: Sequence[str]) -> int:
    size = sized("tests.sealing.night", BIDS, arguments)
    figures = many(size, progress)
    return finish(["P19", "P20"], figures, passed=not figures["wrong"], seeds=f"0-{size - 1}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

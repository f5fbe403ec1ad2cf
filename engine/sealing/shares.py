"""What trustees keep and hand in, as files: a share wrapped to its holder's certificate, and answers."""

from typing import Any, Final

from engine.sealing import canonical
from engine.sealing.context import FORMAT, lengthed
from engine.sealing.curves import POINT_BYTES, SCALAR_BYTES
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import WRAPPED_BYTES_MAX, PrivateKey, PublicKey
from engine.sealing.trustees import TRUSTEES_MAX, Answer, Chance, HallKey, Share, check_share

SHARE_BYTES_MAX: Final = 4096
ANSWER_BYTES_MAX: Final = 1024


def write_share(hall: HallKey, share: Share, holder: PublicKey, chance: Chance) -> bytes:
    """The file of one trustee: useless without the private key of ``holder``."""
    wrapped = holder.wrap(share.number.to_bytes(SCALAR_BYTES, "big"), _purpose(hall, share.trustee), chance(48))
    return canonical.write(
        {
            "format": f"{FORMAT} share",
            "hall": hall.digest().hex(),
            "trustee": share.trustee,
            "share": wrapped.hex(),
        }
    )


def read_share(data: bytes, hall: HallKey, holder: PrivateKey) -> Share:
    """
    The share in a trustee's file, checked against the hall key.

    Raises:
        SealFault: Another hall's, another holder's, or not a share of this hall.

    """
    names = {"format", "hall", "trustee", "share"}
    said = canonical.fields(canonical.read(data, SHARE_BYTES_MAX, "share"), names, "share")
    if said["format"] != f"{FORMAT} share":
        raise SealFault(SealCode.MANIFEST, where="format")
    if said["hall"] != hall.digest().hex():
        raise SealFault(SealCode.CONTEXT)
    trustee = canonical.whole(said["trustee"], "trustee", 1, TRUSTEES_MAX)
    wrapped = canonical.octets(said["share"], "share", SCALAR_BYTES, WRAPPED_BYTES_MAX)
    share = Share(trustee, int.from_bytes(holder.unwrap(wrapped, _purpose(hall, trustee)), "big"))
    check_share(hall, share)
    return share


def write_answer(hall: HallKey, given: Answer) -> bytes:
    """One answer in its one spelling."""
    return canonical.write(
        {
            "trustee": given.trustee,
            "point": hall.of.curve.encode(given.point).hex(),
            "challenge": given.challenge.to_bytes(SCALAR_BYTES, "big").hex(),
            "response": given.response.to_bytes(SCALAR_BYTES, "big").hex(),
        }
    )


def read_answer(data: bytes, hall: HallKey) -> Answer:
    """
    The answer that ``data`` spells; whether it is right, only :func:`engine.sealing.trustees.check_answer` says.

    Raises:
        SealFault: It is not exactly as the format asks.

    """
    names = {"trustee", "point", "challenge", "response"}
    said = canonical.fields(canonical.read(data, ANSWER_BYTES_MAX, "answer"), names, "answer")
    return Answer(
        trustee=canonical.whole(said["trustee"], "trustee", 1, len(hall.trustees)),
        point=hall.of.curve.decode(canonical.octets(said["point"], "point", POINT_BYTES, POINT_BYTES)),
        challenge=_number(said, "challenge"),
        response=_number(said, "response"),
    )


def _number(said: dict[str, Any], name: str) -> int:
    return int.from_bytes(canonical.octets(said[name], name, SCALAR_BYTES, SCALAR_BYTES), "big")


def _purpose(hall: HallKey, trustee: int) -> bytes:
    return lengthed(f"{FORMAT} share".encode()) + hall.digest() + trustee.to_bytes(4, "big")

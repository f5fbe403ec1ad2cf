"""
Three authorities for trials, RSA, P-256 and SM2, each with a root, an issuing authority, lists, and bidders to whom things happen.

All files are made in memory. The authorities' own keys are in none of them: nobody can issue more in their names.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.trust.chain import Purpose
from engine.trust.holder import Holder, check_character
from engine.trust.making.authority import Authority
from engine.trust.making.dice import KINDS, Dice
from engine.trust.making.files import key_pem, pem
from engine.trust.store import CRLS, ISSUING, ROOTS

STORE: Final = "store"
KEYS: Final = "keys"
CENTRE: Final = "centre"
SEALING: Final = ("RSA", "P-256")
"""Of which kinds the centre has a certificate to sign papers with: readers of PDF know no SM2."""

PIN: Final = "pin"
LIST_DAYS: Final = 30
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of certificates, and what becomes of it. Days are counted from the date of the demo."""

    name: str
    company: int
    begins: int
    ends: int
    revoked: int | None = None


CASES: Final = (
    Case("sound", 1, -200, 165),
    Case("earlier", 2, -340, 25),
    Case("renewed", 2, 0, 365),
    Case("revoked", 3, -200, 165, revoked=-2),
    Case("expired", 4, -366, -1),
)
"""``renewed`` is the same company as ``earlier``, with new keys: what was sealed to the earlier opens with the earlier only."""


def demo(dice: Dice, date: datetime) -> Iterator[tuple[str, bytes, bool]]:
    """
    Every file: its path, what it holds, and whether it is secret.

    Args:
        dice: Where keys and serial numbers come from.
        date: The day of the demo, in whole seconds; no clock is read.

    """
    yield "README.md", _README.format(date=date.strftime("%Y-%m-%d %H:%M:%SZ"), days=LIST_DAYS).encode(), False
    issuing: dict[str, Authority] = {}
    for number, kind in enumerate(KINDS, 1):
        issuing[kind] = yield from _authority(dice, date, number, kind)
    for number, kind in enumerate(SEALING, 1):
        yield from _seal(dice, date, number, kind, issuing[kind])


def company(number: int, which: int) -> Holder:
    """A company that does not exist, with a credit code whose check character is right."""
    body = f"91000000MAX{number}{which:05}"
    return Holder(credit_code=body + check_character(body), name=f"测试{number}{which}号建设有限公司")


def centre(number: int) -> Holder:
    """A trading centre that does not exist."""
    body = f"12000000MAX{number}00009"
    return Holder(credit_code=body + check_character(body), name="测试公共资源交易中心")


def _seal(dice: Dice, date: datetime, number: int, kind: str, issuing: Authority) -> Iterator[tuple[str, bytes, bool]]:
    """The centre's own certificate of one kind, with that of its authority."""
    key, seal = dice.key(kind), f"{CENTRE}/{_stem(kind)}"
    der = issuing.bidder(centre(number), Purpose.SIGNING, key, date - 200 * _DAY, date + 165 * _DAY)
    yield f"{seal}.pem", pem("CERTIFICATE", der) + pem("CERTIFICATE", issuing.certificate), False
    yield f"{seal}.key", key_pem(key), True


def _stem(kind: str) -> str:
    return kind.lower().replace("-", "")


def _authority(
    dice: Dice, date: datetime, number: int, kind: str
) -> Generator[tuple[str, bytes, bool], None, Authority]:
    """One root with its authority, their lists and bidders; returns the authority."""
    stem = _stem(kind)
    root = Authority.root(dice, kind, f"Test Root {kind}", date - 1800 * _DAY, date + 5400 * _DAY)
    issuing = root.authority(kind, f"Test Issuing {kind}", date - 700 * _DAY, date + 2900 * _DAY)
    for case in CASES:
        holder, folder = company(number, case.company), f"{KEYS}/{stem}-{case.name}"
        for purpose in Purpose:
            key = dice.key(kind)
            der = issuing.bidder(holder, purpose, key, date + case.begins * _DAY, date + case.ends * _DAY)
            if case.revoked is not None:
                issuing.revoke(der, date + case.revoked * _DAY)
            yield f"{folder}/{purpose}.pem", pem("CERTIFICATE", der), False
            yield f"{folder}/{purpose}.key", key_pem(key), True
        yield f"{folder}/{PIN}", b"%08d\n" % (int.from_bytes(dice.chance(8), "big") % 10**8), True
    yield f"{STORE}/{ROOTS}/{stem}.pem", pem("CERTIFICATE", root.certificate), False
    yield f"{STORE}/{ISSUING}/{stem}.pem", pem("CERTIFICATE", issuing.certificate), False
    for name, one in (("root", root), ("issuing", issuing)):
        der = one.revocations(date, date + LIST_DAYS * _DAY)
        yield f"{STORE}/{CRLS}/{stem}-{name}.pem", pem("X509 CRL", der), False
    return issuing


_README: Final = """# 仅供测试 · For tests only

本目录中的证书由临时的测试机构签发，与任何真实机构、单位无关；**不得用于真实招标项目**。私钥和 PIN 未加保护。
These certificates are by authorities made for a trial. They stand for no real authority or company and are **never for a real tender**.
Private keys and PINs lie here unprotected.

Made for {date}. Revocation lists are fresh for {days} days from then. The authorities' own keys were forgotten.

| folder | what |
|---|---|
| `store/` | a trust store: `roots/`, `issuing/`, `crls/`, of an RSA, a P-256 and an SM2 authority |
| `keys/…-sound` | a bidder's two certificates, their keys and the PIN, as a USB key would hold them |
| `keys/…-earlier`, `keys/…-renewed` | one bidder before and after renewal: what was sealed before opens with the earlier only |
| `keys/…-revoked` | revoked two days before |
| `keys/…-expired` | expired the day before |
| `centre/rsa.pem`, `centre/p256.pem` | a centre's certificate, with its authority, for `luochui papers --sign-cert`, `--sign-key` |

```sh
luochui ca check keys/sm2-sound/signing.pem --store store
luochui ca key --loopback --keys keys --origin http://127.0.0.1:8000
```
"""

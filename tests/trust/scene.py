"""Authorities of each kind, made of seeds, with RSA keys from a file: making them takes too long for every test."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from engine.domain.units import Nanoseconds
from engine.sealing.keys import PublicKey
from engine.trust.certificate import Certificate, instant, read_certificate
from engine.trust.chain import Purpose
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.holder import Holder
from engine.trust.making.authority import Authority, bidder_extensions, bidder_name
from engine.trust.making.demo import company
from engine.trust.making.dice import KINDS, Dice, SoftKey, seeded_dice
from engine.trust.making.issue import Issuer
from engine.trust.revocation import RevocationList, read_list
from engine.trust.settings import TrustSettings
from engine.trust.store import Moment, Trusted, TrustStore

FOLDER = Path(__file__).parent
DATE = datetime(2026, 11, 27, 4, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SETTINGS = TrustSettings()
WHO = company(7, 1)
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]

kinds = pytest.mark.parametrize("kind", KINDS)


@cache
def rsa_keys() -> tuple[rsa.RSAPrivateKey, ...]:
    text = (FOLDER / "rsa-keys.pem").read_text()
    keys = [
        serialization.load_pem_private_key((one + "\n").encode(), None)
        for one in text.replace("-----END PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n\n").strip().split("\n\n")
    ]
    assert all(isinstance(key, rsa.RSAPrivateKey) for key in keys)
    return tuple(key for key in keys if isinstance(key, rsa.RSAPrivateKey))


def pooled_dice(seed: str) -> Dice:
    """Seeded, with RSA keys that come again after the fourth."""
    begins, keys = len(seed) % 4, rsa_keys()
    pool = cycle(keys[begins:] + keys[:begins])
    return Dice(seeded_dice(seed).chance, lambda: next(pool))


def at(moment: datetime) -> Nanoseconds:
    return instant(moment)


def when(used: datetime = DATE, now: datetime | None = None) -> Moment:
    return Moment(used_at=at(used), now=at(now or used))


def read(der: bytes) -> Certificate:
    return read_certificate(der, SETTINGS)


@dataclass
class Scene:
    """A root, an issuing authority below it, and a bidder's keys; lists are made when they are asked for."""

    kind: str
    seed: str
    root: Authority
    issuing: Authority
    signing_key: SoftKey
    encryption_key: SoftKey

    @property
    def forger(self) -> Issuer:
        """The bidder, in the issuing authority's name."""
        return Issuer(name=self.issuing.issuer.name, key=self.signing_key)

    def leaf(
        self,
        purpose: Purpose = Purpose.SIGNING,
        begins: datetime = DATE - 100 * DAY,
        ends: datetime = DATE + 100 * DAY,
        *,
        holder: Holder = WHO,
        extensions: Extensions | None = None,
        by: Authority | None = None,
    ) -> bytes:
        key = self.signing_key if purpose is Purpose.SIGNING else self.encryption_key
        said = bidder_extensions(purpose) if extensions is None else extensions
        return (by or self.issuing).issue(bidder_name(holder), _public(key), begins, ends, said)

    def lists(self, this: datetime = DATE - DAY, following: datetime = DATE + 30 * DAY) -> tuple[RevocationList, ...]:
        both = (self.root, self.issuing)
        if any(one.revoked for one in both):
            return tuple(read_list(one.revocations(this, following), SETTINGS) for one in both)
        return _empty_lists(self.kind, self.seed, this, following)

    def store(self, **changed: object) -> TrustStore:
        store = TrustStore(
            roots=(read(self.root.certificate),),
            issuing=(read(self.issuing.certificate),),
            lists=self.lists(),
            settings=SETTINGS,
        )
        return replace(store, **changed)  # type: ignore[arg-type]


@cache
def _empty_lists(kind: str, seed: str, this: datetime, following: datetime) -> tuple[RevocationList, ...]:
    made = _made(kind, seed)
    return tuple(read_list(one.revocations(this, following), SETTINGS) for one in (made.root, made.issuing))


@cache
def _public(key: SoftKey) -> PublicKey:
    return key.public


def scene(kind: str, seed: str = "scene") -> Scene:
    """The same authorities and keys every time, with nothing revoked yet."""
    made, dice = _made(kind, seed), pooled_dice(f"{seed} {kind} more")
    root, issuing = (replace(one, dice=dice, revoked=[]) for one in (made.root, made.issuing))
    return replace(made, root=root, issuing=issuing)


@cache
def _made(kind: str, seed: str) -> Scene:
    dice = pooled_dice(f"{seed} {kind}")
    root = Authority.root(dice, kind, f"Root {seed} {kind}", DATE - 1000 * DAY, DATE + 1000 * DAY)
    issuing = root.authority(kind, f"Issuing {seed} {kind}", DATE - 500 * DAY, DATE + 500 * DAY)
    return Scene(
        kind=kind,
        seed=seed,
        root=root,
        issuing=issuing,
        signing_key=dice.key(kind),
        encryption_key=dice.key(kind),
    )


def verify(  # noqa: PLR0917 - as the store takes them
    store: TrustStore,
    leaf: bytes,
    purpose: Purpose = Purpose.SIGNING,
    moment: Moment | None = None,
    sent: Sequence[bytes] = (),
    holder: Holder | None = WHO,
) -> Trusted:
    return store.verify(
        read(leaf),
        purpose,
        moment or when(),
        holder=holder,
        sent=[read_certificate(der, store.settings) for der in sent],
    )


def refused(code: TrustCode, store: TrustStore, leaf: bytes, *arguments: object, **more: object) -> TrustFault:
    """The fault, which must be of that code."""
    with pytest.raises(TrustFault) as fault:
        verify(store, leaf, *arguments, **more)  # type: ignore[arg-type]
    assert fault.value.code is code, fault.value
    return fault.value

"""
Tokens: long-lived proof of who someone is in one sale (JWT, RFC 7519, signed with Ed25519).

One who plans sales (``planner:1``) has one that is good for the house as a whole, and in no sale.

Only keys from our own folder count, whatever a token says about its key. Every fault gets the same answer: who forges tokens shall
not learn how far he came.
"""

import math
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.domain.parties import OFFICERS, Principal, Role
from engine.domain.units import NUMBER_MAX
from engine.gateway.revocation import Revocation, TokenRevoked
from engine.journal.files import sync_folder, write_once

ALGORITHM: Final = "EdDSA"
HEADER: Final = frozenset({"alg", "kid", "typ"})
"""All a header may hold. So no ``jku``, ``jwk``, ``x5u`` is ever looked at, and no ``crit`` ever passed over."""

TYPE: Final = "JWT"
HOUSE: Final = "house"
"""The audience of a planner's token. A sale may be called so: only planners are let in here, and none there."""

CLAIMS: Final = ("iss", "aud", "sub", "exp", "nbf", "iat", "jti")
TOKEN_CHARS_MAX: Final = 2048
SKEW_S: Final = 5
"""How far the clock of who issued a token may be ahead of ours."""

TTL_S_MAX: Final = 366 * 24 * 3600

_FIRST_KEY: Final = "k0001"
_KEY_FILE: Final = re.compile(r"k[0-9]{4}\.pem")
_BIDDER_NAME: Final = re.compile(r"[1-9][0-9]{0,6}")
_OFFICER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_TRUSTEE_NAME: Final = re.compile(r"[1-9][0-9]?")
_PLANNER: Final = "planner:"
_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9._~+/=-]+) *", re.IGNORECASE)
_FOR_OTHERS: Final = 0o077


class AuthInvalid(Exception):
    """Not let in. Never says why."""

    def __init__(self) -> None:
        super().__init__("not let in")


@dataclass(frozen=True, slots=True)
class Credential:
    """What a token that was good when it was shown says of its bearer."""

    principal: Principal
    sale: str
    token_id: str
    issued_at_s: int
    """Seconds since 1970."""

    expires_at_s: int


class KeyTrouble(Exception):
    """A key file cannot be used. Names the file, never shows what is in it."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys tokens are signed with, by name. The last name signs; the others still vouch for tokens given out before."""

    _keys: Mapping[str, Ed25519PrivateKey]

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """
        The keys kept in ``folder`` (``k0001.pem``, ``k0002.pem`` …); a first one is made there if there is none.

        To change keys put the next one beside the old, and take the old away when its last token has expired.

        Raises:
            KeyTrouble: A file holds no Ed25519 key, or others than its owner may read it.

        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _files(folder):
            _make(folder / f"{_FIRST_KEY}.pem")
        return cls({path.stem: _read(path) for path in _files(folder)})

    @property
    def signing(self) -> str:
        """The name of the key that signs."""
        return max(self._keys)

    def private(self, kid: str) -> Ed25519PrivateKey:
        """The key called ``kid``."""
        return self._keys[kid]

    def public(self, kid: object) -> Ed25519PublicKey | None:
        """The public half of the key called ``kid``, if there is one."""
        key = self._keys.get(kid) if isinstance(kid, str) else None
        return None if key is None else key.public_key()

    def __repr__(self) -> str:
        """The names only."""
        return f"Keyring({', '.join(sorted(self._keys))})"


class Tokens:
    """Makes tokens and checks them. Times are seconds since 1970, handed in."""

    def __init__(self, keyring: Keyring, issuer: str = "luochui") -> None:
        self._keyring = keyring
        self._issuer = issuer
        self._revoked_ids: set[str] = set()
        self._revoked_until: dict[tuple[str, str], int] = {}
        """Audience and bearer → until when he was given what is no longer good, in seconds since 1970."""

    def issue(self, principal: Principal, sale: str, ttl_s: int, now: float) -> str:
        """
        A token that says its bearer is ``principal`` in ``sale``, from ``now`` on for ``ttl_s`` seconds.

        Raises:
            ValueError: No such principal can act in a sale, or the time is not between a second and a year.

        """
        if not _is_principal(principal):
            raise ValueError(
                f"{principal!r} is nobody who gets a token: bidder:8, auctioneer:1, clerk:1, supervisor:1, registrar:1, host:1 or "
                "trustee:2 would be"
            )
        return self._issue(principal, sale, ttl_s, now)

    def issue_planner(self, name: str, ttl_s: int, now: float) -> str:
        """
        A token for one who plans sales (场次编制人).

        Raises:
            ValueError: Nobody can be called so, or the time is not between a second and a year.

        """
        if not _is_planner(_PLANNER + name):
            raise ValueError(f"{name!r} cannot be a planner's name: 1 would be")
        return self._issue(_PLANNER + name, HOUSE, ttl_s, now)

    def _issue(self, principal: str, audience: str, ttl_s: int, now: float) -> str:
        if not 1 <= ttl_s <= TTL_S_MAX:
            raise ValueError(f"a token may be good for 1 to {TTL_S_MAX} seconds, not {ttl_s}")
        began = math.floor(now)
        taken_back_at = self._revoked_until.get((audience, principal))
        if taken_back_at is not None:
            began = max(began, taken_back_at + 1)  # Those of the very second were taken back with the others.
        claims = {
            "iss": self._issuer,
            "aud": audience,
            "sub": principal,
            "exp": began + ttl_s,
            "nbf": began,
            "iat": began,
            "jti": secrets.token_hex(16),
        }
        kid = self._keyring.signing
        return jwt.encode(claims, self._keyring.private(kid), ALGORITHM, headers={"kid": kid})

    def check(self, token: str, sale: str, now: float) -> Principal:
        """
        Who the bearer of ``token`` is in ``sale``.

        Raises:
            AuthInvalid: It is not ours, not for this sale, not yet or no longer good, taken back, or no token at all.

        """
        return self.credential(token, sale, now).principal

    def credential(self, token: str, sale: str, now: float) -> Credential:
        """
        Who the bearer of ``token`` is in ``sale``, by which token and for how long.

        Raises:
            AuthInvalid: As :meth:`check` does.

        """
        found = self._bearer(token, sale, now)
        if not _is_principal(found.principal):
            raise AuthInvalid
        return found

    def good(self, credential: Credential, now: float) -> bool:
        """Whether the token behind ``credential`` still is: it has not expired, and was not taken back."""
        return (
            now < credential.expires_at_s
            and credential.token_id not in self._revoked_ids
            and credential.issued_at_s > self._revoked_until.get((credential.sale, credential.principal), -1)
        )

    def check_planner(self, token: str, now: float) -> str:
        """
        Which planner the bearer of ``token`` is, ``planner:1``.

        Raises:
            AuthInvalid: As :meth:`check` does.

        """
        planner = self._bearer(token, HOUSE, now).principal
        if not _is_planner(planner):
            raise AuthInvalid
        return planner

    def _bearer(self, token: str, audience: str, now: float) -> Credential:
        claims = self._claims(token, audience)
        principal, times = claims["sub"], [claims["nbf"], claims["iat"], claims["exp"]]
        if any(type(time) is not int for time in times) or not isinstance(claims["jti"], str):
            raise AuthInvalid
        if not max(claims["nbf"], claims["iat"]) - SKEW_S <= now < claims["exp"]:
            raise AuthInvalid
        if not isinstance(principal, str):
            raise AuthInvalid
        found = Credential(Principal(principal), audience, claims["jti"], claims["iat"], claims["exp"])
        if not self.good(found, now):
            raise AuthInvalid
        return found

    def take_back(self, one: Revocation) -> None:
        """Let a token, or all a bearer was given so far, be good no longer."""
        if isinstance(one, TokenRevoked):
            self._revoked_ids.add(one.id)
        else:
            whose = (one.sale, str(one.principal))
            self._revoked_until[whose] = max(one.at_s, self._revoked_until.get(whose, one.at_s))

    def _claims(self, token: str, sale: str) -> dict[str, Any]:
        """What ``token`` says, once its signature, issuer and audience are known to be right."""
        if len(token) > TOKEN_CHARS_MAX:
            raise AuthInvalid
        try:
            header = jwt.get_unverified_header(token)
            key = self._keyring.public(header.get("kid"))
            if header.keys() != HEADER or header["typ"] != TYPE or key is None:
                raise AuthInvalid
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=sale,
                options={
                    "require": list(CLAIMS),
                    "strict_aud": True,
                    # PyJWT would read the clock; check() compares with the time it is given.
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise AuthInvalid from None
        return claims


def _is_principal(name: str) -> bool:
    role, _, rest = name.partition(":")
    if role == Role.BIDDER:
        return _BIDDER_NAME.fullmatch(rest) is not None and int(rest) <= NUMBER_MAX
    if role == Role.TRUSTEE:
        return _TRUSTEE_NAME.fullmatch(rest) is not None
    return (role in OFFICERS or role == Role.HOST) and _OFFICER_NAME.fullmatch(rest) is not None


def _is_planner(name: str) -> bool:
    return name.startswith(_PLANNER) and _OFFICER_NAME.fullmatch(name.removeprefix(_PLANNER)) is not None


def bearer(shown: Sequence[str]) -> str:
    """
    The token of a request, from its ``Authorization`` headers.

    Raises:
        AuthInvalid: There is not one, and one only, of the form ``Bearer …``.

    """
    match = _BEARER.fullmatch(shown[0]) if len(shown) == 1 else None
    if match is None:
        raise AuthInvalid
    return match[1]


def token_id(token: str) -> str:
    """The id of a token that we have just made ourselves."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return str(claims["jti"])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _KEY_FILE.fullmatch(path.name))


def _make(path: Path) -> None:
    """A new key at ``path``, unless another process was quicker."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"draft-{secrets.token_hex(8)}")
    write_once(draft, pem, mode=0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


def _read(path: Path) -> Ed25519PrivateKey:
    if path.stat().st_mode & _FOR_OTHERS:
        raise KeyTrouble(f"{path} can be read by others than its owner: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise KeyTrouble(f"{path} holds no private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyTrouble(f"{path} holds no Ed25519 key")
    return key

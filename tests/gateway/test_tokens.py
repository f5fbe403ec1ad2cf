"""Only the house's own tokens let anyone in, and nobody learns why one does not."""

import base64
import hashlib
import hmac
import json
import math
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.parties import Principal
from engine.gateway.revocation import BearerRevoked, TokenRevoked
from engine.gateway.tokens import AuthInvalid, Keyring, KeyTrouble, Tokens, token_id

NOW = 1_800_000_000
EIGHT = Principal("bidder:8")
SECRET = b"a secret of at least thirty-two bytes, as long as it takes to be one"

KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
OLD = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)
KEYRING = Keyring({"k0001": OLD, "k0002": KEY})
TOKENS = Tokens(KEYRING)

HEADER = {"alg": "EdDSA", "kid": "k0002", "typ": "JWT"}
CLAIMS = {
    "iss": "luochui",
    "aud": "s1",
    "sub": "bidder:8",
    "exp": NOW + 60,
    "nbf": NOW,
    "iat": NOW,
    "jti": "0123456789abcdef0123456789abcdef",
}
LEFT_OUT = object()


def part(plain: object) -> str:
    raw = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def made(header: object, claims: object, sign: Callable[[bytes], bytes] = KEY.sign) -> str:
    """A token of any header and any claims, signed somehow."""
    said = f"{part(header)}.{part(claims)}"
    return f"{said}.{part(sign(said.encode()))}"


def header_with(**changes: object) -> str:
    return made(_changed(HEADER, changes), CLAIMS)


def claims_with(**changes: object) -> str:
    return made(HEADER, _changed(CLAIMS, changes))


def _changed(plain: dict[str, Any], changes: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**plain, **changes}.items() if value is not LEFT_OUT}


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda said: hmac.new(secret, said, hashlib.sha256).digest()


def public_pem() -> bytes:
    return KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_jwk(key: Ed25519PrivateKey = OTHER) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": part(key.public_key().public_bytes_raw())}


def es256() -> str:
    return jwt.encode(CLAIMS, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "k0002"})


def rs256() -> str:
    return jwt.encode(CLAIMS, rsa.generate_private_key(65537, 2048), "RS256", headers={"kid": "k0002"})


GOOD = made(HEADER, CLAIMS)
HEAD, BODY, SIGNATURE = GOOD.split(".")


def twisted(signature: str) -> str:
    """The same curve point, with its scalar written one group order higher."""
    raw = base64.urlsafe_b64decode(signature + "==")
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    return part(raw[:32] + scalar)


FORGED: dict[str, str] = {
    # No token.
    "nothing": "",
    "words": "let me in",
    "dots": "..",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.x",
    "five parts, as if it were encrypted": f"{HEAD}.x.{BODY}.{SIGNATURE}.y",
    "not base64": "!!!.???.###",
    "a megabyte": "A" * 1_000_000,
    "not ASCII": GOOD.replace(".", "。"),
    "half a character": "\ud800",
    "a line break": f"{GOOD}\n",
    "a space before": f" {GOOD}",
    "a zero byte": f"{GOOD}\0",
    "a space in the middle": GOOD.replace(".", ". "),
    "padding": f"{HEAD}==.{BODY}.{SIGNATURE}",
    "the other alphabet": f"{HEAD}.{part(b'{}' + bytes([0xFB, 0xFF])).replace('-', '+').replace('_', '/')}.{SIGNATURE}",
    "a good token and another": f"{GOOD},{GOOD}",
    "a megabyte behind a good one": GOOD + "A" * 1_000_000,
    # Signature.
    "no signature": f"{HEAD}.{BODY}.",
    "a signature of zeros": f"{HEAD}.{BODY}.{part(bytes(64))}",
    "half a signature": f"{HEAD}.{BODY}.{SIGNATURE[:43]}",
    "a signature and more": f"{HEAD}.{BODY}.{part(KEY.sign(b'x') + b'x')}",
    "the signature of another text": f"{HEAD}.{BODY}.{part(KEY.sign(b'x'))}",
    "the signature in its other form": f"{HEAD}.{BODY}.{twisted(SIGNATURE)}",
    "signed by another": made(HEADER, CLAIMS, OTHER.sign),
    "signed by the other of our keys": made(HEADER, CLAIMS, OLD.sign),
    "other claims under the same signature": f"{HEAD}.{part({**CLAIMS, 'sub': 'auctioneer:1'})}.{SIGNATURE}",
    # Algorithm.
    "alg none": made({**HEADER, "alg": "none"}, CLAIMS, lambda _: b""),
    "alg None": made({**HEADER, "alg": "None"}, CLAIMS, lambda _: b""),
    "alg nOnE, signed": made({**HEADER, "alg": "nOnE"}, CLAIMS),
    "no alg": header_with(alg=LEFT_OUT),
    "alg null": header_with(alg=None),
    "alg a number": header_with(alg=1),
    "alg a list": header_with(alg=["EdDSA"]),
    "alg eddsa": header_with(alg="eddsa"),
    "alg Ed25519": header_with(alg="Ed25519"),
    "alg Ed448": header_with(alg="Ed448"),
    "HS256 with our public key": made({**HEADER, "alg": "HS256"}, CLAIMS, hs256(public_pem())),
    "HS256 with our public key, raw": made(
        {**HEADER, "alg": "HS256"}, CLAIMS, hs256(KEY.public_key().public_bytes_raw())
    ),
    "HS256 with our public key as JWK": made(
        {**HEADER, "alg": "HS256"}, CLAIMS, hs256(json.dumps(public_jwk(KEY)).encode())
    ),
    "HS256 with nothing": made({**HEADER, "alg": "HS256"}, CLAIMS, hs256(b"")),
    "HS256 with a secret": made({**HEADER, "alg": "HS256"}, CLAIMS, hs256(SECRET)),
    "ES256": es256(),
    "RS256": rs256(),
    "EdDSA over another curve": made(HEADER, CLAIMS, ed448.Ed448PrivateKey.generate().sign),
    # Key.
    "no kid": header_with(kid=LEFT_OUT),
    "kid null": header_with(kid=None),
    "kid empty": header_with(kid=""),
    "kid a number": header_with(kid=2),
    "kid a list": header_with(kid=["k0002"]),
    "an unknown kid": header_with(kid="k0003"),
    "a kid that is a path": header_with(kid="../tokens/k0002"),
    "a kid that is an empty file": made({**HEADER, "kid": "/dev/null", "alg": "HS256"}, CLAIMS, hs256(b"")),
    "a kid that is a question": header_with(kid="k0002' OR '1'='1"),
    "a kid that is a command": header_with(kid="k0002|whoami"),
    "a key of its own": made({**HEADER, "jwk": public_jwk()}, CLAIMS, OTHER.sign),
    "a key of its own, which is ours": made({**HEADER, "jwk": public_jwk(KEY)}, CLAIMS),
    "an address of keys": made({**HEADER, "jku": "https://evil.test/keys.json"}, CLAIMS),
    "an address of certificates": made({**HEADER, "x5u": "https://evil.test/chain.pem"}, CLAIMS),
    "certificates": made({**HEADER, "x5c": ["MIIB"]}, CLAIMS),
    # Header.
    "something critical we do not know": header_with(crit=["exp"], exp=NOW),
    "something critical that is not there": header_with(crit=["x"]),
    "nothing critical": header_with(crit=[]),
    "an unencoded body": made({**HEADER, "b64": False, "crit": ["b64"]}, CLAIMS),
    "no typ": header_with(typ=LEFT_OUT),
    "another typ": header_with(typ="at+jwt"),
    "typ in small letters": header_with(typ="jwt"),
    "a nested token": header_with(cty="JWT"),
    "a header that is a list": made([HEADER], CLAIMS),
    "a header that is no JSON": made(b"{", CLAIMS),
    "a header that is deep": made(b"[" * 1000, CLAIMS),
    "an empty header": made({}, CLAIMS),
    "the algorithm twice": made(b'{"alg":"EdDSA","alg":"none","kid":"k0002","typ":"JWT"}', CLAIMS, lambda _: b""),
    # Claims.
    "who, twice": made(HEADER, json.dumps(CLAIMS).encode()[:-1] + b', "sub": "house:engine"}'),
    "the end, twice": made(HEADER, json.dumps(CLAIMS).encode()[:-1] + b', "exp": 1}'),
    "claims and more": made(HEADER, json.dumps(CLAIMS).encode() + b"{}"),
    "claims that are a list": made(HEADER, [CLAIMS]),
    "claims that are no JSON": made(HEADER, b"{"),
    "claims that are deep": made(HEADER, b"[" * 500),
    "no claims": made(HEADER, {}),
    "no iss": claims_with(iss=LEFT_OUT),
    "no aud": claims_with(aud=LEFT_OUT),
    "no sub": claims_with(sub=LEFT_OUT),
    "no exp": claims_with(exp=LEFT_OUT),
    "no nbf": claims_with(nbf=LEFT_OUT),
    "no iat": claims_with(iat=LEFT_OUT),
    "no jti": claims_with(jti=LEFT_OUT),
    "another house": claims_with(iss="elsewhere"),
    "several houses": claims_with(iss=["luochui"]),
    "another sale": claims_with(aud="s2"),
    "several sales": claims_with(aud=["s1"]),
    "a sale in capitals": claims_with(aud="S1"),
    "a sale that begins so": claims_with(aud="s11"),
    "expired": claims_with(exp=NOW),
    "expired long ago": claims_with(exp=1, nbf=0, iat=0),
    "not yet good": claims_with(nbf=NOW + 10),
    "issued tomorrow": claims_with(iat=NOW + 86_400),
    "exp as text": claims_with(exp=str(NOW + 60)),
    "exp as a fraction": claims_with(exp=NOW + 60.5),
    "exp true": claims_with(exp=True),
    "exp null": claims_with(exp=None),
    "exp never": claims_with(exp=math.inf),
    "exp not a number": claims_with(exp=math.nan),
    "nbf as text": claims_with(nbf="0"),
    "iat null": claims_with(iat=None),
    "jti a number": claims_with(jti=1),
    "jti null": claims_with(jti=None),
    "sub a number": claims_with(sub=8),
    "sub a list": claims_with(sub=["bidder:8"]),
    "the house itself": claims_with(sub="house:engine"),
    "no role": claims_with(sub="8"),
    "an unknown role": claims_with(sub="admin:1"),
    "a role in capitals": claims_with(sub="Bidder:8"),
    "a bidder without a paddle": claims_with(sub="bidder:"),
    "a bidder by name": claims_with(sub="bidder:li"),
    "paddle 0": claims_with(sub="bidder:0"),
    "paddle 08": claims_with(sub="bidder:08"),
    "paddle -8": claims_with(sub="bidder:-8"),
    "paddle +8": claims_with(sub="bidder:+8"),
    "paddle 8 with a space": claims_with(sub="bidder: 8"),
    "paddle 8 with a line break": claims_with(sub="bidder:8\n"),
    "paddle 8 in other digits": claims_with(sub="bidder:８"),
    "paddle 8_0": claims_with(sub="bidder:8_0"),
    "a paddle beyond all paddles": claims_with(sub="bidder:1000001"),
    "two roles": claims_with(sub="bidder:8:auctioneer:1"),
    "an auctioneer without a name": claims_with(sub="auctioneer:"),
    "an auctioneer whose name is a path": claims_with(sub="auctioneer:../1"),
}


def test_there_are_forged_tokens_enough() -> None:
    assert len(FORGED) >= 60


def test_the_token_they_are_forged_from_is_good() -> None:
    assert TOKENS.check(GOOD, "s1", NOW) == EIGHT


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_is_refused_and_nobody_is_told_why(token: str) -> None:
    with pytest.raises(AuthInvalid) as no:
        TOKENS.check(token, "s1", NOW)
    assert str(no.value) == "not let in"
    assert no.value.__cause__ is None
    assert no.value.__suppress_context__ or no.value.__context__ is None


@given(st.text(max_size=300) | st.lists(st.binary(max_size=80).map(part), min_size=2, max_size=5).map(".".join))
def test_no_text_at_all_is_anything_but_refused(token: str) -> None:
    with pytest.raises(AuthInvalid):
        TOKENS.check(token, "s1", NOW)


def test_a_bit_turned_anywhere_in_the_signed_part_is_noticed() -> None:
    raw = bytearray(f"{HEAD}.{BODY}".encode())
    for at in range(len(raw) * 8):
        raw[at // 8] ^= 1 << at % 8
        with pytest.raises(AuthInvalid):
            TOKENS.check(f"{raw.decode('latin-1')}.{SIGNATURE}", "s1", NOW)
        raw[at // 8] ^= 1 << at % 8


@given(at=st.integers(0, len(GOOD) - 1), letter=st.characters(min_codepoint=33, max_codepoint=126))
def test_no_letter_of_a_token_can_be_changed(at: int, letter: str) -> None:
    changed = GOOD[:at] + letter + GOOD[at + 1 :]
    if changed == GOOD:
        return
    try:
        assert TOKENS.check(changed, "s1", NOW) == EIGHT
    except AuthInvalid:
        return
    # The last letter of a part carries bits that belong to no byte; the same bytes may be written in several ways.
    assert [base64.urlsafe_b64decode(each + "==") for each in changed.split(".")] == [
        base64.urlsafe_b64decode(each + "==") for each in GOOD.split(".")
    ]


@pytest.mark.parametrize("who", ["bidder:1", "bidder:1000000", "auctioneer:1", "clerk:li.si", "clerk:Desk-2_b"])
def test_a_token_says_who_someone_is(who: str) -> None:
    token = TOKENS.issue(Principal(who), "s1", 60, NOW + 0.9)
    assert TOKENS.check(token, "s1", NOW + 1) == who
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    assert header == HEADER
    assert claims == {**CLAIMS, "sub": who, "jti": claims["jti"]}
    assert len(claims["jti"]) == 32


def test_a_token_is_good_from_now_until_it_expires() -> None:
    token = TOKENS.issue(EIGHT, "s1", 60, NOW)
    TOKENS.check(token, "s1", NOW)
    TOKENS.check(token, "s1", NOW + 59.99)
    for late in (NOW + 60, NOW + 1e9):
        with pytest.raises(AuthInvalid):
            TOKENS.check(token, "s1", late)


def test_a_clock_a_little_ahead_does_not_keep_anyone_out() -> None:
    token = TOKENS.issue(EIGHT, "s1", 60, NOW)
    TOKENS.check(token, "s1", NOW - 4)
    with pytest.raises(AuthInvalid):
        TOKENS.check(token, "s1", NOW - 6)


def test_a_token_of_the_key_before_is_still_good_and_new_ones_are_of_the_last() -> None:
    old = Tokens(Keyring({"k0001": OLD})).issue(EIGHT, "s1", 60, NOW)
    assert TOKENS.check(old, "s1", NOW) == EIGHT
    with pytest.raises(AuthInvalid):
        Tokens(Keyring({"k0002": KEY})).check(old, "s1", NOW)


@pytest.mark.parametrize("who", ["house:engine", "bidder:x", "li si", "", "admin:1"])
def test_nobody_else_gets_a_token(who: str) -> None:
    with pytest.raises(ValueError, match="nobody who gets a token"):
        TOKENS.issue(Principal(who), "s1", 60, NOW)


@pytest.mark.parametrize("ttl_s", [0, -1, 367 * 86_400])
def test_no_token_is_good_for_no_time_or_for_ever(ttl_s: int) -> None:
    with pytest.raises(ValueError, match="may be good for"):
        TOKENS.issue(EIGHT, "s1", ttl_s, NOW)


# Taking back.


def test_one_token_can_be_taken_back() -> None:
    tokens = Tokens(KEYRING)
    lost, kept = tokens.issue(EIGHT, "s1", 60, NOW), tokens.issue(EIGHT, "s1", 60, NOW)
    tokens.take_back(TokenRevoked(at_s=NOW, id=token_id(lost)))
    with pytest.raises(AuthInvalid):
        tokens.check(lost, "s1", NOW)
    assert tokens.check(kept, "s1", NOW) == EIGHT


def test_all_somebody_was_given_for_a_sale_can_be_taken_back_and_a_new_one_is_good() -> None:
    tokens = Tokens(KEYRING)
    here, elsewhere = tokens.issue(EIGHT, "s1", 60, NOW), tokens.issue(EIGHT, "s2", 60, NOW)
    ahead = tokens.issue(EIGHT, "s1", 60, NOW + 3)
    tokens.take_back(BearerRevoked(at_s=NOW + 3, sale="s1", principal=EIGHT))
    tokens.take_back(BearerRevoked(at_s=NOW + 1, sale="s1", principal=EIGHT))  # An earlier one brings nothing back.
    for token in (here, ahead):
        with pytest.raises(AuthInvalid):
            tokens.check(token, "s1", NOW + 3)
    assert tokens.check(elsewhere, "s2", NOW) == EIGHT
    for at in (NOW + 3, NOW + 3.9, NOW + 4):
        assert tokens.check(tokens.issue(EIGHT, "s1", 60, at), "s1", at) == EIGHT


def test_a_planner_can_be_shut_out_of_the_house() -> None:
    tokens = Tokens(KEYRING)
    one, other = tokens.issue_planner("1", 60, NOW), tokens.issue_planner("2", 60, NOW)
    tokens.take_back(BearerRevoked(at_s=NOW, sale="house", principal=Principal("planner:1")))
    with pytest.raises(AuthInvalid):
        tokens.check_planner(one, NOW)
    assert tokens.check_planner(other, NOW) == "planner:2"


# Keys.


def test_a_first_key_is_made_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "keys" / "tokens"
    token = Tokens(Keyring.from_folder(folder)).issue(EIGHT, "s1", 60, NOW)
    assert [path.name for path in folder.iterdir()] == ["k0001.pem"]
    assert stat.S_IMODE((folder / "k0001.pem").stat().st_mode) == 0o600
    assert Tokens(Keyring.from_folder(folder)).check(token, "s1", NOW) == EIGHT


def test_other_files_beside_the_keys_are_no_keys(tmp_path: Path) -> None:
    keyring = Keyring.from_folder(tmp_path)
    pem = (tmp_path / "k0001.pem").read_bytes()
    for name in ("journal.pem", "k1.pem", "k0002.pem.old", "draft-1", "K0003.pem"):
        (tmp_path / name).write_bytes(pem)
    assert repr(Keyring.from_folder(tmp_path)) == repr(keyring) == "Keyring(k0001)"


def test_a_key_others_can_read_is_not_used(tmp_path: Path) -> None:
    Keyring.from_folder(tmp_path)
    (tmp_path / "k0001.pem").chmod(0o640)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        Keyring.from_folder(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        public_pem(),
        rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        ),
    ],
)
def test_a_file_that_holds_no_key_is_named_and_not_shown(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k0001.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyTrouble, match=r"k0001\.pem holds no") as trouble:
        Keyring.from_folder(tmp_path)
    assert "PRIVATE" not in str(trouble.value)


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    keyring = Keyring.from_folder(tmp_path)
    raw = keyring.private("k0001").private_bytes_raw()
    shown = repr(keyring) + repr(Tokens(keyring)) + str(vars(Tokens(keyring)))
    assert raw.hex() not in shown
    assert repr(raw) not in shown


# Planners.


def test_a_planners_token_is_good_for_the_house_and_in_no_sale() -> None:
    token = TOKENS.issue_planner("1", 60, NOW)
    assert TOKENS.check_planner(token, NOW) == "planner:1"
    for sale in ("s1", "house"):
        with pytest.raises(AuthInvalid):
            TOKENS.check(token, sale, NOW)
    with pytest.raises(AuthInvalid):
        TOKENS.check_planner(token, NOW + 61)


@pytest.mark.parametrize("who", ["bidder:8", "auctioneer:1", "planner:1", "planner:", "planner:../1", "house"])
def test_only_a_planner_of_the_house_plans(who: str) -> None:
    for audience in ("s1", "house"):
        token = claims_with(sub=who, aud=audience)
        if (who, audience) == ("planner:1", "house"):
            assert TOKENS.check_planner(token, NOW) == who
            continue
        with pytest.raises(AuthInvalid):
            TOKENS.check_planner(token, NOW)


@pytest.mark.parametrize(("name", "ttl_s"), [("", 60), ("a b", 60), ("1", 0), ("x" * 33, 60)])
def test_a_planners_token_that_cannot_be_is_not_made(name: str, ttl_s: int) -> None:
    with pytest.raises(ValueError, match=r"planner's name|good for 1 to"):
        TOKENS.issue_planner(name, ttl_s, NOW)


def test_no_planner_is_let_into_a_sale_that_is_called_house() -> None:
    with pytest.raises(ValueError, match="nobody who gets a token"):
        TOKENS.issue(Principal("planner:1"), "house", 60, NOW)

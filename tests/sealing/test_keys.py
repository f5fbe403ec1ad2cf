"""Keys, wraps and signatures agree with other people's programs."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM
from cryptography.hazmat.primitives.hpke import Suite as LibrarySuite
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sealing import hpke, sm2
from engine.sealing.curves import P256, SM2, Curve
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import CurveKey, CurvePrivateKey, RsaPrivateKey, public_key

LIBRARY = LibrarySuite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PRIVATE = 0xC07DE362B5B3F51ACDA3902500DDFA7C7B15DAC40B14BC6E4C7350A9DF329E0A
"""An SM2 key, and what OpenSSL 3.0 did with it."""
SPKI = bytes.fromhex(
    "3059301306072a8648ce3d020106082a811ccf5501822d03420004021fb8511dd0413b69b3c48b8d472c59f19203dbdf736b1ef9ac793c312992a2"
    "170bb2f0a734dc5cf2d93cba2b7e35e6f1e0d0e77a2e52891a51492afd4dc830"
)
SIGNATURE = bytes.fromhex(
    "304502203c68958329871a14e320a116e909021825b4bd15fbd29778b39b69afbdc941fd022100f088df666c241cea557189b130b1684b0768dc35"
    "517c32de04bc8c9dd2f86343"
)
C1 = bytes.fromhex(
    "042a178d62187c15c5feadb903c1032ab34c34bc8746d7ff2c121397523e4b167db5427b9acecc01e4da8cc466ea671562be32e56eff0fa9ee3e69"
    "5f7047bf9298"
)
C3 = bytes.fromhex("e27f1a0fab1b59a44c137499403147f2ea9b7066d549c2a2ac5f0bf3911005bb")
C2 = bytes.fromhex("116fd7774dd98568506ec2")
MESSAGE = b"the message"
RSA_1024 = (
    "30819f300d06092a864886f70d010101050003818d0030818902818100cc958e3bd3e392c53127dca3d78be093b246155d13"
    "b3d23ed49c7e702f2bce0eb4841f8996d0f4a5e24fad39e742624bcd13d3d9cbed223a0599c742e5d61569a72df3d6442bcd"
    "4cbec3e64e18423a52ae2a2f0b648bcb07e7ee618c179d08682a7ad3ddababa021c2fb434de0518ccbda59d3bf06577df3f2"
    "ee0ae890df63710203010001"
)

curves = pytest.mark.parametrize("curve", [P256, SM2], ids=["P-256", "SM2"])


def library_key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(PRIVATE, ec.SECP256R1())


def test_hpke_opens_what_the_library_seals_and_the_other_way_round() -> None:
    own = CurvePrivateKey(P256, PRIVATE)
    sealed = LIBRARY.encrypt(b"half a key", library_key().public_key(), info=b"purpose")
    assert own.unwrap(sealed, b"purpose") == b"half a key"
    back = own.public.wrap(b"half a key", b"purpose", bytes(range(48)))
    assert LIBRARY.decrypt(back, library_key(), info=b"purpose") == b"half a key"
    assert len(back) == len(b"half a key") + hpke.OVERHEAD_BYTES


def test_sm2_reads_what_openssl_made() -> None:
    key = CurvePrivateKey(SM2, PRIVATE)
    assert key.public.spki == SPKI
    assert public_key(SPKI) == key.public
    key.public.verify(MESSAGE, SIGNATURE)
    assert sm2.decrypt(PRIVATE, C1 + C3 + C2) == MESSAGE


@curves
def test_a_signature_holds_for_its_message_and_its_key_only(curve: Curve) -> None:
    key = CurvePrivateKey(curve, PRIVATE)
    signature = key.sign(MESSAGE)
    assert signature == key.sign(MESSAGE)
    key.public.verify(MESSAGE, signature)
    other = CurvePrivateKey(curve, PRIVATE - 1).public
    altered = signature[:-1] + bytes([signature[-1] ^ 1])
    for who, message, what in (
        (key.public, b"another", signature),
        (other, MESSAGE, signature),
        (key.public, MESSAGE, altered),
        (key.public, MESSAGE, signature + b"\0"),
        (key.public, MESSAGE, b""),
    ):
        with pytest.raises(SealFault) as fault:
            who.verify(message, what)
        assert fault.value.code is SealCode.SIGNATURE


def test_rsa_signs_and_unwraps() -> None:
    key = RsaPrivateKey(rsa.generate_private_key(65537, 2048))
    public = public_key(key.public.spki)
    public.verify(MESSAGE, key.sign(MESSAGE))
    wrapped = public.wrap(bytes(32), b"purpose", b"")
    assert key.unwrap(wrapped, b"purpose") == bytes(32)
    for what, info in ((wrapped, b"another"), (bytes(256), b"purpose"), (b"", b"purpose")):
        with pytest.raises(SealFault) as fault:
            key.unwrap(what, info)
        assert fault.value.code is SealCode.WRONG_KEY
    with pytest.raises(SealFault):
        public.verify(MESSAGE, key.sign(b"another"))


@curves
def test_a_wrap_opens_for_its_key_and_purpose_only(curve: Curve) -> None:
    key = CurvePrivateKey(curve, PRIVATE)
    wrapped = key.public.wrap(bytes(32), b"purpose", bytes(range(48)))
    assert key.unwrap(wrapped, b"purpose") == bytes(32)
    for who, what, info in (
        (key, wrapped, b"another"),
        (CurvePrivateKey(curve, PRIVATE - 1), wrapped, b"purpose"),
        (key, wrapped[:-1], b"purpose"),
        (key, wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"purpose"),
        (key, wrapped[:40], b"purpose"),
        (key, b"", b"purpose"),
    ):
        with pytest.raises(SealFault):
            who.unwrap(what, info)


def test_keys_of_other_kinds_are_refused() -> None:
    spki = CurveKey(P256, P256.g).spki
    forms = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    short = bytes.fromhex(RSA_1024)
    other = ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(*forms)
    for one in (spki[:-1], spki + b"\0", b"", spki[:-1] + bytes([spki[-1] ^ 1]), short, other):
        with pytest.raises(SealFault) as fault:
            public_key(one)
        assert fault.value.code is SealCode.KEY_UNREADABLE


@settings(max_examples=15)
@given(scalar=st.integers(1, P256.n - 1))
def test_points_are_the_librarys_points(scalar: int) -> None:
    said = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    assert P256.times(scalar) == (said.x, said.y)


@curves
@settings(max_examples=10)
@given(a=st.integers(1, 2**255), b=st.integers(1, 2**255))
def test_points_add_as_their_numbers_do(curve: Curve, a: int, b: int) -> None:
    assert curve.plus(curve.times(a), curve.times(b)) == curve.times(a + b)
    assert curve.sum_of([(a, curve.g), (b, curve.g)]) == curve.times(a + b)
    assert curve.on_curve(curve.times(a))


@curves
def test_the_point_at_infinity_and_points_beside_the_curve_are_refused(curve: Curve) -> None:
    with pytest.raises(SealFault):
        curve.times(curve.n)
    x, y = curve.g
    with pytest.raises(SealFault):
        curve.plus(curve.g, (x, curve.p - y))
    for data in (curve.encode((x, y + 1)), curve.encode(curve.g)[:-1], b"\x02" + curve.encode(curve.g)[1:], bytes(65)):
        with pytest.raises(SealFault):
            curve.decode(data)
    assert curve.plus(curve.g, curve.g) == curve.times(2)

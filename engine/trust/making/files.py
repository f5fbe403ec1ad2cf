"""Keys, certificates and lists as files hold them."""

import base64

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from engine.sealing.curves import P256
from engine.sealing.keys import CurvePrivateKey
from engine.trust.making.dice import SoftKey


@asn1.sequence
class _PublicInfo:
    algorithm: asn1.TLV
    key: asn1.BitString


@asn1.sequence
class _CurveKey:
    """RFC 5915, without what the outer shape says."""

    version: int
    number: bytes


@asn1.sequence
class _PrivateInfo:
    """RFC 5958."""

    version: int
    algorithm: asn1.TLV
    key: bytes


def pem(label: str, der: bytes) -> bytes:
    """``der`` as text between two lines."""
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def key_pem(key: SoftKey) -> bytes:
    """A private key, under no password."""
    if not isinstance(key, CurvePrivateKey):
        return _library_pem(key.key)
    if key.curve is P256:
        return _library_pem(ec.derive_private_key(key.number, ec.SECP256R1()))
    algorithm = asn1.decode_der(_PublicInfo, key.public.spki).algorithm
    inner = asn1.encode_der(_CurveKey(version=1, number=key.number.to_bytes(32, "big")))
    return pem("PRIVATE KEY", asn1.encode_der(_PrivateInfo(version=0, algorithm=algorithm, key=inner)))


def _library_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)

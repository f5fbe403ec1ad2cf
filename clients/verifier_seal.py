"""
Opens envelopes again: the seals of an opening, from what was published of it, by the page ``engine/sealing/SEALING.md``.

Lies beside ``verifier_opening.py``, which asks here whether signatures, halves, answers of trustees and sheets are right. Beside the
standard library it needs the ciphers and hashes of ``cryptography``, and asks for them only when there is an envelope to be opened.
"""

import hashlib
import json
from types import SimpleNamespace
from typing import Any, Final

HEX: Final = ["hall", "signing", "encryption", "kc", "half_own", "half_hall", "wrap_own", "wrap_hall", "wrap_remedy"]
NAMES: Final = {"format", "suite", "tender", "section", "bidder", "version", "parts", *HEX[:-1]}
Point = tuple[int, int]


def sha256(*parts: bytes) -> bytes:
    """32 bytes over ``parts``."""
    return hashlib.sha256(b"".join(parts)).digest()


def sm3(*parts: bytes) -> bytes:
    """The same by SM3, which not every Python has."""
    hasher = crypto().hashes.Hash(crypto().hashes.SM3())
    hasher.update(b"".join(parts))
    return bytes(hasher.finalize())


def crypto() -> SimpleNamespace:
    """What is needed of ``cryptography``, once an envelope is to be opened."""
    try:
        from cryptography import exceptions
        from cryptography.hazmat.primitives import ciphers, hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    except ImportError:
        raise OSError("重新开启投标文件需要安装 cryptography。Opening envelopes again needs: pip install cryptography") from None
    bad = (exceptions.InvalidSignature, exceptions.InvalidTag, exceptions.UnsupportedAlgorithm)
    load = serialization.load_der_public_key
    return SimpleNamespace(ciphers=ciphers, hashes=hashes, load=load, ec=ec, pad=padding, utils=utils, bad=bad)


def spelled(value: Any) -> bytes:
    """The one spelling of what is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(text: str) -> Any:
    """What ``text`` says, which must be in its one spelling."""
    value = json.loads(text)
    if spelled(value) != text.encode():
        raise ValueError("spelling")
    return value


def lp(*parts: bytes | str) -> bytes:
    """Each after its length, so that two never read as one."""
    return b"".join(len(p := part if isinstance(part, bytes) else part.encode()).to_bytes(4) + p for part in parts)


class Curve:
    """y² = x³ − 3x + b over the integers modulo p; the point ``g`` is of order n."""

    def __init__(self, p: int, n: int, b: str, g: str) -> None:
        self.p, self.n, self.b = p, n, int(b, 16)
        self.g = self.point(bytes.fromhex("04" + g))

    def point(self, data: bytes) -> Point:
        """The point of 65 bytes."""
        x, y = int.from_bytes(data[1:33]), int.from_bytes(data[33:])
        if len(data) != 65 or data[0] != 4 or max(x, y) >= self.p or (y * y - x**3 + 3 * x - self.b) % self.p:
            raise ValueError("no point of the curve")
        return x, y

    def bytes(self, *points: Point) -> bytes:
        """65 bytes of each."""
        return b"".join(b"\x04" + x.to_bytes(32) + y.to_bytes(32) for x, y in points)

    def sum(self, *terms: tuple[int, Point]) -> Point:
        """The sum of number times point; not to be the point at infinity."""
        x, y, z = 1, 1, 0  # In Jacobian coordinates: the affine point is x/z², y/z³.
        for bit in range(255, -1, -1):
            x, y, z = self._twice(x, y, z)
            for number, (px, py) in terms:
                if number % self.n >> bit & 1:
                    x, y, z = self._plus(x, y, z, px, py)
        inverse = pow(z, -1, self.p)
        return x * inverse**2 % self.p, y * inverse**3 % self.p

    def _twice(self, x: int, y: int, z: int) -> tuple[int, int, int]:
        zz, yy = z * z % self.p, y * y % self.p
        beta, alpha = x * yy % self.p, 3 * (x - zz) * (x + zz) % self.p
        across = (alpha * alpha - 8 * beta) % self.p
        return across, (alpha * (4 * beta - across) - 8 * yy * yy) % self.p, 2 * y * z % self.p

    def _plus(self, x: int, y: int, z: int, px: int, py: int) -> tuple[int, int, int]:
        if not z:
            return px, py, 1
        zz = z * z % self.p
        h, r = (px * zz - x) % self.p, (py * zz * z - y) % self.p
        if not h:
            return (1, 1, 0) if r else self._twice(x, y, z)
        hh, v = h * h % self.p, x * h * h % self.p
        across = (r * r - hh * h - 2 * v) % self.p
        return across, (r * (v - across) - y * hh * h) % self.p, h * z % self.p


P256 = Curve(
    2**256 - 2**224 + 2**192 + 2**96 - 1, 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
SM2 = Curve(
    2**256 - 2**224 - 2**96 + 2**64 - 1, 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")
SUITES: Final = {"P256-HPKE/SHA-256/AES-256-GCM": (sha256, 32, P256, "AES", 113), "SM2/SM3/SM4-GCM": (sm3, 16, SM2, "SM4", 161)}
HPKE: Final = b"HPKE\x00\x10\x00\x01\x00\x02"


def verify(spki: bytes, message: bytes, signature: bytes) -> None:
    """Raises ValueError unless ``signature`` over ``message`` is by the key of ``spki``: P-256, SM2 or RSA."""
    c = crypto()
    try:
        if not spki.startswith(bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")):
            key = c.load(spki)
            curved, sha = isinstance(key, c.ec.EllipticCurvePublicKey), c.hashes.SHA256()
            key.verify(signature, message, *((c.ec.ECDSA(sha),) if curved else (c.pad.PKCS1v15(), sha)))
            return
        own, (r, s) = SM2.point(spki[-65:]), c.utils.decode_dss_signature(signature)
        curve = (SM2.p - 3).to_bytes(32) + SM2.b.to_bytes(32) + SM2.bytes(SM2.g)[1:]
        about = (128).to_bytes(2) + b"1234567812345678" + curve + spki[-64:]
        e, t = int.from_bytes(sm3(sm3(about), message)), (r + s) % SM2.n
        if 0 < r < SM2.n and 0 < s < SM2.n and t and (e + SM2.sum((s, SM2.g), (t, own))[0]) % SM2.n == r:
            return
    except c.bad:
        pass
    raise ValueError("signature")


class Seal:
    """How envelopes of a tender are sealed, by its hall key's statement."""

    def __init__(self, statement: str) -> None:
        said = read(statement)
        self.hash, self.key_bytes, self.curve, self.cipher, self.wrap_bytes = SUITES[said["suite"]]
        self.suite, self.tender, self.digest = said["suite"], said["tender"], self.hash(statement.encode())
        self.commitments = [self.curve.point(bytes.fromhex(point)) for point in said["commitments"]]
        terms = [(at, [(pow(at, power, self.curve.n), point) for power, point in enumerate(self.commitments)])
                 for at in range(1, len(said["trustees"]) + 1)]  # fmt: skip
        self.shares = {at: self.curve.sum(*each) for at, each in terms}

    def mac(self, key: bytes, *parts: bytes) -> bytes:
        """HMAC, of keys that are no longer than a block."""
        inner, outer = (bytes(a ^ b for a in key.ljust(64, b"\0")) for b in (0x36, 0x5C))
        return self.hash(outer, self.hash(inner, *parts))

    def manifest(self, text: str, signature: str, bidder: dict[str, Any], remedy: bool) -> SimpleNamespace:
        """A manifest, spelled, signed and sealed as it must be."""
        said = read(text)
        m = SimpleNamespace(**said | {name: bytes.fromhex(said[name]) for name in HEX if name in said}, wraps={"hall": b""})
        m.digest, m.wraps = self.hash(text.encode()), {"hall": m.wrap_hall, **({"remedy": m.wrap_remedy} if remedy else {})}
        ctx = self.hash(lp("luochui-seal-1", m.suite, m.tender, m.section, m.bidder), m.version.to_bytes(4))
        m.purpose, m.ctx = lambda what: lp("luochui-seal-1", what) + ctx, ctx
        good = {*said} == NAMES | ({"wrap_remedy"} if remedy else set()) and m.format == "luochui-seal-1" and m.suite == self.suite
        good = good and (m.tender, m.hall, m.signing) == (self.tender, self.digest, self.hash(bytes.fromhex(bidder["certificate"])))
        good = good and [part["name"] for part in m.parts] == ["sheet", "documents"][: len(m.parts)] and m.parts[0]["chunks"] == 1
        if not good or any(len(wrap) != self.wrap_bytes for wrap in m.wraps.values()):
            raise ValueError("manifest")
        m.points = {self.curve.bytes(self.curve.point(wrap[:65])) for wrap in m.wraps.values()}
        verify(bytes.fromhex(bidder["key"]), b"luochui-seal-1 manifest\n" + text.encode(), bytes.fromhex(signature))
        m.halves, m.answers, m.refuted = {}, {"hall": {}, "remedy": {}}, False
        m.evidence = m.lapse = m.content = m.confirmed = None
        m.settled = lambda: m.lapse is not None or m.content is not None
        return m

    def is_half(self, m: Any, which: str, half: bytes) -> bool:
        """Whether ``half`` (own or hall) is the one that was committed to."""
        return len(half) == 32 and self.hash(m.purpose(f"half {which}"), half) == (m.half_own if which == "own" else m.half_hall)

    def answer(self, m: Any, half: str, trustee: int, text: str) -> bool:
        """Take in the answer of a trustee if it is his share times the point of the wrap, by its proof."""
        curve, given, info, r = self.curve, read(text), m.purpose(half), self.curve.point(m.wraps[half][:65])
        own, point = self.shares[trustee], curve.point(bytes.fromhex(given["point"]))
        if given["trustee"] != trustee or trustee in m.answers[half]:
            raise ValueError("another trustee, or again")
        c, z = int(given["challenge"], 16), int(given["response"], 16)
        said = curve.bytes(own, r, point, curve.sum((z, curve.g), (-c, own)), curve.sum((z, r), (-c, point)))
        proof = self.hash(b"luochui-seal-1 answer\n", self.digest, self.hash(info), said)
        good = int.from_bytes(proof) % curve.n == c and z < curve.n
        m.answers[half] |= {trustee: point} if good else {}
        return good

    def joined(self, m: Any, half: str) -> list[dict[str, Any]]:
        """What enough answers come to: a half, or the proof that the bidder wrapped or committed to something else."""
        found, settled = self.open(m, half), m.settled()
        lapse = {"type": "EnvelopeLapsed", "cause": "bidder", "evidence": None, "reason": None}
        if found is None:
            m.refuted = m.refuted or half == "hall"
            return [{"type": "HalfRefuted", "half": half}, *([] if settled else [lapse | {"why": f"{half}_half"}])]
        m.halves["hall" if half == "hall" else "own"] = found
        wrong = len(m.halves) == 2 and not settled and not self.committed(m)
        return [{"type": "HalfJoined", "half": half, "value": found.hex()}, *([lapse | {"why": "commitment"}] if wrong else [])]

    def open(self, m: Any, half: str) -> bytes | None:
        """The half that enough answers give; None if it is none that was committed to."""
        curve, info, wrap, chosen = self.curve, m.purpose(half), m.wraps[half], sorted(m.answers[half])
        weights = dict.fromkeys(chosen, 1)
        for at, other in ((at, other) for at in chosen for other in chosen if other != at):
            weights[at] = weights[at] * other * pow(other - at, -1, curve.n) % curve.n
        shared = curve.bytes(curve.sum(*((weights[at], m.answers[half][at]) for at in chosen)))[1:]
        found = self._hpke(shared[:32], info, wrap) if curve is P256 else self._sm2(shared, info, wrap)
        return found if found and self.is_half(m, "hall" if half == "hall" else "own", found) else None

    def _hpke(self, dh: bytes, info: bytes, wrap: bytes) -> bytes | None:
        def extract(which: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
            return self.mac(salt, b"HPKE-v1", which, label, material)
        def expand(which: bytes, secret: bytes, label: bytes, about: bytes, size: int) -> bytes:
            return self.mac(secret, size.to_bytes(2), b"HPKE-v1", which, label, about, b"\x01")[:size]
        kem = b"KEM\x00\x10"
        secret = expand(kem, extract(kem, b"", b"eae_prk", dh), b"shared_secret", wrap[:65] + self.curve.bytes(self.commitments[0]), 32)
        about = b"\0" + extract(HPKE, b"", b"psk_id_hash", b"") + extract(HPKE, b"", b"info_hash", info)
        whole = extract(HPKE, secret, b"secret", b"")
        key, nonce = expand(HPKE, whole, b"key", about, 32), expand(HPKE, whole, b"base_nonce", about, 12)
        return self.gcm(key, nonce, b"", wrap[65:-16], wrap[-16:])

    def _sm2(self, shared: bytes, info: bytes, wrap: bytes) -> bytes | None:
        stream = b"".join(sm3(shared, count.to_bytes(4)) for count in (1, 2))
        plain = bytes(a ^ b for a, b in zip(wrap[97:], stream, strict=True))
        return plain[32:] if sm3(shared[:32], plain, shared[32:]) == wrap[65:97] and plain[:32] == sm3(info) else None

    def gcm(self, key: bytes, nonce: bytes, aad: bytes, data: bytes, tag: bytes | None = None) -> bytes | None:
        """Sealed, or with a ``tag`` opened; None if it does not open."""
        c = crypto()
        cipher = c.ciphers.Cipher(getattr(c.ciphers.algorithms, self.cipher)(key), c.ciphers.modes.GCM(nonce, tag))
        work = cipher.decryptor() if tag else cipher.encryptor()
        work.authenticate_additional_data(aad)
        try:
            done = bytes(work.update(data) + work.finalize())
        except c.bad:
            return None
        return done if tag else done + bytes(work.tag)

    def committed(self, m: Any) -> bool:
        """Whether both halves give the key that was committed to."""
        m.secret = self.mac(m.ctx, bytes(a ^ b for a, b in zip(m.halves["own"], m.halves["hall"], strict=True)))
        said = [p["name"].encode().ljust(16, b"\0") + p["chunks"].to_bytes(4) + bytes.fromhex(p["root"]) for p in m.parts]
        key = self.mac(m.secret, m.purpose("key commitment"), b"\x01")
        return bool(self.mac(key, self.hash(len(said).to_bytes(4), *said)) == m.kc)

    def sealed(self, m: Any, content: str) -> bool:
        """Whether this sheet, sealed again, is the very ciphertext that was submitted."""
        said = spelled(read(content))
        plain, key = lp(said).ljust(65536, b"\0"), self.mac(m.secret, m.purpose("key sheet"), b"\x01")[: self.key_bytes]
        chunk = self.gcm(key, bytes(11) + b"\x01", m.purpose("sheet") + (65536).to_bytes(4) + (1).to_bytes(4), plain) or b""
        return bool(self.hash(b"\0", chunk).hex() == m.parts[0]["root"])

    def root(self, digests: list[bytes]) -> bytes:
        """The root over digests of manifests: as RFC 6962, with the suite's hash."""
        if len(digests) < 2:
            return self.hash(b"\0", *digests) if digests else self.hash()
        split = 1 << (len(digests) - 1).bit_length() - 1
        return self.hash(b"\x01", self.root(digests[:split]), self.root(digests[split:]))

    def draw(self, root: str, section: str, envelopes: list[Any]) -> str:
        """What a coefficient is drawn from: the root, and the hall's half of every envelope; zeros where it proved to be none."""
        halves = (lp(m.section) + m.halves.get("hall", bytes(32)) for m in envelopes)
        return self.hash(b"luochui-opening-1 coefficient\n", bytes.fromhex(root), lp(section), *halves).hex()

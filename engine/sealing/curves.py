"""
Points on the two curves of the suites, P-256 and SM2, as plain whole numbers.

The trustees' parts of a key are combined point by point, which no library of ours offers, so the arithmetic stands here. It is not
constant in time: it belongs on a machine whose time nobody else can measure. What a bidder's P-256 key does goes through OpenSSL.
"""

from dataclasses import dataclass
from typing import Final

from engine.sealing.faults import SealCode, SealFault

POINT_BYTES: Final = 65
SCALAR_BYTES: Final = 32
Point = tuple[int, int]
_Jacobian = tuple[int, int, int]
_NOWHERE: Final[_Jacobian] = (1, 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve y² = x³ − 3x + b over the integers modulo ``p``, with a point ``g`` of prime order ``n``."""

    name: str
    p: int
    b: int
    n: int
    g: Point
    oid: bytes
    """The curve's name as DER."""

    def on_curve(self, point: Point) -> bool:
        """Whether ``point`` lies on the curve; every such point but none at infinity is of order ``n``."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x * x - 3 * x + self.b)) % self.p == 0

    def times(self, scalar: int, point: Point | None = None) -> Point:
        """
        ``scalar`` times ``point``, or times ``g``.

        Raises:
            SealFault: The result is the point at infinity.

        """
        return self._affine(self._times(scalar % self.n, self.g if point is None else point))

    def plus(self, first: Point, second: Point) -> Point:
        """The sum of two points; refuses the point at infinity."""
        return self._affine(self._add((*first, 1), (*second, 1)))

    def sum_of(self, terms: list[tuple[int, Point]]) -> Point:
        """The sum of scalar times point over ``terms``."""
        total = _NOWHERE
        for scalar, point in terms:
            total = self._add(total, self._times(scalar % self.n, point))
        return self._affine(total)

    def encode(self, point: Point) -> bytes:
        """65 bytes: 04, x, y."""
        return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")

    def decode(self, data: bytes) -> Point:
        """
        The point of 65 bytes.

        Raises:
            SealFault: These are no uncompressed point of this curve.

        """
        if len(data) != POINT_BYTES or data[0] != 4:
            raise SealFault(SealCode.KEY_UNREADABLE)
        point = int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:], "big")
        if not self.on_curve(point):
            raise SealFault(SealCode.KEY_UNREADABLE)
        return point

    def scalar(self, data: bytes) -> int:
        """
        A number from 1 to n − 1 of 48 random bytes or more, even enough that no bias is left.

        Args:
            data: At least 48 bytes.

        """
        assert len(data) >= 48
        return int.from_bytes(data, "big") % (self.n - 1) + 1

    def _affine(self, point: _Jacobian) -> Point:
        x, y, z = point
        if z == 0:
            raise SealFault(SealCode.KEY_UNREADABLE)
        inverse = pow(z, -1, self.p)
        square = inverse * inverse % self.p
        return x * square % self.p, y * square * inverse % self.p

    def _double(self, point: _Jacobian) -> _Jacobian:
        x, y, z = point
        if z == 0:
            return point
        p = self.p
        zz, yy = z * z % p, y * y % p
        beta = x * yy % p
        alpha = 3 * (x - zz) * (x + zz) % p
        across = (alpha * alpha - 8 * beta) % p
        return across, (alpha * (4 * beta - across) - 8 * yy * yy) % p, 2 * y * z % p

    def _add(self, first: _Jacobian, second: _Jacobian) -> _Jacobian:
        if first[2] == 0:
            return second
        if second[2] == 0:
            return first
        p = self.p
        (x1, y1, z1), (x2, y2, z2) = first, second
        zz1, zz2 = z1 * z1 % p, z2 * z2 % p
        u1, u2 = x1 * zz2 % p, x2 * zz1 % p
        s1, s2 = y1 * z2 * zz2 % p, y2 * z1 * zz1 % p
        if u1 == u2:
            return self._double(first) if s1 == s2 else _NOWHERE
        h, r = u2 - u1, s2 - s1
        hh = h * h % p
        hhh, v = h * hh % p, u1 * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - s1 * hhh) % p, h * z1 * z2 % p

    def _times(self, scalar: int, point: Point) -> _Jacobian:
        base: _Jacobian = (*point, 1)
        table = [_NOWHERE, base]
        for _ in range(14):
            table.append(self._add(table[-1], base))
        total = _NOWHERE
        for at in range(252, -4, -4):
            if total[2]:
                total = self._double(self._double(self._double(self._double(total))))
            total = self._add(total, table[scalar >> at & 15])
        return total


P256: Final = Curve(
    name="P-256",
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    g=(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    oid=bytes.fromhex("06082a8648ce3d030107"),
)
SM2: Final = Curve(
    name="SM2",
    p=2**256 - 2**224 - 2**96 + 2**64 - 1,
    b=0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    n=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    g=(
        0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
        0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
    ),
    oid=bytes.fromhex("06082a811ccf5501822d"),
)
"""GB/T 32918.5."""

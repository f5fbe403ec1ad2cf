"""
Certificates that bidders of one opening show before they submit, held to the centre's trust store (the notice's ``trust``).

An envelope names its two certificates by digest only. Their holder shows them, a thread follows them to a root and asks the revocation
lists, and only then may the envelope be submitted. The folder is read again whenever a file in it has changed: lists are new each day.
While what lies there cannot be used (half a file, one that goes as it is read), the store read before counts on, and the operator is
told: nobody is kept from bidding by it, and lists that are no longer fresh are refused all the same.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import trio

from engine.domain.opening.state import Opening
from engine.domain.parties import Principal
from engine.domain.refusals import Retry
from engine.domain.units import Nanoseconds
from engine.gateway.uploads import Shown
from engine.sealing.faults import SealFault
from engine.sealing.manifest import MANIFEST_BYTES_MAX, read_manifest
from engine.submission import faults
from engine.trust.certificate import read_certificate
from engine.trust.envelope import check_certificates
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.holder import Holder, credit_code
from engine.trust.settings import TrustSettings
from engine.trust.store import Moment, TrustStore, load_store
from engine.wire.messages import own_paddle
from engine.wire.refusals import Fault
from engine.wire.refusals import answer as door_answer

log = logging.getLogger("luochui.trust")

NS: Final = 1_000_000_000
EACH_MAX: Final = 8
"""Envelopes of one bidder whose certificates are remembered; the oldest goes."""


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is shown: certificates as DER, hexadecimal."""

    manifest: str
    signing: str
    encryption: str
    authorities: list[str] = []
    """Of the authorities that issued them, where the centre may not have them."""


class Certified:
    """
    What was shown, and for which envelopes it was enough.

    Args:
        folder: The trust store.
        settings: Limits.
        opening: Who is registered.
        now: House time.

    Raises:
        TrustFault: The trust store cannot be used.
        OSError: It cannot be read.

    """

    def __init__(
        self, folder: Path, settings: TrustSettings, opening: Callable[[], Opening], now: Callable[[], Nanoseconds]
    ) -> None:
        self._folder, self._settings, self._opening, self._now = folder, settings, opening, now
        self._loading = threading.Lock()
        self._seen = self._lying()
        self._store = load_store(folder, settings)
        self._until: dict[Principal, dict[bytes, Nanoseconds]] = {}
        self._workers = trio.CapacityLimiter(1)
        self.body_bytes_max: Final = (
            2 * MANIFEST_BYTES_MAX + 2 * (2 + settings.sent_max) * settings.certificate_bytes_max + 1024
        )

    def require(self, by: Principal, manifest: bytes) -> None:
        """
        Whether the certificates of the envelope of this manifest digest were shown and are good.

        Raises:
            TrustFault: They were not, or too long ago.

        """
        if self._until.get(by, {}).get(manifest, 0) < self._now():
            raise TrustFault(TrustCode.NOT_SHOWN)

    async def show(self, by: Principal, body: bytes) -> Shown:
        """What is said to ``by``, who shows two certificates: one at a time, in a thread."""
        at = self._now()
        try:
            said = msgspec.json.decode(body, type=Body)
            digest = await trio.to_thread.run_sync(self._checked, by, said, at, limiter=self._workers)
        except TrustFault as fault:
            return Shown(422, answer(fault))
        except SealFault as fault:
            return Shown(422, faults.answer(fault))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            return Shown(400, door_answer(Fault.HTTP_MALFORMED, field="body"))
        good = self._until.setdefault(by, {})
        good.pop(digest, None)
        good[digest] = until = Nanoseconds(at + int(self._settings.shown_for_s * NS))
        while len(good) > EACH_MAX:
            del good[next(iter(good))]
        return Shown(200, {"manifest": digest.hex(), "until_us": until // 1000})

    def _checked(self, by: Principal, said: Body, at: Nanoseconds) -> bytes:
        manifest = read_manifest(said.manifest.encode())
        signing, encryption, *sent = (
            read_certificate(bytes.fromhex(each), self._settings)
            for each in (said.signing, said.encryption, *said.authorities)
        )
        number = own_paddle(by)
        registered = None if number is None else self._opening().bidders.get(number)
        if registered is None or bytes.fromhex(registered.certificate) != signing.der:
            raise TrustFault(
                TrustCode.OTHER_BIDDER, certificate=signing.serial, where="登记的签名证书 / registered certificate"
            )
        check_certificates(
            manifest,
            signing,
            encryption,
            store=self._loaded(),
            holder=Holder(credit_code=credit_code(signing, self._settings)),
            moment=Moment(used_at=at, now=at),
            sent=sent,
        )
        return manifest.digest()

    def _loaded(self) -> TrustStore:
        """The trust store as it lies in the folder now, or as it last could be used."""
        with self._loading:
            try:
                seen = self._lying()
                if seen != self._seen:
                    self._store, self._seen = load_store(self._folder, self._settings), seen
            except (TrustFault, OSError) as error:
                why = error.strerror if isinstance(error, OSError) else error
                log.error("the trust store cannot be used as it lies now; the one before is: %s", why)  # noqa: TRY400
            return self._store

    def _lying(self) -> list[tuple[str, int, int]]:
        """What lies in the folder. Raises OSError."""
        return sorted(
            (str(path), found.st_mtime_ns, found.st_size)
            for path in self._folder.glob("*/*")
            for found in (path.stat(),)
        )


def answer(fault: TrustFault) -> dict[str, Any]:
    """What is said of ``fault``: ``{code, retry, zh, en, detail}``, as everywhere on the wire."""
    return {"code": fault.code, "retry": Retry.NEW_ID, "zh": fault.zh, "en": str(fault), "detail": fault.detail}

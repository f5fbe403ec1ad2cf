"""The trust store of a centre: a folder with the roots it recognises, their issuing authorities, and revocation lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeVar

from engine.domain.units import Nanoseconds
from engine.trust.certificate import Certificate, blocks, read_certificate
from engine.trust.chain import Purpose, check_path, paths
from engine.trust.faults import TrustCode, TrustFault
from engine.trust.holder import Holder, check_holder
from engine.trust.revocation import RevocationList, check_revocation, read_list
from engine.trust.settings import TrustSettings

ROOTS: Final = "roots"
ISSUING: Final = "issuing"
CRLS: Final = "crls"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Both instants a certificate is looked at for; the caller reads the clock."""

    used_at: Nanoseconds
    """When it was signed with or sealed to: the house's own stamp, never what a bidder says."""

    now: Nanoseconds
    """As of when revocation lists must be fresh; at submission the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """A certificate that holds, and by whom."""

    certificate: Certificate
    authorities: tuple[Certificate, ...]
    """Its issuer first, the root last."""

    revoked_later: datetime | None
    """When it was revoked, if after it was used: no ground to refuse, but one to look twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """Roots that are believed as they are, and what is checked before it is believed."""

    roots: tuple[Certificate, ...]
    issuing: tuple[Certificate, ...] = ()
    lists: tuple[RevocationList, ...] = ()
    settings: TrustSettings = field(default_factory=TrustSettings)

    def verify(
        self,
        leaf: Certificate,
        purpose: Purpose,
        moment: Moment,
        *,
        holder: Holder | None,
        sent: Sequence[Certificate] = (),
    ) -> Trusted:
        """
        Whether ``leaf`` could be used for ``purpose`` at that moment, by ``holder``.

        Args:
            leaf: The bidder's certificate.
            purpose: What it is used for.
            moment: When, and as of when lists must be fresh.
            holder: Whose it must be; None if that is not known yet.
            sent: Authorities' certificates that came with it; checked like all others.

        Raises:
            TrustFault: It could not; of several ways to a root, the first one's reason.

        """
        if len(sent) > self.settings.sent_max:
            raise TrustFault(TrustCode.TOO_LARGE, what="certificates", most=self.settings.sent_max)
        why: TrustFault | None = None
        for path in paths(leaf, (*self.issuing, *sent), self.roots, self.settings):
            try:
                check_path(path, purpose, moment.used_at, self.settings)
                later = self._check_lists(path, moment)
            except TrustFault as fault:
                why = why or fault
                continue
            if holder is not None:
                check_holder(leaf, holder, self.settings)
            return Trusted(certificate=leaf, authorities=path[1:], revoked_later=later)
        assert why is not None
        raise why

    def _check_lists(self, path: Sequence[Certificate], moment: Moment) -> datetime | None:
        later = [
            check_revocation(one, issuer, self.lists, moment.used_at, moment.now)
            for one, issuer in reversed(list(pairwise(path)))
        ]
        return min((one for one in later if one is not None), default=None)


def load_store(folder: Path, settings: TrustSettings) -> TrustStore:
    """
    The trust store in ``folder``: ``roots/``, ``issuing/``, ``crls/``, files in PEM or DER.

    Raises:
        TrustFault: No root, too many files, or one that cannot be used; it is named.
        OSError: A file cannot be read.

    """
    roots = _each(folder / ROOTS, b"CERTIFICATE", settings, lambda der: _root(der, settings))
    if not roots:
        raise TrustFault(TrustCode.STORE, where=f"{ROOTS}/")
    return TrustStore(
        roots=tuple(roots),
        issuing=tuple(_each(folder / ISSUING, b"CERTIFICATE", settings, lambda der: read_certificate(der, settings))),
        lists=tuple(_each(folder / CRLS, b"X509 CRL", settings, lambda der: read_list(der, settings))),
        settings=settings,
    )


def _each(folder: Path, label: bytes, settings: TrustSettings, read: Callable[[bytes], _T]) -> list[_T]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if len(files) > settings.store_max:
        raise TrustFault(TrustCode.STORE, where=f"{folder.name}/ > {settings.store_max}")
    read_ones = list[_T]()
    for file in files:
        with file.open("rb") as opened:
            data = opened.read(2 * settings.crl_bytes_max)
        try:
            made = [read(der) for der in blocks(data, label)]
        except TrustFault as fault:
            raise TrustFault(TrustCode.STORE, where=f"{folder.name}/{file.name}: {fault.code}") from fault
        if not made:
            raise TrustFault(TrustCode.STORE, where=f"{folder.name}/{file.name}")
        read_ones += made
    return read_ones


def _root(der: bytes, settings: TrustSettings) -> Certificate:
    """A root is signed by itself: what was spoilt on the way here is noticed."""
    root = read_certificate(der, settings)
    if not root.issued(root) or not root.signed(der, root.parsed.tbs_certificate_bytes):
        raise TrustFault(TrustCode.SIGNATURE, certificate=root.serial, issuer=root.issuer_name)
    return root

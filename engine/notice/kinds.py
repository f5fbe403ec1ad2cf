"""A notice of whatever kind: which it is stands in ``[sale]``, ``kind``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from engine.notice.faults import Faults
from engine.notice.notice import Notice, read_auction
from engine.notice.opening import OPENING, OpeningNotice, read_opening
from engine.notice.quota import QUOTA, QuotaNotice, read_quota
from engine.notice.text import Folder, Source
from engine.notice.toml import Document, read_document

AnyNotice = Notice | QuotaNotice | OpeningNotice

_READ: Final[dict[object, Callable[[Source, Document, Faults], AnyNotice | None]]] = {
    QUOTA: read_quota,
    OPENING: read_opening,
}
"""Any other is an auction, or says that it is none."""


def read_any(path: Path) -> AnyNotice:
    """
    The sale, of whatever kind, that the TOML file ``path`` describes.

    Raises:
        NoticeFault: With every fault found in it and in the files it names.

    """
    faults, source = Faults(), Folder(path.parent)
    document = read_document(source, path.name, faults)
    notice: AnyNotice | None = None
    if document is not None:
        sale: Any = document.data.get("sale")
        kind = sale.get("kind") if isinstance(sale, dict) else None
        read = _READ.get(kind, read_auction) if isinstance(kind, str) else read_auction
        notice = read(source, document, faults)
    faults.close()
    if notice is None:
        raise AssertionError("a notice that cannot be read has a fault")
    return notice

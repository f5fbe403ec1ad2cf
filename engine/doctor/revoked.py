"""Can the list of tokens taken back be read? A house that does not know who is shut out does not start."""

from dataclasses import dataclass
from pathlib import Path

from engine.doctor.finding import Finding, fault, ok
from engine.gateway.revocation import FILE, RevocationList


@dataclass(frozen=True, slots=True)
class Revoked:
    """The list, as it was found."""

    path: Path
    entries: int
    unreadable: int
    """Lines that say nothing we understand."""

    trouble: str = ""
    """Why the file could not be read at all."""


def look(data: Path) -> Revoked:
    """The list of a data folder."""
    path = data / FILE
    found = RevocationList(path)
    try:
        entries = len(found.news())
    except OSError as error:
        return Revoked(path, 0, 0, error.strerror or "unknown")
    return Revoked(path, entries, found.unreadable)


def judge(found: Revoked) -> Finding:
    """What that means."""
    if found.trouble:
        return fault(
            "revocations",
            f"读不出作废名单 {found.path}：{found.trouble}。请改正文件权限，或从备份恢复。",
            f"The list of revocations {found.path} cannot be read: {found.trouble}. Mend its mode, or restore it.",
        )
    if found.unreadable:
        return fault(
            "revocations",
            f"作废名单 {found.path} 有 {found.unreadable} 行读不出，无法确知作废了谁。请从备份恢复，或删去这些行并重新作废。",
            f"{found.unreadable} line(s) of {found.path} cannot be read, and who is shut out is not known. "
            "Restore the file, or take those lines out and revoke again.",
            unreadable=found.unreadable,
        )
    return ok(
        "revocations",
        f"已作废 {found.entries} 项凭证。" if found.entries else "没有作废的凭证。",
        f"{found.entries} revocation(s) are in force." if found.entries else "No token was taken back.",
        entries=found.entries,
    )

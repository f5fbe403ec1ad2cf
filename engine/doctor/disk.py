"""Is there room, and does the disk keep what it is told to keep, and how soon?"""

import os
import secrets
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.doctor.finding import Finding, fault, ok, warning

GIB: Final = 1024**3
FREE_FAULT_BYTES: Final = GIB // 2
FREE_WARNING_BYTES: Final = 5 * GIB
VOLATILE: Final = frozenset({"tmpfs", "ramfs", "devtmpfs"})
REMOTE: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "fuse.glusterfs"})

SYNCS: Final = 25
SYNC_BYTES: Final = 8192
"""About one commit of a single bid."""

MEDIAN_MS_WARNING: Final = 25.0
WORST_MS_WARNING: Final = 250.0
MEDIAN_MS_FAULT: Final = 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The file system of a folder."""

    folder: Path
    free_bytes: int
    total_bytes: int
    kind: str
    """As the system calls it; empty where it does not say."""

    writable: bool


def look(folder: Path) -> Disk:
    """The file system ``folder`` lies on."""
    space = shutil.disk_usage(folder)
    return Disk(
        folder=folder,
        free_bytes=space.free,
        total_bytes=space.total,
        kind=_kind(folder.resolve()),
        writable=os.access(folder, os.W_OK | os.X_OK),
    )


def judge(disk: Disk) -> Finding:
    """What that means."""
    free_gib = disk.free_bytes / GIB
    facts = {"free_bytes": disk.free_bytes, "total_bytes": disk.total_bytes, "file_system": disk.kind}
    if not disk.writable:
        return fault(
            "disk",
            f"当前用户不能写入 {disk.folder}：请把它交给运行落槌的用户（chown）。",
            f"This user may not write in {disk.folder}: give it to the user that runs the house (chown).",
            **facts,
        )
    if disk.kind in VOLATILE:
        return fault(
            "disk",
            f"{disk.folder} 在内存盘（{disk.kind}）上，断电即失：请换到真实磁盘。",
            f"{disk.folder} is kept in memory ({disk.kind}) and gone with the power: move it to a real disk.",
            **facts,
        )
    if disk.free_bytes < FREE_FAULT_BYTES:
        return fault(
            "disk",
            f"磁盘仅剩 {free_gib:.1f} GiB：写满即停拍，请先腾出空间。",
            f"Only {free_gib:.1f} GiB are free: a full disk stops the sale; make room first.",
            **facts,
        )
    if disk.kind in REMOTE:
        return warning(
            "disk",
            f"{disk.folder} 在网络文件系统（{disk.kind}）上：SQLite 的锁在其上未必可靠，请用本地磁盘。",
            f"{disk.folder} is on a network file system ({disk.kind}), where SQLite's locks may not hold: use a local disk.",
            **facts,
        )
    if disk.free_bytes < FREE_WARNING_BYTES:
        return warning(
            "disk",
            f"磁盘剩余 {free_gib:.1f} GiB：够办一场，但请尽快扩容。",
            f"{free_gib:.1f} GiB are free: enough for a sale, but not for long.",
            **facts,
        )
    return ok(
        "disk",
        f"磁盘剩余 {free_gib:.1f} GiB，可写（{disk.kind or '文件系统未知'}）。",
        f"{free_gib:.1f} GiB are free and can be written to ({disk.kind or 'unknown file system'}).",
        **facts,
    )


def sync_ms(folder: Path, syncs: int = SYNCS, now: Callable[[], float] = time.perf_counter) -> list[float]:
    """
    How long the disk under ``folder`` takes to keep 8 KiB, ``syncs`` times, in milliseconds.

    Raises:
        OSError: It cannot be written to.

    """
    path = folder / f".doctor-{secrets.token_hex(6)}"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    took: list[float] = []
    try:
        path.unlink()  # Gone with us, whatever happens.
        for number in range(syncs):
            os.pwrite(handle, secrets.token_bytes(SYNC_BYTES), number * SYNC_BYTES)
            began = now()
            os.fdatasync(handle)
            took.append((now() - began) * 1000)
    finally:
        os.close(handle)
    return took


def judge_sync(took_ms: Sequence[float]) -> Finding:
    """What that means."""
    median, worst = statistics.median(took_ms), max(took_ms)
    facts = {"median_ms": round(median, 3), "worst_ms": round(worst, 3), "syncs": len(took_ms)}
    figures_zh = f"中位数 {median:.1f} 毫秒，最慢 {worst:.1f} 毫秒（{len(took_ms)} 次）"
    figures_en = f"median {median:.1f} ms, worst {worst:.1f} ms of {len(took_ms)}"
    if median > MEDIAN_MS_FAULT:
        return fault(
            "fsync",
            f"落盘过慢（{figures_zh}）：每次应价都要等它，请换磁盘。",
            f"The disk is too slow to keep a record ({figures_en}), and every bid waits for it: use another disk.",
            **facts,
        )
    if median > MEDIAN_MS_WARNING or worst > WORST_MS_WARNING:
        return warning(
            "fsync",
            f"落盘偏慢（{figures_zh}）：可以办，但应价答复会有迟滞。",
            f"The disk is slow to keep a record ({figures_en}): a sale can be held, but answers will lag.",
            **facts,
        )
    return ok("fsync", f"落盘够快：{figures_zh}。", f"Records are kept fast enough: {figures_en}.", **facts)


def _kind(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The type of the mount that ``folder`` is under: the longest mount point that is one of its parents."""
    try:
        lines = mounts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = [(point, kind) for _, point, kind, *_ in (line.split() for line in lines) if _under(folder, point)]
    return max(found, key=lambda one: len(one[0]), default=("", ""))[1]


def _under(folder: Path, point: str) -> bool:
    return folder.is_relative_to(point.replace("\\040", " "))

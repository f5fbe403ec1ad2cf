"""What facts mean: one fact, one verdict, and a sentence in both languages."""

import errno
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.certificates import Certificate
from engine.doctor import certificate, clock, disk, folder, fonts, journals, keys, port, revoked, system
from engine.doctor.certificate import Tls
from engine.doctor.clock import Clock
from engine.doctor.disk import GIB, Disk
from engine.doctor.finding import Finding, Verdict, fault, ok, warning, worst
from engine.doctor.folder import Folder
from engine.doctor.journals import JournalFacts
from engine.doctor.keys import KeyFile
from engine.doctor.port import Port
from engine.doctor.revoked import Revoked
from engine.doctor.system import Programs
from engine.papers.press import FONT_FOLDERS, SANSES, SERIFS

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
OK, WARNING, FAULT = Verdict.OK, Verdict.WARNING, Verdict.FAULT


def a_clock(**facts: Any) -> Finding:
    sound: dict[str, Any] = {"now": NOW, "synchronised": True, "told_by": "chronyc", "stepped_ms": 0.01}
    return clock.judge(Clock(**sound | facts))


def a_disk(**facts: Any) -> Finding:
    sound: dict[str, Any] = {
        "folder": Path("/data"),
        "free_bytes": 100 * GIB,
        "total_bytes": 200 * GIB,
        "kind": "ext4",
        "writable": True,
    }
    return disk.judge(Disk(**sound | facts))


def a_port(trouble: int | None = None, number: int = 8000, *, ours: bool = False) -> Finding:
    return port.judge(Port(host="127.0.0.1", port=number, trouble=trouble, ours=ours))


def a_certificate(days: int = 90, **facts: Any) -> Finding:
    sound: dict[str, Any] = {
        "names": ("sale.cn",),
        "begins": NOW - timedelta(days=1),
        "ends": NOW + timedelta(days=days),
        "signed_by_itself": False,
    }
    found = Certificate(**sound | facts)
    return certificate.judge(Tls(certificate=found, trouble=None, host="0.0.0.0", near=False), NOW)


def no_certificate(host: str, *, near: bool, trouble: str | None = None) -> Finding:
    return certificate.judge(Tls(certificate=None, trouble=trouble, host=host, near=near), NOW)


def some_keys(*modes: int, readable: bool = True) -> Finding:
    return keys.judge([KeyFile(Path(f"k{mode:o}.pem"), mode, readable) for mode in modes])


def programs(python: tuple[int, ...] = (3, 11, 7), sqlite: tuple[int, ...] = (3, 54, 1)) -> Finding:
    return system.judge_programs(Programs(python=python, sqlite=sqlite, system="Linux"))


def a_journal(**facts: Any) -> list[Finding]:
    at = int((NOW - timedelta(hours=1)).timestamp() * 1e9)
    sound: dict[str, Any] = {"sale": "s1", "last": 40, "recorded_at_ns": at, "epoch": 1, "anchored": 40}
    return journals.judge(JournalFacts(**sound | facts), NOW)


def some_folders(*modes: int, usable: bool = True) -> Finding:
    return folder.judge([Folder(Path(f"f{mode:o}"), mode, usable) for mode in modes])


SIGNED = JournalFacts(sale="s1", key=b"k")
LATER_NS = int((NOW + timedelta(hours=1)).timestamp() * 1e9)

CASES = [
    (a_clock(), OK),
    (a_clock(synchronised=False), WARNING),
    (a_clock(synchronised=None, told_by=""), WARNING),
    (a_clock(stepped_ms=-8.0), FAULT),
    (a_clock(now=datetime(1970, 1, 1, tzinfo=UTC)), FAULT),
    (a_disk(), OK),
    (a_disk(kind=""), OK),
    (a_disk(free_bytes=2 * GIB), WARNING),
    (a_disk(kind="nfs4"), WARNING),
    (a_disk(free_bytes=GIB // 4), FAULT),
    (a_disk(kind="tmpfs"), FAULT),
    (a_disk(writable=False), FAULT),
    (disk.judge_sync([0.4, 0.5, 9.0]), OK),
    (disk.judge_sync([0.4, 0.5, 400.0]), WARNING),
    (disk.judge_sync([30.0, 40.0, 50.0]), WARNING),
    (disk.judge_sync([300.0, 400.0, 500.0]), FAULT),
    (fonts.judge(["Noto Serif CJK SC"], ["/usr/share/fonts"]), OK),
    (fonts.judge([], ["/usr/share/fonts"]), WARNING),
    (a_port(), OK),
    (a_port(errno.EADDRINUSE, ours=True), OK),
    (a_port(errno.EADDRINUSE), FAULT),
    (a_port(errno.EACCES, 443), FAULT),
    (a_port(errno.EADDRNOTAVAIL), FAULT),
    (no_certificate("127.0.0.1", near=True), OK),
    (no_certificate("0.0.0.0", near=False), WARNING),
    (no_certificate("0.0.0.0", near=False, trouble="x.pem is not the key of y.pem"), FAULT),
    (a_certificate(), OK),
    (a_certificate(13), WARNING),
    (a_certificate(-1), FAULT),
    (a_certificate(begins=NOW + timedelta(days=1)), FAULT),
    (a_certificate(names=()), FAULT),
    (revoked.judge(Revoked(Path("r"), 0, 0)), OK),
    (revoked.judge(Revoked(Path("r"), 3, 0)), OK),
    (revoked.judge(Revoked(Path("r"), 3, 1)), FAULT),
    (revoked.judge(Revoked(Path("r"), 0, 0, "Permission denied")), FAULT),
    (some_keys(0o600, 0o400), OK),
    (some_keys(), OK),
    (some_keys(0o640), FAULT),
    (some_keys(0o600, readable=False), FAULT),
    (system.judge_files(-1, tls=False), OK),
    (system.judge_files(65_536, tls=True), OK),
    (system.judge_files(1024, tls=False), WARNING),
    (system.judge_files(256, tls=False), FAULT),
    (programs(), OK),
    (programs(python=(3, 10, 1)), FAULT),
    (programs(sqlite=(3, 40, 1)), FAULT),
    (a_journal()[0], OK),
    (a_journal(verified=True)[0], OK),
    (a_journal(last=0, recorded_at_ns=0, anchored=None)[0], OK),
    (a_journal(recorded_at_ns=LATER_NS)[0], FAULT),
    (a_journal(recorded_at_ns=int(NOW.timestamp() * 1e9) + 999_999_999)[0], OK),
    (a_journal(trouble="record 7: it is missing.", trouble_zh="第 7 条缺失。", seq=7)[0], FAULT),
    (a_journal(trouble="it changes", trouble_zh="变化过快", busy=True)[0], WARNING),
    (a_journal(lost=True)[0], FAULT),
    (a_journal()[1], OK),
    (a_journal(same_device=True)[1], WARNING),
    (a_journal(anchored=41)[1], FAULT),
    (a_journal(anchored=38, before=38)[1], OK),
    (a_journal(anchored=37, before=38)[1], FAULT),
    (a_journal(anchored=None)[1], FAULT),
    (a_journal(anchored=None, anchor_there=False)[1], FAULT),
    (journals.judge_key(None, []), OK),
    (journals.judge_key(None, [SIGNED]), FAULT),
    (journals.judge_key(b"k", [SIGNED]), OK),
    (journals.judge_key(b"other", [SIGNED]), FAULT),
    (some_folders(0o755, 0o700), OK),
    (some_folders(0o777), FAULT),
    (some_folders(0o755, usable=False), FAULT),
    (folder.judge_lock(held=True), OK),
    (folder.judge_lock(held=False), OK),
    (folder.judge_lock(held=None), FAULT),
]


@pytest.mark.parametrize(
    ("finding", "verdict"), CASES, ids=[f"{at}-{found.check}" for at, (found, _) in enumerate(CASES)]
)
def test_a_fact_has_its_verdict_and_is_said_in_both_languages(finding: Finding, verdict: Verdict) -> None:
    assert finding.verdict is verdict, finding
    assert re.search(r"[\u4e00-\u9fff]", finding.zh)
    assert not re.search(r"[\u4e00-\u9fff]", finding.en)
    assert finding.en.endswith((".", "?"))


def test_the_worst_finding_decides() -> None:
    findings = [ok("a", "好", "good"), warning("b", "留意", "look"), ok("c", "好", "good")]
    assert worst(findings) is WARNING
    assert worst([*findings, fault("d", "坏", "bad")]) is FAULT
    assert worst([]) is OK


def test_tls_of_our_own_takes_three_open_files_a_browser() -> None:
    assert "about 3000 browsers" in system.judge_files(9000, tls=True).en
    assert "about 9000 browsers" in system.judge_files(9000, tls=False).en


# Looking.


def test_a_folder_on_this_machine_is_looked_at_and_left_as_it_was(tmp_path: Path) -> None:
    found = disk.look(tmp_path)
    assert found.writable
    assert 0 < found.free_bytes <= found.total_bytes
    assert len(disk.sync_ms(tmp_path, syncs=3)) == 3
    assert list(tmp_path.iterdir()) == []


def test_fonts_are_looked_for_as_papers_look_for_them(tmp_path: Path) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()  # a name is no font
    assert fonts.look([str(tmp_path), str(tmp_path / "none")]) == ()
    assert set(fonts.look(FONT_FOLDERS)) <= {*SERIFS, *SANSES}


def test_the_modes_of_keys_are_read_and_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "tokens" / "k0001.pem"
    key.parent.mkdir(parents=True)
    key.touch(mode=0o640)
    key.chmod(0o640)
    [found] = keys.look([*keys.secrets_of(tmp_path, ""), tmp_path / "none.pem"])
    assert (found.path, stat.filemode(found.mode), found.readable) == (key, "?rw-r-----", True)
    assert keys.secrets_of(None, "/x.pem") == [Path("/x.pem")]


def test_the_clock_is_compared_with_one_that_only_goes_forward() -> None:
    walls = iter([NOW.timestamp() * 1e9, NOW.timestamp() * 1e9 + 530e6, NOW.timestamp() * 1e9 + 530e6])
    steadies = iter([0, 500_000_000])
    found = clock.look(lambda: int(next(walls)), lambda: next(steadies))
    assert found.stepped_ms == pytest.approx(30, abs=0.01)
    assert clock.judge(found).verdict is FAULT

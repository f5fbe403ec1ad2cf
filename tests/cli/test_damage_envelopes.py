"""``luochui doctor`` and the sealed envelopes of an opening: held to the record, and nothing counted before its time."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.lowlevel

from engine.doctor import envelopes
from engine.doctor.disk import GIB
from engine.doctor.finding import Finding
from engine.room.folder import DataFolder
from engine.sealing.parts import PartName
from engine.submission.settings import SubmissionSettings
from tests.attack.house import SALE as LIVE_SALE
from tests.attack.house import lay
from tests.attack.scene import Scene
from tests.cli.test_damage import examined
from tests.domain.opening.house import priced
from tests.engine.bringing import begin, bring
from tests.engine.tender import SALE, submission, tender_house

CHINESE = re.compile(r"[\u4e00-\u9fff]")
BIDDERS = (305, 4711, 90210)


async def receive(folder: Path, *, close: bool) -> None:
    """Two envelopes stand, one of them without an upload; another is finished, and one is begun."""
    with trio.fail_after(60):
        async with tender_house(folder) as one:
            await one.register(*BIDDERS)
            context, files = one.tender.context("305"), {"投标函.bin": bytes(3000)}
            made = one.tender.seal(priced(1_150_000), files, context=context, remedy=False)
            await bring(one, 305, made)
            await one.ask("bidder:305", "submit_envelope", **submission(made))
            await one.submit(4711, 1_200_000)
            await bring(one, 90210, one.seal(90210, 1_310_000))
            await begin(one, 305, one.seal(305, 1_100_000, version=2))
            if close:
                await one.until_closed()
                while len(list(store(folder).iterdir())) > 1:
                    await trio.lowlevel.checkpoint()  # The store follows the record in a thread.


@pytest.fixture(scope="module", params=[False, True], ids=["receiving", "closed"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    folder, closed = tmp_path_factory.mktemp("served"), bool(request.param)
    trio.run(lambda: receive(folder, close=closed))
    return folder, closed


@pytest.fixture
def data(served: tuple[Path, bool], tmp_path: Path) -> Path:
    return shutil.copytree(served[0], tmp_path / "data")


def store(data: Path) -> Path:
    return data / "sales" / SALE / "submission"


def standing(data: Path) -> Path:
    """The folder of the one upload with documents."""
    [found] = store(data).glob(f"*/{PartName.DOCUMENTS}")
    return found.parent


def found(data: Path, *, deep: bool = False) -> dict[str, Finding]:
    """What is said of envelopes, by what was looked at."""
    facts = envelopes.look(DataFolder(data), SALE, SubmissionSettings(), deep=deep)
    assert facts is not None
    return {said.check.partition(":")[0]: said for said in envelopes.judge(facts)}


@pytest.mark.parametrize("deep", [False, True])
def test_where_all_is_well_nothing_is_counted_before_submission_is_over(
    data: Path, served: tuple[Path, bool], deep: bool
) -> None:
    said = found(data, deep=deep)
    assert said.keys() == {"envelopes"}
    assert said["envelopes"].verdict == "ok"
    assert ("byte for byte" in said["envelopes"].en) == deep
    told = {"lacking", "misshapen", "unreadable"} | ({"unfinished", "unrecorded"} if served[1] else set())
    assert said["envelopes"].facts == dict.fromkeys(told, 0)
    assert not any(str(number) in str(said) for number in BIDDERS)


HARMS: dict[str, Callable[[Path], object]] = {
    "gone": lambda data: shutil.rmtree(standing(data)),
    "never finished": lambda data: (standing(data) / "finished").unlink(),
    "cut short": lambda data: (standing(data) / "documents").write_bytes(b"short"),
    "its sheet gone": lambda data: (standing(data) / "sheet").unlink(),
    "its declaration damaged": lambda data: (standing(data) / "declared").write_bytes(b"{}"),
    "a sheet alone gone": lambda data: shutil.rmtree(data / "sales" / SALE / "chunks"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_an_envelope_on_the_record_that_is_not_wholly_here_is_a_fault(data: Path, harm: str) -> None:
    HARMS[harm](data)
    said = found(data)["envelopes"]
    assert (said.verdict, said.facts["lacking"]) == ("fault", 1)
    assert "from a backup" in said.en
    assert "备份" in said.zh


def test_the_round_looks_at_envelopes_and_ends_as_a_fault(data: Path) -> None:
    assert examined(data)[1][f"envelopes:{SALE}"]["verdict"] == "ok"
    shutil.rmtree(standing(data))
    code, findings = examined(data, "--deep")
    assert code != 0
    assert findings[f"envelopes:{SALE}"]["facts"]["lacking"] == 1


def test_a_byte_that_changed_is_found_by_looking_deeply(data: Path) -> None:
    path = standing(data) / "documents"
    content = bytearray(path.read_bytes())
    content[7] ^= 1
    path.write_bytes(content)
    assert found(data)["envelopes"].verdict == "ok"
    assert found(data, deep=True)["envelopes"].facts["lacking"] == 1


def test_what_stands_on_no_record_and_is_damaged_is_only_a_warning(data: Path) -> None:
    (store(data) / ("0" * 32 + ".0")).mkdir()
    said = found(data)["envelopes"]
    assert (said.verdict, said.facts["unreadable"]) == ("warning", 1)
    assert CHINESE.search(said.zh)
    assert not CHINESE.search(said.en)


def test_whoever_else_may_read_where_envelopes_lie_is_told_of(data: Path) -> None:
    (standing(data) / "sheet").chmod(0o644)
    said = found(data)["envelope-rights"]
    assert said.verdict == "warning"
    assert "chmod -R go-rwx" in said.en
    assert str(standing(data) / "sheet") in said.zh


def judged(**facts: Any) -> dict[str, Finding]:
    return {
        said.check: said for said in envelopes.judge(envelopes.EnvelopeFacts(sale="t1", **{"closed": False, **facts}))
    }


def test_what_may_still_come_must_have_room() -> None:
    assert judged(may_come_bytes=5, free_bytes=5).keys() == {"envelopes:t1"}
    said = judged(may_come_bytes=3 * GIB, free_bytes=GIB)["envelope-room:t1"]
    assert said.verdict == "warning"
    assert "3.0 GiB may still come" in said.en
    assert "3.0 GiB" in said.zh


def test_how_much_may_come_is_an_envelope_for_everybody_less_what_is_there(served: tuple[Path, bool]) -> None:
    folder, closed = served
    facts = envelopes.look(DataFolder(folder), SALE, SubmissionSettings(upload_bytes_max=10**9), deep=False)
    assert facts is not None
    assert (facts.may_come_bytes == 0) == closed
    assert closed or 0 < len(BIDDERS) * 10**9 - facts.may_come_bytes < 10**7


def test_what_is_left_after_the_deadline_is_counted_and_before_it_is_not() -> None:
    before, after = (judged(closed=closed, unfinished=2, unrecorded=1)["envelopes:t1"] for closed in (False, True))
    assert (before.verdict, after.verdict) == ("ok", "warning")
    assert "unfinished" not in before.facts
    assert "2 unfinished and 1 unsubmitted" in after.en


def test_a_sale_that_is_no_opening_is_passed_over(tmp_path: Path) -> None:
    lay(tmp_path, Scene(tmp_path / "scene").closed)
    assert envelopes.look(DataFolder(tmp_path), LIVE_SALE, SubmissionSettings(), deep=False) is None

"""A rehearsal of one's own sale with fake bidders, and the signed report of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final

import orjson
import trio

from bench.catalogue import Catalogue
from bench.faults import BenchCode, BenchFault
from bench.house import House, serving, share_cores
from bench.keep import keep
from bench.open_files import raise_file_limit
from bench.report import page, pairs, said, section, table
from bench.result import Run
from bench.run import conduct
from bench.scenario import Scenario
from bench.scenario_file import read_scenario
from bench.target import needed_settings, running_house
from bench.terminal import progress
from engine.domain.canonical import digest
from engine.domain.refusals import yuan
from engine.domain.units import Fen
from engine.journal.signing import Signer, holds
from engine.notice import Notice, read_any
from engine.room.folder import DataFolder
from engine.wire.codec import dumps

EDITION: Final = "luochui-rehearsal-1"
MARK: Final = "rehearsal"
"""The file that says a data folder is for rehearsals only."""

REPORT: Final = "rehearsal.json"
USUAL: Final = Path(__file__).parent / "scenarios" / "rehearsal.toml"


def rehearse(  # noqa: PLR0913 - as the command line gives them
    notice_at: Path,
    out: Path,
    *,
    scenario_at: Path | None,
    lots: int,
    url: str | None,
    data: Path | None,
    sign_with: Path | None,
    pid: int | None,
    own_host: bool,
    quiet: bool,
) -> dict[str, Any]:
    """
    Hold the sale that ``notice_at`` describes, with fake bidders, and write the signed report into ``out``.

    Returns:
        The report, with the folder's run under ``run``.

    Raises:
        BenchFault: It cannot be rehearsed.
        NoticeFault: Notice or scenario are wrong.

    """
    notice = read_any(notice_at)
    if not isinstance(notice, Notice):
        raise BenchFault(BenchCode.QUOTA_SALE, notice.sale)
    tried = read_scenario(scenario_at or USUAL)
    program = Catalogue.of(notice, tried, lots)
    title = notice.announce.title
    scenario = replace(tried, bidders=len(program.paddles), title_zh=title.zh, title_en=title.en)
    settings = needed_settings(scenario)
    out.mkdir(parents=True, exist_ok=True)
    with progress(program.seconds, quiet=quiet) as told:
        if url is not None:
            if data is not None and not (data / MARK).exists():
                raise BenchFault(BenchCode.NOT_FOR_REHEARSALS, data)
            house = running_house(url, data, notice.sale, pid, own_host=own_host)
            run = trio.run(partial(conduct, house, scenario, program, {}, told))
        else:
            run, house = _in_own_house(notice_at, notice, scenario, program, settings, out, told)
    signer = Signer.from_file(DataFolder(sign_with or house.data).signing_key())
    report = sign(told_of(notice, program, run, tried), signer)
    (out / REPORT).write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    keep(run, out, lambda plain: page(plain, _first(report), "rehearsal"))
    return {**report, "run": run.plain()}


def _in_own_house(  # noqa: PLR0913, PLR0917 - one call
    notice_at: Path,
    notice: Notice,
    scenario: Scenario,
    program: Catalogue,
    settings: Mapping[str, str],
    out: Path,
    told: Any,
) -> tuple[Run, House]:
    """A house for the rehearsal, whose journal stays beside the report."""
    raise_file_limit()
    folder = out / "house"
    folder.mkdir(exist_ok=True)
    if DataFolder(folder / "data").sales():
        raise BenchFault(BenchCode.SALE_BEGUN, notice.sale)
    try:
        with serving(folder, scenario.bidders, settings, share_cores(), (notice_at, notice.sale)) as house:
            return trio.run(partial(conduct, house, scenario, program, settings, told)), house
    except ChildProcessError as error:
        raise BenchFault(BenchCode.HOUSE_NOT_STARTED, error) from None


def told_of(notice: Notice, program: Catalogue, run: Run, tried: Scenario) -> dict[str, Any]:
    """What a rehearsal's report says."""
    plain = run.plain()
    sold = [
        {
            "lot": slot.lot,
            "plate": slot.plate,
            "ended": slot.lot in program.ended,
            "hammer_fen": program.ended.get(slot.lot),
            "bids": sum(bid.lot == slot.lot for bid in program.bids),
        }
        for slot in program.slots
    ]
    kept = ("verdict", "void", "began_at", "machine", "settings", "generators", "counts", "errors", "refused", "server")
    return {
        "edition": EDITION,
        "sale": notice.sale,
        "title": {"zh": notice.announce.title.zh, "en": notice.announce.title.en},
        "rules": digest(notice.announce.rules),
        "paddles": len(program.paddles),
        "displays": tried.displays,
        "seed": tried.seed,
        "lots": sold,
        "latencies_us": _microseconds(plain["latencies_ms"]),
        "thresholds": plain["thresholds"],
        **{name: _whole(plain[name]) for name in kept},
    }


def _microseconds(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        name: {column: value if column == "count" else round(value * 1000) for column, value in row.items()}
        for name, row in rows.items()
        if row["count"]
    }


def _whole(value: Any) -> Any:
    """What is signed holds no fractions: they have more than one spelling. They become text."""
    if isinstance(value, Mapping):
        return {key: _whole(each) for key, each in value.items()}
    return f"{value:.4f}" if isinstance(value, float) else value


def sign(report: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """``report`` with its statement, the house's signature over it, and the key."""
    said = statement(report)
    return {
        "report": dict(report),
        "statement": said,
        "signature": signer.sign(said.encode()).hex(),
        "key": signer.public.hex(),
    }


def statement(report: Mapping[str, Any]) -> str:
    """What is signed: the sale, its rules, and the digest of the report in its one spelling."""
    spelled = hashlib.sha256(dumps(report)).hexdigest()
    return f"luochui rehearsal v1\n{report['sale']}\n{report['rules']}\n{spelled}\n"


def check(path: Path, key: str | None) -> dict[str, Any]:
    """
    The report kept at ``path``, if it is what was signed.

    Args:
        path: The file.
        key: Whose signature is wanted, in hex; any, if left out.

    Raises:
        BenchFault: It does not hold.

    """
    try:
        signed = orjson.loads(path.read_bytes())
        report, said, public = signed["report"], str(signed["statement"]), bytes.fromhex(signed["key"])
        sound = statement(report) == said and holds(public, said.encode(), bytes.fromhex(signed["signature"]))
    except (ValueError, KeyError, TypeError):
        raise BenchFault(BenchCode.REPORT_INVALID, path.name) from None
    if not sound:
        raise BenchFault(BenchCode.REPORT_INVALID, "statement, signature")
    if key is not None and key.lower() != public.hex():
        raise BenchFault(BenchCode.REPORT_INVALID, f"key {public.hex()}")
    return {**report, "key": public.hex()}


def _first(signed: Mapping[str, Any]) -> str:
    report = signed["report"]
    rows = [(str(each["lot"]), escape(each["plate"]), _price(each), f"{each['bids']:,}") for each in report["lots"]]
    sold = table((said("lot"), said("plate"), said("hammer"), said("bids")), rows)
    proof = pairs(
        [
            (said("key"), f"<code>{signed['key']}</code>"),
            (said("rules"), f"<code>{report['rules']}</code>"),
            (said("digest"), f"<code>{signed['statement'].splitlines()[-1]}</code>"),
            (said("signature"), f"<code>{signed['signature']}</code>"),
        ]
    )
    return section("what_was_sold", sold) + section("proof", proof)


def _price(lot: Mapping[str, Any]) -> str:
    if not lot["ended"]:
        return said("not_ended")
    return said("passed") if lot["hammer_fen"] is None else escape(yuan(Fen(lot["hammer_fen"])))

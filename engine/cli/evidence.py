"""What a journal proves: ``replay``, ``verify``, ``export``, ``papers``, ``adopt``, ``witness``."""

import json
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import EXIT_FAILED, app
from engine.cli.saying import (
    JSON,
    AnchorFile,
    Data,
    Language,
    Moment,
    Place,
    Progress,
    plain,
    print_figures,
    print_json,
    refuse,
    settings_of,
)


class Table(StrEnum):
    """What to export."""

    RECORDS = "records"
    BIDS = "bids"
    LOTS = "lots"
    OCDS = "ocds"


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - a command line has its options
    journal: Place,
    digest: Annotated[bool, typer.Option("--digest", help="Print only the digest of the state.")] = False,
    until: Moment = None,
    view: Annotated[
        str | None,
        typer.Option("--view", help="Print what was on the screen of public, bidder:PADDLE or officers then (JSON)."),
    ] = None,
    papers_in: Annotated[
        Path | None, typer.Option("--papers", help="Write the papers as of that moment to this folder.")
    ] = None,
    anchor: AnchorFile = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    as_json: JSON = False,
) -> None:
    """
    Decide every command of a journal again, up to a moment, and show how the sale stood.

    The same journal gives the same digest, the same pictures and the same papers on every machine. A picture of officers or a bidder
    is for those who may hold the journal. Exit code 3: the rules decide otherwise, or the journal is not sound.
    """
    from engine import evidence
    from engine.moment import read_until

    with PlainFaults(as_json=as_json), Progress(quiet=as_json or digest or view is not None) as progress:
        moment = None if until is None else read_until(until)
        stood = evidence.standing(journal, anchor=anchor, until=moment, on_progress=progress)
        findings = stood.findings()
        seen = None if view is None else stood.seen_by(view)
        if papers_in is not None:
            settings = settings_of(config).papers
            book = evidence.book_of(journal, anchor=anchor, until=moment, on_progress=progress)
            _write_papers(book, papers_in, settings, lang=Language.ZH)
    if as_json:
        print_json(plain(findings) if seen is None else seen)
    elif digest:
        print(findings.state_digest)
    elif seen is not None:
        print(json.dumps(seen, ensure_ascii=False, indent=2))
    else:
        _print_findings(findings)


@app.command()
def verify(
    evidence_file: Annotated[
        Path,
        typer.Argument(metavar="JOURNAL|RECEIPT", help="A journal (file or folder), or a bidder's receipt (JSON)."),
    ],
    key: Annotated[
        str | None, typer.Option(help="The house's public key (hex), from a source other than the evidence itself.")
    ] = None,
    anchor: AnchorFile = None,
    as_json: JSON = False,
) -> None:
    """
    Check a journal or a single receipt, offline.

    A journal holds if every digest, the chain, every signature and every decision hold and nothing is missing before its head anchor.
    The first record at fault is named. Exit code 3: it does not hold.
    """
    from engine import evidence

    with PlainFaults(as_json=as_json):
        if evidence.is_receipt(evidence_file):
            found = evidence.check_receipt(evidence_file, key)
            said = f"the receipt holds: sale {found['sale']}, record {found['seq']}, signed by {found['key']}"
        else:
            with Progress(quiet=as_json) as progress:
                findings = evidence.replay(evidence_file, anchor=anchor, on_progress=progress)
            evidence.check_key(findings.key, key)
            found = plain(findings)
            anchored = (
                "no head anchor to compare" if findings.anchored is None else f"head anchor at {findings.anchored}"
            )
            said = f"the journal holds: sale {findings.sale}, {findings.records} records, {anchored}, signed by {findings.key}"
    if as_json:
        print_json({"holds": True, **found})
    else:
        print(said)
        if key is None:
            print("The key was taken from the evidence itself: compare it with the one the centre publishes.")


@app.command()
def export(
    journal: Place,
    table: Annotated[
        Table,
        typer.Option("--table", help="All records (JSON lines), bids or lots (CSV), or an opening as OCDS release."),
    ] = Table.RECORDS,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; standard output if left out.")] = None,
    ocid_prefix: Annotated[
        str,
        typer.Option("--ocid-prefix", help="For OCDS: as the Open Contracting Partnership registered it, ocds-xxxxxx."),
    ] = "",
    publisher: Annotated[str, typer.Option("--publisher", help="For OCDS: the name of the centre.")] = "",
) -> None:
    """
    Write what a journal holds, in full, for the archive; or, for everybody, a finished opening as OCDS 1.1 has it.

    For the public record as masked by the rule sheet, use the record page or its download links.
    """
    from engine import evidence

    make: dict[Table, Callable[..., Any]] = {
        Table.OCDS: partial(evidence.export_ocds, prefix=ocid_prefix, publisher=publisher),
        Table.RECORDS: evidence.export_records,
        Table.BIDS: evidence.export_bids,
        Table.LOTS: evidence.export_lots,
    }
    with PlainFaults(as_json=False), Progress(quiet=out is None and sys.stdout.isatty()) as progress:
        if out is None:
            sys.stdout.buffer.writelines(make[table](journal, progress))
        else:
            with out.open("wb") as file:
                file.writelines(make[table](journal, progress))


@app.command()
def papers(  # noqa: PLR0913, PLR0917 - a command line has its options
    journal: Place,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; made if it is not there.")] = Path("papers"),
    lang: Annotated[Language, typer.Option("--lang", help="Of PDF and CSV; JSON is in both.")] = Language.ZH,
    url: Annotated[
        str | None, typer.Option("--url", help="The house as the public reaches it, for the QR codes on papers.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="This paper or table only, by name; may be given several times.")
    ] = None,
    sign_cert: Annotated[
        Path | None,
        typer.Option("--sign-cert", help="Sign each PDF (PAdES) into a NAME.signed.pdf beside it: certificate (PEM)."),
    ] = None,
    sign_key: Annotated[Path | None, typer.Option("--sign-key", help="Its key (PEM, without a password).")] = None,
    until: Moment = None,
    anchor: AnchorFile = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    as_json: JSON = False,
) -> None:
    """
    Make what is signed, published and filed after a sale: PDF/A, JSON and CSV, from the journal alone.

    Record of the sale (拍卖笔录), confirmations (成交确认书), result announcement, unsold lots, integrity report and tables. The folder
    public/ may be handed to anyone, officers/ holds every paddle. The journal is verified first. The same journal gives the same
    bytes; with --until, those of the papers made at that moment. A signature (PAdES, the extra luochui[pades]) stands after the last
    byte of the paper, in a file of its own.
    """
    from engine import evidence
    from engine.moment import read_until
    from engine.papers.integrity import report_digest

    if (sign_cert is None) != (sign_key is None):
        refuse("--sign-cert and --sign-key go together.")
    signs = {} if sign_cert is None else {"papers.sign_certificate": str(sign_cert), "papers.sign_key": str(sign_key)}
    with PlainFaults(as_json=as_json):
        settings = settings_of(config, **{"papers.base_url": url}, **signs).papers
        moment = None if until is None else read_until(until)
        with Progress(quiet=as_json) as progress:
            book = evidence.book_of(journal, anchor=anchor, until=moment, on_progress=progress)
        files = _write_papers(book, out, settings, lang=lang, only=only or ())
        report = report_digest(book)
    if as_json:
        told = {"sale": book.state.sale, "seq": book.seq, "head": book.head, "report": report}
        print_json({**told, "files": [str(path) for path in files]})
        return
    print(f"sale {book.state.sale}: {len(files)} files in {out}, made from records 1 to {book.seq}, head {book.head}")
    print(f"digest of the integrity report: {report or 'none before the sale is closed'}")


@app.command()
def adopt(
    data: Data,
    sale: Annotated[str, typer.Option(help="The sale's id.")],
    anchors: Annotated[Path | None, typer.Option(help="Folder for head anchors, if not in the data folder.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="I have compared the journal with receipts and copies.")] = False,
) -> None:
    """
    Accept a journal as it is after its head anchor was lost for good.

    The whole journal is verified first. Nothing can show whether records are missing at its end: compare it with receipts, exports and
    the public record before you say --yes, and keep a note of who decided.
    """
    from engine import evidence

    with PlainFaults(as_json=False), Progress(quiet=False) as progress:
        last, head = evidence.adopt(data, sale, anchors=anchors, go_on=yes, on_progress=progress)
    if yes:
        print(f"sale {sale}: the journal stands as it is, {last} records, head {head}")
    else:
        print(f"sale {sale}: {last} records, head {head}. Say --yes to accept that as the whole record.")


@app.command()
def witness(  # noqa: PLR0913, PLR0917 - a command line has its options
    url: Annotated[str, typer.Argument(help="Where the house is: https://sale.example.cn")],
    state: Annotated[Path, typer.Option("--state", help="Folder of the witness: its key, and what it remembers.")],
    name: Annotated[str, typer.Option(help="By which it signs: a name of your own, without spaces or +.")],
    sale: Annotated[list[str] | None, typer.Option("--sale", help="Whose log; every sale's if left out.")] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", help="A log's key from elsewhere, NAME+HASH+KEY; otherwise it is believed on first sight."
        ),
    ] = None,
    every_s: Annotated[float, typer.Option(min=0.2, help="How often to look, in seconds.")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Look once.")] = False,
    as_json: JSON = False,
) -> None:
    """
    Witness the logs of a house: remember what it said, and cosign only what contradicts nothing of it.

    Run it on a machine that is not the house's. Exit code 3: the house has shown two pasts; the evidence is
    kept. 1: it could not be asked.
    """
    import trio

    from clients.witness_cli import watch

    async def look() -> bool:
        return await watch(
            url, state, name=name, sales=sale or [], keys=key or [], every_s=every_s, once=once, as_json=as_json
        )

    with PlainFaults(as_json=as_json):
        complete = trio.run(look)
        if not complete:
            raise typer.Exit(EXIT_FAILED)


def _write_papers(book: Any, out: Path, settings: Any, *, lang: Language, only: Sequence[str] = ()) -> list[Path]:
    from engine.papers.folder import write_papers
    from engine.papers.pades import signer_of
    from engine.papers.press import Press

    signer = signer_of(settings.sign_certificate, settings.sign_key)
    press = Press(settings.fonts)
    return write_papers(book, out, lang=lang.value, base_url=settings.base_url, only=only, press=press, signer=signer)


def _print_findings(findings: Any) -> None:
    from engine.domain.refusals import yuan
    from engine.moment import written

    print(f"sale {findings.sale}: {findings.records} records replayed")
    if findings.records:
        print(f"arrived      {written(findings.arrived_at)}")
        print(f"recorded     {written(findings.recorded_at)}")
    print(f"head         {findings.head}")
    print(f"state digest {findings.state_digest}")
    block = findings.block
    if block is not None:
        price = "—" if block["price_fen"] is None else yuan(block["price_fen"])
        who = "".join(f"{name} {number}" for name, number in (block["leader"] or {"": "—"}).items()).strip()
        print(f"大屏所示 the public saw: lot {block['lot']} {block['plate']} ({block['phase']}), {price}, {who}")
    print_figures(findings.figures)

"""The command line: ``luochui``."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

EXIT_FAILED: Final = 1
EXIT_WRONG_USE: Final = 2
EXIT_NOT_SOUND: Final = 3
"""A journal or receipt does not hold, or a notice cannot be read."""

EXIT_IN_USE: Final = 75
"""Another engine serves the folder; try again when it has stopped."""

EXIT_INTERRUPTED: Final = 130
EXIT_STORAGE: Final = 70
"""Storage failed while serving: what was in flight is undecided until the journal is read again."""

app = typer.Typer(
    name="luochui",
    help=(
        "落槌 Luochui: live auctions for public-resource trading centres. A bid that was acknowledged is never lost, and its "
        "place in the order can be proved.\n\nBegin with: luochui demo"
    ),
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=True,
    rich_markup_mode=None,
)

JSON = Annotated[bool, typer.Option("--json", help="Print one line of JSON for programs.")]
Data = Annotated[
    Path, typer.Option("--data", help="Folder that holds journals, anchors and keys.", envvar="LUOCHUI_DATA")
]
Place = Annotated[
    Path,
    typer.Argument(metavar="JOURNAL", help="A journal file, the folder of a sale, or a data folder with one sale."),
]
Moment = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="SEQ|TIME",
        help="As it stood then: a record's number, 10:00:05.123 of the sale's day, 2026-11-27T10:00:05.123+08:00, or "
        "nanoseconds since 1970.",
    ),
]
AnchorFile = Annotated[
    Path | None, typer.Option("--anchor", help="The head anchor, where it is not kept beside the journal.")
]


class Role(StrEnum):
    """For whom a token is made."""

    BIDDER = "bidder"
    AUCTIONEER = "auctioneer"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    REGISTRAR = "registrar"


PAGES: Final = {Role.BIDDER: "bidder", Role.SUPERVISOR: "supervisor", Role.REGISTRAR: "admission"}
"""Whose page is not the rostrum."""


class DemoKind(StrEnum):
    """Which demo is played."""

    ROSTRUM = "rostrum"
    TIMED = "timed"


class Table(StrEnum):
    """What to export."""

    RECORDS = "records"
    BIDS = "bids"
    LOTS = "lots"


class Language(StrEnum):
    """In which language papers are printed."""

    ZH = "zh-CN"
    EN = "en"


@app.command()
def serve(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Data,
    sale: Annotated[
        list[Path] | None,
        typer.Option("--sale", help="A sale's notice (TOML). Those in the data folder (*.toml) are read anyway."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one [default: 8000].")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    anchors: Annotated[Path | None, typer.Option(help="Folder for head anchors, best on another device.")] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Serve even without a sale: the first is then made at /builder.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """
    Serve the sales of a data folder: pages, HTTP and WebSocket on one port.

    A sale is described by one TOML file and the CSV files it names; put it into the data folder or name it with --sale. What was
    announced stays announced: the journal is the truth, and serving it again goes on where it stood.
    """
    from engine.app import Serving, serve_until_stopped

    def announce(serving: Serving) -> None:
        if as_json:
            _json({"url": serving.url, "sales": serving.sales})
            return
        print(f"落槌 Luochui serves {len(serving.sales)} sale(s) at {serving.url}")
        for name in serving.sales:
            print(f"  {serving.url}/sales/{name}/hall")
        print("Links for bidders and officers: luochui token --help. Ctrl-C stops.", flush=True)

    progress = _Progress(quiet=as_json)

    def on_serving(serving: Serving) -> None:
        progress.finish()
        announce(serving)

    with _plain_faults(as_json=as_json), progress:
        settings = _settings(config, host=host, port=port)
        serve_until_stopped(
            data,
            sale or [],
            settings,
            anchors=anchors,
            on_serving=on_serving,
            on_progress=progress,
            may_be_empty=empty,
        )


@app.command()
def demo(  # noqa: PLR0913, PLR0917 - a command line has its options
    kind: Annotated[DemoKind, typer.Argument(help="Which demo: by the hammer, or by the clock.")] = DemoKind.ROSTRUM,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the demo; run again on it to go on where it stood.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="To the end, without browsers, as fast as the house answers.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget an earlier demo in this folder and begin anew.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides how the robots bid.")] = 20161015,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port [default: 8000; --fast takes a free one].")] = None,
    as_json: JSON = False,
) -> None:
    """
    Play a demo sale with robots: thirty plates of the 豫H series at the rostrum, or (timed) twelve by the clock.

    Prints links: the hall screen, a paddle for you to bid with, the rostrum, the public record. Ctrl-C stops; running it again on
    the same folder resumes the same sale.
    """
    from engine.demo import Kind, play_demo

    with _plain_faults(as_json=as_json):
        figures = play_demo(
            data, kind=Kind(kind), fast=fast, fresh=fresh, seed=seed, host=host, port=port, quiet=as_json
        )
    if as_json:
        _json(figures if figures is not None else {"stopped": True})
    elif figures is not None:
        _print_figures(figures)


@app.command()
def token(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Data,
    sale: Annotated[str | None, typer.Option(help="The sale's id.")] = None,
    role: Annotated[Role | None, typer.Option(help="For whom.")] = None,
    planner: Annotated[
        bool, typer.Option("--planner", help="For one who makes sales at /builder, instead of --sale and --role.")
    ] = False,
    paddle: Annotated[int | None, typer.Option(min=1, help="The bidder's paddle.")] = None,
    name: Annotated[str, typer.Option(help="Which officer or planner; never a person's name.")] = "1",
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 31, help="How long it is good for.")] = 12,
    url: Annotated[str | None, typer.Option(help="Print a ready link to this house instead.")] = None,
    as_json: JSON = False,
) -> None:
    """
    Make a token for a bidder or an officer of a sale, or for one who makes sales.

    The token is a secret: hand it over as you would a key. In a link it stands behind '#', which browsers do not send.
    """
    from engine.app import make_planner_token, make_token

    if planner:
        if sale is not None or role is not None or paddle is not None:
            _refuse("--planner goes without --sale, --role and --paddle: it is for the whole house.")
        with _plain_faults(as_json=as_json):
            made = make_planner_token(data, name, ttl_s=int(hours * 3600))
        _print_token(made, f"planner:{name}", url, "/builder", as_json=as_json)
        return
    if sale is None or role is None:
        _refuse("Give --sale and --role, or --planner.")
    principal = _principal(role, paddle, name)
    with _plain_faults(as_json=as_json):
        made = make_token(data, sale, principal, ttl_s=int(hours * 3600))
    page = PAGES.get(role, "rostrum")
    _print_token(made, principal, url, f"/sales/{sale}/{page}", as_json=as_json)


@app.command()
def revoke(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Data,
    token_id: Annotated[
        str | None, typer.Option("--id", help="Of one token, as `luochui token` said when it was made.")
    ] = None,
    sale: Annotated[str | None, typer.Option(help="Or every token somebody has for this sale.")] = None,
    role: Annotated[Role | None, typer.Option(help="Whose.")] = None,
    planner: Annotated[
        bool, typer.Option("--planner", help="Or every token of a planner, instead of --sale and --role.")
    ] = False,
    paddle: Annotated[int | None, typer.Option(min=1, help="The bidder's paddle.")] = None,
    name: Annotated[str, typer.Option(help="Which officer or planner.")] = "1",
    as_json: JSON = False,
) -> None:
    """
    Take a token back: one that was lost, or all that somebody was given.

    A serving house knows within a second, closes what was opened with it, and answers it with 401 from then on; it need not be
    restarted. Bids that were acknowledged stand. A token made afterwards is good.
    """
    from engine.app import revoke_bearer, revoke_token
    from engine.domain.parties import Principal
    from engine.gateway.revocation import TOKEN_ID

    if token_id is not None:
        if sale is not None or role is not None or planner or paddle is not None:
            _refuse("--id goes alone: it is of one token.")
        if TOKEN_ID.fullmatch(token_id) is None:
            _refuse("--id has 32 digits and letters a to f, as `luochui token` said when the token was made.")
        with _plain_faults(as_json=as_json):
            revoke_token(data, token_id)
        said: dict[str, Any] = {"id": token_id}
    elif planner:
        if sale is not None or role is not None or paddle is not None:
            _refuse("--planner goes without --sale, --role and --paddle: it is for the whole house.")
        said = {"principal": f"planner:{name}"}
        with _plain_faults(as_json=as_json):
            revoke_bearer(data, None, Principal(said["principal"]))
    elif sale is None or role is None:
        _refuse("Give --id, or --sale and --role, or --planner.")
    else:
        said = {"sale": sale, "principal": _principal(role, paddle, name)}
        with _plain_faults(as_json=as_json):
            revoke_bearer(data, sale, said["principal"])
    if as_json:
        _json({"revoked": said})
    else:
        print("已作废，正在服务的引擎一秒内生效。Taken back; a serving house knows within a second.")


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

    with _plain_faults(as_json=as_json), _Progress(quiet=as_json or digest or view is not None) as progress:
        moment = None if until is None else read_until(until)
        stood = evidence.standing(journal, anchor=anchor, until=moment, on_progress=progress)
        findings = stood.findings()
        seen = None if view is None else stood.seen_by(view)
        if papers_in is not None:
            settings = _settings(config).papers
            book = evidence.book_of(journal, anchor=anchor, until=moment, on_progress=progress)
            _write_papers(book, papers_in, settings, lang=Language.ZH)
    if as_json:
        _json(_plain(findings) if seen is None else seen)
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

    with _plain_faults(as_json=as_json):
        if evidence.is_receipt(evidence_file):
            found = evidence.check_receipt(evidence_file, key)
            said = f"the receipt holds: sale {found['sale']}, record {found['seq']}, signed by {found['key']}"
        else:
            with _Progress(quiet=as_json) as progress:
                findings = evidence.replay(evidence_file, anchor=anchor, on_progress=progress)
            evidence.check_key(findings.key, key)
            found = _plain(findings)
            anchored = (
                "no head anchor to compare" if findings.anchored is None else f"head anchor at {findings.anchored}"
            )
            said = f"the journal holds: sale {findings.sale}, {findings.records} records, {anchored}, signed by {findings.key}"
    if as_json:
        _json({"holds": True, **found})
    else:
        print(said)
        if key is None:
            print("The key was taken from the evidence itself: compare it with the one the centre publishes.")


@app.command()
def export(
    journal: Place,
    table: Annotated[
        Table, typer.Option("--table", help="All records (JSON lines), or bids or lots (CSV).")
    ] = Table.RECORDS,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; standard output if left out.")] = None,
) -> None:
    """
    Write what a journal holds, in full, for the archive.

    For the public record as masked by the rule sheet, use the record page or its download links.
    """
    from engine import evidence

    make: dict[Table, Callable[..., Any]] = {
        Table.RECORDS: evidence.export_records,
        Table.BIDS: evidence.export_bids,
        Table.LOTS: evidence.export_lots,
    }
    with _plain_faults(as_json=False), _Progress(quiet=out is None and sys.stdout.isatty()) as progress:
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
    until: Moment = None,
    anchor: AnchorFile = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    as_json: JSON = False,
) -> None:
    """
    Make what is signed, published and filed after a sale: PDF/A, JSON and CSV, from the journal alone.

    Record of the sale (拍卖笔录), confirmations (成交确认书), result announcement, unsold lots, integrity report and tables. The folder
    public/ may be handed to anyone, officers/ holds every paddle. The journal is verified first. The same journal gives the same
    bytes; with --until, those of the papers made at that moment.
    """
    from engine import evidence
    from engine.moment import read_until
    from engine.papers.integrity import report_digest

    with _plain_faults(as_json=as_json):
        settings = _settings(config, **{"papers.base_url": url}).papers
        moment = None if until is None else read_until(until)
        with _Progress(quiet=as_json) as progress:
            book = evidence.book_of(journal, anchor=anchor, until=moment, on_progress=progress)
        files = _write_papers(book, out, settings, lang=lang, only=only or ())
        report = report_digest(book)
    if as_json:
        told = {"sale": book.state.sale, "seq": book.seq, "head": book.head, "report": report}
        _json({**told, "files": [str(path) for path in files]})
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

    with _plain_faults(as_json=False), _Progress(quiet=False) as progress:
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

    with _plain_faults(as_json=as_json):
        complete = trio.run(look)
        if not complete:
            raise typer.Exit(EXIT_FAILED)


@app.command()
def backup(  # noqa: PLR0913, PLR0917 - a command line has its options
    place: Annotated[Path, typer.Argument(metavar="BACKUP", help="Folder of the backup: a new one, or one to check.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="The data folder to copy; without it an existing backup is checked.")
    ] = None,
    anchors: Annotated[Path | None, typer.Option(help="Folder for head anchors, if not in the data folder.")] = None,
    anchors_to: Annotated[
        Path | None, typer.Option(help="Copy the anchors there, on another device than the backup.")
    ] = None,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Copy the private keys too: whoever has them can sign as the house.")
    ] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Decide every record of the backup again.")] = False,
    as_json: JSON = False,
) -> None:
    """
    Copy everything that must be kept to a new folder, also while an engine serves; or check a backup.

    luochui backup BACKUP --data DIR: journals, notices and cosigned checkpoints, with a manifest; the copy is verified as it is made.
    luochui backup BACKUP --verify: compare an existing one with its manifest, and decide every record again. Exit code 3: it does not
    hold, and the first record at fault is named. Head anchors are not part of a backup: keep them apart.
    """
    from engine.backup.check import check
    from engine.backup.take import take
    from engine.room.house import DataFolder

    if data is None and not verify:
        _refuse("Give --data to make a backup, or --verify to check the one that is there.")
    if data is None and (with_keys or anchors_to is not None):
        _refuse("--with-keys and --anchors-to go with --data.")
    with _plain_faults(as_json=as_json), _Progress(quiet=as_json) as progress:
        if data is None:
            made = check(place, anchors=anchors, on_progress=progress)
        else:
            made = take(
                DataFolder(data, anchors),
                place,
                keys=with_keys,
                anchors_to=anchors_to,
                verify=verify,
                on_progress=progress,
            )
    if as_json:
        _json(_plain(made))
        return
    print(f"the backup holds: {len(made.files)} files, {len(made.sales)} sale(s), taken {made.taken_at}")
    for one in made.sales:
        print(f"  {one.sale}: {one.records} records, head {one.head}")
    if data is not None and anchors_to is None:
        print("Head anchors are not in it: keep them on another device, or copy them with --anchors-to.")
    if not made.keys:
        print("Private keys are not in it: keep a copy of keys/ under lock and key.")


@app.command()
def restore(
    place: Annotated[Path, typer.Argument(metavar="BACKUP", help="Folder of the backup.")],
    data: Annotated[Path, typer.Option("--data", help="Folder to restore to: a new one, or empty.")],
    anchors: Annotated[
        Path | None,
        typer.Option(help="Folder of the head anchors that were kept apart: proves that nothing is missing."),
    ] = None,
    as_json: JSON = False,
) -> None:
    """
    Put a backup into a new data folder, ready to be served.

    Nothing is overwritten; every record is decided again before and after. With --anchors a backup is refused that lacks a record
    which was acknowledged, and the first one missing is named. Exit code 3: it does not hold, or something is in the folder.
    """
    from engine.backup.restore import restore as put_back

    with _plain_faults(as_json=as_json), _Progress(quiet=as_json) as progress:
        done = put_back(place, data, anchors=anchors, on_progress=progress)
    if as_json:
        _json(_plain(done))
        return
    print(f"restored to {data}: {len(done.manifest.sales)} sale(s), as of {done.manifest.taken_at}")
    for one in done.manifest.sales:
        print(f"  {one.sale}: {one.records} records, head {one.head}")
    if not done.key_there:
        print(f"Put the signing key back before serving: {data}/keys/journal.pem, readable by its owner only.")
    if done.without_anchor:
        print(
            f"No head anchor for {', '.join(done.without_anchor)}: nothing shows whether records were acknowledged after this"
        )
        print("backup. Compare with receipts and the public record, then accept it as it is: luochui adopt --help")
    where = f" --anchors {anchors}" if anchors is not None else ""
    print(f"Then: luochui doctor --data {data}{where} --deep; luochui serve --data {data}{where}")


@app.command()
def api(
    openapi: Annotated[bool, typer.Option("--openapi", help="What is answered over HTTP (OpenAPI 3.1).")] = False,
    asyncapi: Annotated[bool, typer.Option("--asyncapi", help="What is said on a socket (AsyncAPI 3).")] = False,
) -> None:
    """
    Print the protocol as a document for programs, made from the code.

    A running house serves the same at /api/openapi.json and /api/asyncapi.json, and a page to read at /api.
    """
    from engine import describe

    if openapi == asyncapi:
        _refuse("Say one of --openapi and --asyncapi.")
    document = describe.openapi() if openapi else describe.asyncapi()
    sys.stdout.write(describe.written(document))


@app.command()
def health(
    url: Annotated[str, typer.Argument(help="Where the house listens.")] = "http://127.0.0.1:8000",
) -> None:
    """
    Ask a running house whether it serves. Exit code 0: it does.

    A trial certificate is trusted with SSL_CERT_FILE=ca.pem.
    """
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/readyz", timeout=3) as answer:  # noqa: S310 - the address is the caller's own
            print(answer.read().decode())
    except (urllib.error.URLError, OSError, ValueError) as error:
        print(f"not serving: {error}", file=sys.stderr)
        raise typer.Exit(1) from None


@app.command()
def doctor(  # noqa: PLR0913, PLR0917 - a command line has its options
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder that holds journals, anchors and keys.", envvar="LUOCHUI_DATA")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    anchors: Annotated[Path | None, typer.Option(help="Folder for head anchors, if not in the data folder.")] = None,
    host: Annotated[str | None, typer.Option(help="Address the house listens on, as for serve.")] = None,
    port: Annotated[int | None, typer.Option(help="Its port, as for serve.")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Decide every record again, as verify does.")] = False,
    as_json: JSON = False,
) -> None:
    """
    Look whether a sale can be held here: clock, disk, fonts, port, TLS, keys, limits, folders, journals and anchors.

    Each finding is ok, a warning or a fault, and says what to do; what is wrong with a journal is said with the first record at fault.
    It may run beside a serving engine, which does not notice: nothing is locked and journals are read from a copy. Exit code 0: no
    fault. Exit code 3: at least one.
    """
    from engine.doctor.finding import Verdict, worst
    from engine.doctor.rounds import go_round

    findings = []
    with _plain_faults(as_json=as_json), _Progress(quiet=as_json) as progress:
        settings = _settings(config, host=host, port=port)
        for finding in go_round(settings, data, anchors, deep=deep, on_progress=progress):
            findings.append(finding)
            if not as_json:
                print(f"{finding.verdict:8} {finding.check:18} {finding.zh}\n{'':27} {finding.en}", flush=True)
    verdict = worst(findings)
    if as_json:
        _json({"verdict": verdict, "findings": [_plain(finding) for finding in findings]})
    else:
        bad = sum(finding.verdict is Verdict.FAULT for finding in findings)
        notes = sum(finding.verdict is Verdict.WARNING for finding in findings)
        print(f"{len(findings)} 项检查 checks: {bad} 项故障 fault(s), {notes} 项提醒 warning(s)")
    if verdict is Verdict.FAULT:
        raise typer.Exit(EXIT_NOT_SOUND)


settings_app = typer.Typer(help="Look at settings.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(settings_app, name="config")


@settings_app.command()
def show(
    config: Annotated[Path | None, typer.Option(help="Settings (TOML).", envvar="LUOCHUI_CONFIG")] = None,
    origin: Annotated[
        bool, typer.Option("--origin", help="Say of each where it came from: default, file or variable.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """
    Show every setting with its value and unit, as serve would use it.

    A later source beats an earlier one: what stands in the code, the file, the environment (LUOCHUI_GROUP_SETTING), the command line.
    """
    from engine.config import shown, unit

    with _plain_faults(as_json=as_json):
        found = [(name, shown(name, value), unit(name), source) for name, value, source in _settings(config).settings()]
    if as_json:
        _json(
            {
                name: {"value": value, "unit": counts, **({"origin": source} if origin else {})}
                for name, value, counts, source in found
            }
        )
        return
    for name, value, counts, source in found:
        said = json.dumps(value, ensure_ascii=False)
        print(f"{name:34} {said:24} {counts:13}{source if origin else ''}".rstrip())


@app.command(name="gen-cert")
def gen_cert(
    data: Data,
    host: Annotated[
        list[str], typer.Option("--host", help="A name or address that people type; say it again for more.")
    ],
    days: Annotated[int, typer.Option(min=1, max=90, help="How long it is good for.")] = 30,
    fresh: Annotated[bool, typer.Option("--fresh", help="Replace the pair made before.")] = False,
    as_json: JSON = False,
) -> None:
    """
    Make a certificate for a trial with TLS on the one port.

    For trials only: browsers trust it after its authority (ca.pem) was installed on each of them. The authority's key is thrown away,
    so nothing else can ever be signed with it. For a real sale use a certificate of a public authority, best in a proxy in front.
    """
    from engine.port import make_trial_certificate

    with _plain_faults(as_json=as_json):
        made = make_trial_certificate(data, host, days=days, fresh=fresh)
    if as_json:
        _json({name: str(path) for name, path in made.items()})
        return
    print(f"仅供试用 for trials only, {days} 天 days: {', '.join(host)}")
    print(f"  证书 certificate  {made['certificate']}")
    print(f"  私钥 key          {made['key']}  (0600)")
    print(f"  根证书 authority  {made['authority']}")
    print("各终端须先信任根证书。Trust the authority on each device first:")
    print(f"  Debian/Ubuntu  sudo cp {made['authority']} /usr/local/share/ca-certificates/luochui-trial.crt")
    print("                 sudo update-ca-certificates")
    print("  Windows        certutil -addstore Root ca.pem")
    print("  Firefox        设置-证书-导入 Settings, Certificates, Import")
    print("  programs       SSL_CERT_FILE=ca.pem luochui health https://…")
    print("启用 Serve with it:")
    print(f"  LUOCHUI_HTTP_TLS_CERTIFICATE={made['certificate']} \\")
    print(f"  LUOCHUI_HTTP_TLS_KEY={made['key']} luochui serve --data {data}")


def main() -> None:
    """Run the command line."""
    app()


# What commands share.


def _settings(path: Path | None, **flags: Any) -> Any:
    from engine.config import load_config

    return load_config(path, flags={name: value for name, value in flags.items() if value is not None})


def _json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), flush=True)


def _plain(findings: Any) -> dict[str, Any]:
    from engine.domain.canonical import plain

    told: dict[str, Any] = plain(findings)
    return told


def _write_papers(book: Any, out: Path, settings: Any, *, lang: Language, only: Sequence[str] = ()) -> list[Path]:
    from engine.papers.folder import write_papers
    from engine.papers.press import Press

    return write_papers(book, out, lang=lang.value, base_url=settings.base_url, only=only, press=Press(settings.fonts))


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
    _print_figures(findings.figures)


def _print_figures(figures: dict[str, Any]) -> None:
    from engine.domain.refusals import yuan

    if not figures:
        return
    print(
        f"{figures['sale']} ({figures['phase']}): {figures['sold']} of {figures['lots']} lots sold, {figures['passed']} passed"
    )
    print(f"成交总额 turnover {yuan(figures['turnover_fen'])}, 起拍总额 opening {yuan(figures['opening_fen'])}", end="")
    print(f", 溢价率 premium {figures['premium']}" if figures["premium"] else "")
    if figures["top"]:
        print(f"标王 top lot {figures['top']['plate']} {yuan(figures['top']['hammer_fen'])}")


def _principal(role: Role, paddle: int | None, name: str) -> Any:
    from engine.domain.parties import Principal, bidder
    from engine.domain.units import PaddleNo

    if (role is Role.BIDDER) != (paddle is not None):
        _refuse("--paddle goes with --role bidder, and only with it.")
    return bidder(PaddleNo(paddle)) if paddle is not None else Principal(f"{role}:{name}")


def _print_token(token: str, principal: str, url: str | None, page: str, *, as_json: bool) -> None:
    from engine.gateway.tokens import token_id

    link = f"{url.rstrip('/')}{page}#token={token}" if url else None
    if as_json:
        _json({"token": token, "id": token_id(token), "principal": principal, "link": link})
    else:
        print(link or token)
        # Beside the token, which scripts take from stdout: what the desk notes down, to take it back by.
        print(f"编号 id {token_id(token)}  (luochui revoke --id)", file=sys.stderr)


def _refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    raise typer.Exit(EXIT_WRONG_USE)


class _Progress:
    """A line on the terminal for what takes more than two seconds."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet or not sys.stderr.isatty()
        self._shown = False

    def __enter__(self) -> "_Progress":
        import time

        self._now = time.monotonic
        self._next = self._now() + 2
        return self

    def __call__(self, seq: int) -> None:
        if not self._quiet and self._now() >= self._next:
            self._next = self._now() + 0.5
            self._shown = True
            print(f"\rrecord {seq:,}", end="", file=sys.stderr, flush=True)

    def finish(self) -> None:
        """End the line, if there is one."""
        if self._shown:
            self._shown = False
            print(file=sys.stderr)

    def __exit__(self, *_: object) -> None:
        self.finish()


class _plain_faults:  # noqa: N801 - reads as a phrase
    """Says what went wrong in one plain sentence, and ends with its exit code."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        if isinstance(error, BrokenPipeError):
            # Who read has read enough. Nothing more is to be said, not even by Python on its way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        code = exit_code(error)
        if code is None:
            return
        if code == EXIT_INTERRUPTED:
            raise typer.Exit(code) from None
        if self._as_json:
            zh = getattr(error, "zh", None)
            told = {"fault": getattr(error, "code", type(error).__name__), "message": str(error)}
            _json(told if zh is None else told | {"zh": zh})
        print(str(error), file=sys.stderr)
        raise typer.Exit(code) from None


def exit_code(error: BaseException | None) -> int | None:
    """The exit code for a fault we can explain; None for others, which are ours."""
    from clients.socket import NotLetIn
    from clients.witness import Contradiction, WitnessFault
    from engine.app import NothingToServe
    from engine.backup.manifest import BackupFault
    from engine.certificates import CertificateTrouble
    from engine.config import ConfigFault
    from engine.demo import NotTheDemo
    from engine.doctor.rounds import NoFolder
    from engine.evidence import EvidenceFault, NoJournal
    from engine.gateway.tokens import KeyTrouble
    from engine.journal.faults import JournalFault, JournalLocked, StorageFault
    from engine.moment import NoSuchMoment
    from engine.notice import NoticeFault
    from engine.papers.book import NothingOnRecord
    from engine.papers.folder import NoSuchPaper
    from engine.papers.press import FontsMissing
    from engine.room.house import NoticeConflict
    from engine.wire.note import NoteFault

    match error:
        case StorageFault():
            return EXIT_STORAGE
        case JournalLocked():
            return EXIT_IN_USE
        case JournalFault() | EvidenceFault() | NoticeFault() | NoticeConflict() | Contradiction() | BackupFault():
            return EXIT_NOT_SOUND
        case NoJournal() | ConfigFault() | NothingToServe() | NotTheDemo() | NoFolder():
            return EXIT_WRONG_USE
        case NothingOnRecord() | NoSuchPaper() | NoSuchMoment() | WitnessFault() | NoteFault():
            return EXIT_WRONG_USE
        case KeyTrouble() | CertificateTrouble() | NotLetIn() | FontsMissing() | OSError():
            return EXIT_FAILED
        case KeyboardInterrupt():
            return EXIT_INTERRUPTED
        case _:
            return None

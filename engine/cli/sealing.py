"""Sealed bids: ``seal``, ``unseal``, and ``hall`` for trustees. Nothing here asks a house; all of it runs offline."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.devices import Pin, UsbKey, usb_bidder
from engine.cli.faults import PlainFaults
from engine.cli.program import app
from engine.cli.saying import JSON, Progress, print_json, refuse

if TYPE_CHECKING:
    from clients.seal import Bidder

hall_app = typer.Typer(
    help="The hall key of a tender, dealt to trustees (份额持有人): deal it, and answer for envelopes at the opening.",
    no_args_is_help=True,
)
app.add_typer(hall_app, name="hall")

Envelope = Annotated[Path, typer.Argument(metavar="ENVELOPE", help="The folder of a sealed envelope.")]
Hall = Annotated[Path, typer.Option("--hall", help="The tender's hall key (hall.json).")]
Words = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File with the passphrase of the recovery file. Without it: LUOCHUI_PASSPHRASE, or you are asked.",
    ),
]
FILE_BYTES_MAX = 1 << 20


@app.command()
def seal(  # noqa: PLR0913, PLR0917 - a command line has its options
    envelope: Envelope,
    hall: Hall,
    bidder: Annotated[str, typer.Option(help="The bidder's id, as the tender knows it.")],
    sheet: Annotated[Path, typer.Option(help="What is read out (开标一览表): one JSON object, money in fen.")],
    recovery: Annotated[
        Path, typer.Option(help="Where to write the recovery file: keep it apart, tell nobody the passphrase.")
    ],
    sign_cert: Annotated[Path | None, typer.Option(help="The signing certificate (PEM).")] = None,
    sign_key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    encrypt_cert: Annotated[Path | None, typer.Option(help="The encryption certificate (PEM).")] = None,
    passphrase_file: Words = None,
    encrypt_key: Annotated[Path | None, typer.Option(help="The encryption key (PEM), for the self-test.")] = None,
    usb_key: UsbKey = None,
    pin_file: Pin = None,
    file: Annotated[list[Path] | None, typer.Option(help="A document; once for each.")] = None,
    section: Annotated[str, typer.Option(help="The section (标段).")] = "1",
    version: Annotated[int, typer.Option(help="From 1; each replacement has the next.")] = 1,
    remedy: Annotated[
        bool,
        typer.Option("--remedy", help="The tender announces the remedy (补救方案): trustees can open if you cannot."),
    ] = False,
) -> None:
    """
    Seal a bid (加密投标文件) on this machine, and open it again to be sure.

    Prints the manifest: one line of JSON, what the bidder signed. The envelope is what is submitted; the recovery file stays at home.
    """
    from clients import seal as sealing
    from engine.sealing.context import Context
    from engine.sealing.trustees import read_hall

    files = (sign_cert, sign_key, encrypt_cert, encrypt_key)
    with (
        PlainFaults(as_json=False),
        _bidder(files, usb_key, pin_file) as who,
        Progress(quiet=False, what="chunk") as progress,
    ):
        if recovery.exists():
            refuse(f"{recovery} exists already.")
        whose = read_hall(_bytes(hall))
        manifest, recovered = sealing.seal(
            sealing.Bid(
                context=Context(
                    suite=whose.suite, tender=whose.tender, section=section, bidder=bidder, version=version
                ),
                sheet=_object(sheet),
                files=tuple(file or ()),
                remedy=remedy,
            ),
            whose,
            who,
            envelope,
            passphrase=_passphrase(passphrase_file),
            told=lambda done, _: progress(done),
        )
        _keep(recovery, recovered)
    print(manifest.write().decode())


@app.command()
def unseal(  # noqa: PLR0913, PLR0917 - a command line has its options
    envelope: Envelope,
    hall: Hall,
    key: Annotated[Path | None, typer.Option(help="The encryption key (PEM).")] = None,
    recovery: Annotated[Path | None, typer.Option(help="The recovery file, instead of the key.")] = None,
    passphrase_file: Words = None,
    remedy: Annotated[
        list[Path] | None, typer.Option(help="A trustee's answer for the bidder's half; once for each.")
    ] = None,
    answer: Annotated[
        list[Path] | None, typer.Option(help="A trustee's answer for the hall's half; once for each.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Folder to write the documents to; it is made.")] = None,
    usb_key: UsbKey = None,
    pin_file: Pin = None,
    as_json: JSON = False,
) -> None:
    """
    Open an envelope (解密), or, without answers of trustees, print the bidder's half: the only thing that leaves this machine.

    With answers of enough trustees, prints the opening sheet, and writes the documents if --to is given. Exit code 3: something does
    not hold, and it is said what, and whose.
    """
    from clients import seal as sealing
    from engine.sealing import envelope as envelopes
    from engine.sealing import halves
    from engine.sealing.pem import read_private_key
    from engine.sealing.recovery import open_recovery
    from engine.sealing.shares import read_answer
    from engine.sealing.trustees import read_hall

    if sum(one is not None for one in (key, usb_key, recovery, remedy)) != 1:
        refuse("Give one of --key, --usb-key, --recovery and --remedy.")
    with PlainFaults(as_json=as_json):
        whose, manifest = read_hall(_bytes(hall)), sealing.read_envelope(envelope)

        def answers(files: list[Path]) -> list[Any]:
            return [read_answer(_bytes(one), whose) for one in files]

        if key is not None:
            own = envelopes.unwrap_own(manifest, read_private_key(_bytes(key)))
        elif usb_key is not None:
            with usb_bidder(usb_key, pin_file) as who:
                assert who.encryption_key is not None
                own = envelopes.unwrap_own(manifest, who.encryption_key)
        elif recovery is not None:
            own = open_recovery(_bytes(recovery), manifest, _passphrase(passphrase_file))
        else:
            own = envelopes.unwrap_remedy(manifest, whose, answers(remedy or []))
        if not answer:
            print_json({"manifest": manifest.digest().hex(), "half": own.hex()})
            return
        data_key = halves.data_key(manifest, own, envelopes.unwrap_hall(manifest, whose, answers(answer)))
        print_json(sealing.open_sheet(envelope, data_key, manifest))
        if to is not None:
            sealing.open_documents(envelope, data_key, manifest, to)


@hall_app.command("deal")
def deal_hall(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Made by this: hall.json and a share for each trustee.")
    ],
    tender: Annotated[str, typer.Option(help="The tender's id.")],
    trustee: Annotated[
        list[str], typer.Option(metavar="NAME=CERTIFICATE", help="A trustee and his certificate (PEM); once for each.")
    ],
    sm: Annotated[bool, typer.Option("--sm", help="SM2/SM3/SM4-GCM (商用密码) instead of P-256 and AES.")] = False,
    threshold: Annotated[int, typer.Option(help="How many open together.")] = 2,
) -> None:
    """
    Make the hall key of a tender and deal it to trustees. Its private half is in no file and is forgotten when this ends.

    hall.json is public and belongs to the tender. Each share opens with its trustee's private key only.
    """
    from engine.sealing.pem import read_credential
    from engine.sealing.shares import write_share
    from engine.sealing.suites import COMMERCIAL, INTERNATIONAL
    from engine.sealing.trustees import deal

    named = [one.partition("=") for one in trustee]
    if not all(name and path for name, _, path in named):
        refuse("A trustee is given as NAME=CERTIFICATE.")
    with PlainFaults(as_json=False):
        holders = [read_credential(_bytes(Path(path))).key for _, _, path in named]
        suite = COMMERCIAL if sm else INTERNATIONAL
        hall, shares = deal(suite, tender, [name for name, _, _ in named], threshold, secrets.token_bytes)
        folder.mkdir()
        (folder / "hall.json").write_bytes(hall.write())
        for share, holder in zip(shares, holders, strict=True):
            _keep(folder / f"share-{share.trustee}.json", write_share(hall, share, holder, secrets.token_bytes))
    print(hall.digest().hex())


@hall_app.command("answer")
def answer_for(
    envelope: Envelope,
    hall: Hall,
    share: Annotated[Path, typer.Option(help="The trustee's share.")],
    key: Annotated[Path, typer.Option(help="The trustee's private key (PEM).")],
    remedy: Annotated[
        bool, typer.Option("--remedy", help="For the bidder's half, where an officer decided on the remedy.")
    ] = False,
) -> None:
    """
    A trustee's answer for one envelope, with its proof: one line of JSON.

    Not before submission has closed and the root of all envelopes was published: an answer is a part of a key.
    """
    from clients import seal as sealing
    from engine.sealing.halves import HALL, REMEDY
    from engine.sealing.pem import read_private_key
    from engine.sealing.shares import read_share, write_answer
    from engine.sealing.trustees import answer, read_hall

    with PlainFaults(as_json=False):
        whose, manifest = read_hall(_bytes(hall)), sealing.read_envelope(envelope)
        if manifest.hall != whose.digest():
            refuse("The envelope is sealed to another hall key.")
        wrapped = manifest.wrap_remedy if remedy else manifest.wrap_hall
        if wrapped is None:
            refuse("The envelope has no remedy: only its bidder can open it.")
        mine = read_share(_bytes(share), whose, read_private_key(_bytes(key)))
        info = manifest.context.purpose(REMEDY if remedy else HALL)
        print(write_answer(whose, answer(whose, mine, wrapped, info, secrets.token_bytes)).decode())


@hall_app.command("answers")
def answers_for(
    wanted: Annotated[Path, typer.Argument(metavar="WANTED", help="What the trustee's page saved (wanted.json).")],
    hall: Hall,
    share: Annotated[Path, typer.Option(help="The trustee's share.")],
    key: Annotated[Path, typer.Option(help="The trustee's private key (PEM).")],
) -> None:
    """
    A trustee's answers for all that an opening wants of him: one line of JSON, for his page.

    Nothing is asked of the house; share and key stay on this machine.
    """
    from clients.opening import answer_wanted
    from engine.sealing.pem import read_private_key
    from engine.sealing.shares import read_share
    from engine.sealing.trustees import read_hall

    with PlainFaults(as_json=False):
        whose = read_hall(_bytes(hall))
        mine = read_share(_bytes(share), whose, read_private_key(_bytes(key)))
        try:
            due = [
                {
                    "section": each["section"],
                    "bidder": each["bidder"],
                    "half": each["half"],
                    "manifest": each["manifest"],
                }
                for each in json.loads(_bytes(wanted))["wanted"]
            ]
        except (ValueError, KeyError, TypeError):
            refuse("This is not what the trustee's page saves.")
        made = [{**answer_wanted(whose, mine, each, secrets.token_bytes), "half": each["half"]} for each in due]
        print(json.dumps({"answers": made}, ensure_ascii=False))


@contextmanager
def _bidder(files: tuple[Path | None, ...], usb_key: str | None, pin_file: Path | None) -> "Iterator[Bidder]":
    """Who seals: from files, or by a USB key."""
    from clients.seal import Bidder
    from engine.sealing.pem import read_credential, read_private_key

    if usb_key is not None:
        if any(files):
            refuse("--usb-key goes without certificates and keys in files.")
        with usb_bidder(usb_key, pin_file) as bidder:
            yield bidder
        return
    sign_cert, sign_key, encrypt_cert, encrypt_key = files
    if sign_cert is None or sign_key is None or encrypt_cert is None:
        refuse("Give --sign-cert, --sign-key and --encrypt-cert, or --usb-key.")
    yield Bidder(
        signing=read_credential(_bytes(sign_cert)),
        signing_key=read_private_key(_bytes(sign_key)),
        encryption=read_credential(_bytes(encrypt_cert)),
        encryption_key=None if encrypt_key is None else read_private_key(_bytes(encrypt_key)),
    )


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(FILE_BYTES_MAX).strip()


def _passphrase(path: Path | None) -> str:
    """Never an option of its own: what stands on a command line, others on the machine can read."""
    if path is not None:
        return _bytes(path).decode()
    return os.environ.get("LUOCHUI_PASSPHRASE") or str(typer.prompt("Passphrase of the recovery file", hide_input=True))


def _object(path: Path) -> Any:
    try:
        return json.loads(_bytes(path))
    except ValueError:
        refuse(f"{path} holds no JSON.")


def _keep(path: Path, data: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(data)

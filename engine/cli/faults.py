"""Faults, said in one plain sentence."""

import os
import sys

import typer

from engine.cli.program import EXIT_FAILED, EXIT_IN_USE, EXIT_INTERRUPTED, EXIT_NOT_SOUND, EXIT_STORAGE, EXIT_WRONG_USE
from engine.cli.saying import print_json


class PlainFaults:
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
            print_json(told if zh is None else told | {"zh": zh})
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
    from engine.reenactment.demo import UnknownMonth
    from engine.room.house import NoticeConflict
    from engine.sealing.faults import SealFault
    from engine.wire.note import NoteFault

    match error:
        case StorageFault():
            return EXIT_STORAGE
        case JournalLocked():
            return EXIT_IN_USE
        case (
            JournalFault()
            | EvidenceFault()
            | NoticeFault()
            | NoticeConflict()
            | Contradiction()
            | BackupFault()
            | SealFault()
        ):
            return EXIT_NOT_SOUND
        case NoJournal() | ConfigFault() | NothingToServe() | NotTheDemo() | NoFolder() | UnknownMonth():
            return EXIT_WRONG_USE
        case NothingOnRecord() | NoSuchPaper() | NoSuchMoment() | WitnessFault() | NoteFault():
            return EXIT_WRONG_USE
        case KeyTrouble() | CertificateTrouble() | NotLetIn() | FontsMissing() | OSError():
            return EXIT_FAILED
        case KeyboardInterrupt():
            return EXIT_INTERRUPTED
        case _:
            return None

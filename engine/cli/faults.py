"""Faults, said in one plain sentence."""

import os
import sys
from typing import Final

import typer

from engine.cli.program import EXIT_FAILED, EXIT_IN_USE, EXIT_INTERRUPTED, EXIT_NOT_SOUND, EXIT_STORAGE, EXIT_WRONG_USE
from engine.cli.saying import print_json

CODES: Final = {
    "engine.journal.faults.StorageFault": EXIT_STORAGE,
    "engine.journal.faults.JournalLocked": EXIT_IN_USE,
    "builtins.KeyboardInterrupt": EXIT_INTERRUPTED,
    **dict.fromkeys(
        (
            "clients.witness.Contradiction",
            "engine.backup.manifest.BackupFault",
            "engine.evidence.EvidenceFault",
            "engine.journal.faults.JournalFault",
            "engine.notice.faults.NoticeFault",
            "engine.room.house.NoticeConflict",
            "engine.sealing.faults.SealFault",
            "engine.trust.faults.TrustFault",
        ),
        EXIT_NOT_SOUND,
    ),
    **dict.fromkeys(
        (
            "clients.witness.WitnessFault",
            "engine.cluster.carrier.AddressFault",
            "engine.config.ConfigFault",
            "engine.demo_house.NotTheDemo",
            "engine.doctor.rounds.NoFolder",
            "engine.evidence.NoJournal",
            "engine.moment.NoSuchMoment",
            "engine.papers.book.NothingOnRecord",
            "engine.papers.folder.NoSuchPaper",
            "engine.papers.pades.PadesFault",
            "engine.papers.ocds.NoPrefix",
            "engine.passes.NothingToServe",
            "engine.reenactment.demo.UnknownMonth",
            "engine.wire.note.NoteFault",
        ),
        EXIT_WRONG_USE,
    ),
    **dict.fromkeys(
        (
            "builtins.OSError",
            "clients.socket.NotLetIn",
            "clients.usbkey.faults.KeyFault",
            "engine.certificates.CertificateTrouble",
            "engine.cluster.carrier.CarrierRefused",
            "engine.cluster_demo.processes.ClusterDemoFault",
            "engine.gateway.tokens.KeyTrouble",
            "engine.papers.press.FontsMissing",
        ),
        EXIT_FAILED,
    ),
}
"""Faults we can explain, by name: a command reads the modules it needs, and not all that might have faults of their own."""


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
    kinds = () if error is None else type(error).__mro__
    return next((CODES[name] for kind in kinds if (name := f"{kind.__module__}.{kind.__qualname__}") in CODES), None)

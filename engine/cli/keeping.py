"""Copies of all that must be kept: ``backup``, ``restore``."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import app
from engine.cli.saying import JSON, Progress, plain, print_json, refuse


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
    from engine.room.folder import DataFolder

    if data is None and not verify:
        refuse("Give --data to make a backup, or --verify to check the one that is there.")
    if data is None and (with_keys or anchors_to is not None):
        refuse("--with-keys and --anchors-to go with --data.")
    with PlainFaults(as_json=as_json), Progress(quiet=as_json) as progress:
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
        print_json(plain(made))
        return
    print(f"the backup holds: {len(made.files)} files, {len(made.sales)} sale(s), taken {made.taken_at}")
    for one in made.sales:
        print(f"  {one.sale}: {one.records} records, head {one.head}")
        if one.envelopes_lacking:
            print(
                f"  {one.sale}: {one.envelopes_lacking} sealed envelope(s) on the record are not wholly in the data folder, and not "
                "in this backup: see luochui doctor"
            )
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

    with PlainFaults(as_json=as_json), Progress(quiet=as_json) as progress:
        done = put_back(place, data, anchors=anchors, on_progress=progress)
    if as_json:
        print_json(plain(done))
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

"""One's own sale before it is held: ``bench rehearse``, ``bench check``."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.benching import BenchFaults, DataOf, Out, OwnHost, Pid, Url, bench_app, end
from engine.cli.saying import JSON, print_json


@bench_app.command()
def rehearse(  # noqa: PLR0913, PLR0917 - a command line has its options
    notice: Annotated[Path, typer.Argument(metavar="SALE.toml", help="The notice of your own sale.")],
    scenario: Annotated[
        Path | None,
        typer.Option(help="How each lot is bid for, who looks on, what must hold [default: rehearsal.toml]."),
    ] = None,
    lots: Annotated[int, typer.Option(min=0, help="Only the first so many lots; 0: all.")] = 0,
    url: Url = None,
    data: DataOf = None,
    sign_with: Annotated[
        Path | None, typer.Option(help="Data folder whose journal key signs the report [default: the rehearsal's own].")
    ] = None,
    pid: Pid = None,
    out: Out = None,
    own_host: OwnHost = False,
    as_json: JSON = False,
) -> None:
    """
    Rehearse your own sale with fake bidders, lot by lot to the hammer, and write a signed report.

    Without --url a house is started for it, and its journal stays beside the report. With --url the running house's data folder
    must hold a file called rehearsal: what is bid stays on its record.

    Exit code 0: all thresholds hold. Exit code 99: one is crossed. Exit code 1: nothing was measured.
    """
    from bench.keep import folder_for
    from bench.rehearse import REPORT
    from bench.rehearse import rehearse as hold
    from bench.terminal import show

    with BenchFaults(as_json=as_json):
        folder = out or folder_for(notice.stem)
        done = hold(
            notice,
            folder,
            scenario_at=scenario,
            lots=lots,
            url=url,
            data=data,
            sign_with=sign_with,
            pid=pid,
            own_host=own_host,
            quiet=as_json,
        )
    if as_json:
        print_json(done["report"] | {"key": done["key"], "folder": str(folder)})
    else:
        show(done["run"])
        print(f"{folder}/report.html  {folder}/{REPORT}")
    end(done["report"]["verdict"])


@bench_app.command()
def check(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A rehearsal.json.")],
    key: Annotated[str | None, typer.Option(help="The public key that must have signed it, in hex.")] = None,
    as_json: JSON = False,
) -> None:
    """
    Check that a rehearsal's report is what was signed, offline.

    Exit code 0: it is. Exit code 1: it is not.
    """
    from bench.rehearse import check as look

    with BenchFaults(as_json=as_json):
        found = look(report, key)
    if as_json:
        print_json(found)
    else:
        print(
            f"演练报告成立 the report holds: {found['sale']}, {found['verdict']}, {found['began_at']}, key {found['key']}"
        )

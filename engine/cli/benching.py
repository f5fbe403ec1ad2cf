"""Whether the system will hold: ``bench``. Here and in ``rehearsing`` the engine knows the load tester, and only when asked."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from engine.cli.program import EXIT_FAILED, EXIT_INTERRUPTED, app
from engine.cli.saying import JSON, print_json

EXIT_CROSSED: Final = 99
"""A threshold was crossed."""

bench_app = typer.Typer(
    help="Find out before a sale whether the system will hold (压力测试).", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(bench_app, name="bench")

Url = Annotated[str | None, typer.Option(help="A running house; without it one is started for the run.")]
DataOf = Annotated[
    Path | None, typer.Option("--data", help="The running house's data folder: tokens are made from it.")
]
Pid = Annotated[int | None, typer.Option(help="The running house's process, to measure its CPU and memory.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder for result.json, seconds.csv and report.html [default: var/bench/NAME-TIME]."),
]
OwnHost = Annotated[
    bool, typer.Option("--i-own-this-host", help="Allow an address that is not this machine: you may load it.")
]


class BenchFaults:
    """Says what kept a run from being made, and ends with exit code 1; 99 is for thresholds alone."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from bench.faults import BenchFault
        from clients import NotLetIn, Refused
        from engine.gateway.tokens import KeyTrouble
        from engine.journal.faults import JournalFault
        from engine.notice import NoticeFault

        while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        if isinstance(error, KeyboardInterrupt):
            raise typer.Exit(EXIT_INTERRUPTED) from None
        if not isinstance(error, BenchFault | NoticeFault | NotLetIn | Refused | KeyTrouble | JournalFault | OSError):
            return
        if self._as_json:
            print_json(_told(error))
        print(str(error), file=sys.stderr)
        raise typer.Exit(EXIT_FAILED) from None


def _told(error: BaseException) -> dict[str, Any]:
    told = {"fault": getattr(error, "code", type(error).__name__), "message": str(error)}
    faults = getattr(error, "faults", ())
    each = [{"code": one.code, "place": str(one.place), "zh": one.zh, "en": one.en} for one in faults]
    return {**told, "faults": each} if each else told


@bench_app.command()
def run(  # noqa: PLR0913, PLR0917 - a command line has its options
    scenario: Annotated[Path, typer.Argument(help="What is tried (TOML); bench/scenarios/ has some to begin with.")],
    rate: Annotated[
        float | None, typer.Option(min=0.01, help="Another rate: bids a second, one stage, no rush.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.5, help="Another length, warming up included.")] = None,
    displays: Annotated[int | None, typer.Option(min=0, help="Other displays.")] = None,
    bidders: Annotated[int | None, typer.Option(min=2, help="Other bidders.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed.")] = None,
    url: Url = None,
    data: DataOf = None,
    pid: Pid = None,
    out: Out = None,
    own_host: OwnHost = False,
    as_json: JSON = False,
) -> None:
    """
    Try a scenario against a house and say whether its thresholds hold.

    An open loop: every bid has its instant beforehand and is counted from it, whatever became of those before. A running house must
    serve the sale that `luochui bench sale` writes.

    Exit code 0: all thresholds hold. Exit code 99: one is crossed. Exit code 1: nothing was measured, also where the generator itself
    was late.
    """
    from bench.keep import folder_for, keep
    from bench.scenario import changed
    from bench.scenario_file import read_scenario
    from bench.terminal import show
    from bench.trial import try_out

    with BenchFaults(as_json=as_json):
        planned = changed(
            read_scenario(scenario), rate=rate, seconds=seconds, displays=displays, bidders=bidders, seed=seed
        )
        done = try_out(planned, url=url, data=data, pid=pid, own_host=own_host, quiet=as_json)
        folder = out or folder_for(planned.name)
        told = keep(done, folder)
    if as_json:
        brief = {key: value for key, value in told.items() if key not in {"histograms", "seconds"}}
        print_json(brief | {"folder": str(folder)})
    else:
        show(told)
        print(f"{folder}/report.html")
    end(told["verdict"])


@bench_app.command()
def sale(
    folder: Annotated[Path, typer.Argument(help="Folder for sale.toml, catalogue.csv and paddles.csv.")],
    bidders: Annotated[int, typer.Option(min=2, help="How many online paddles are admitted.")] = 50,
) -> None:
    """
    Write the sale that a running house must serve to be tried: one lot, small steps, so many paddles.

    Serve it with luochui serve --data DIR --sale FOLDER/sale.toml, in a data folder of its own: bids of a load test stay on the record.
    """
    from bench.house import write_notice

    with BenchFaults(as_json=False):
        folder.mkdir(parents=True, exist_ok=True)
        print(write_notice(folder, bidders))


@bench_app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="A result.json, or the folder that holds it.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    worse_percent_max: Annotated[
        float | None, typer.Option(help="Exit code 99 if a latency of B is more than so much above A's.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """
    Compare two runs: each latency, CPU and memory, and their ratio.

    Differences of less than 15 % between single runs establish nothing, and are marked so. What was not the same for both is named.
    """
    from bench.compare import differences, read_run, unlike
    from bench.terminal import show_differences

    with BenchFaults(as_json=as_json):
        first, second = read_run(before), read_run(after)
    found, other = list(differences(first, second)), unlike(first, second)
    if as_json:
        rows = [
            {"of": each.of, "a": each.before, "b": each.after, "ratio": each.ratio, "settled": each.settled}
            for each in found
        ]
        print_json({"differences": rows, "unlike": other})
    else:
        show_differences(found, other)
    if worse_percent_max is not None and any(
        each.ratio > 1 + worse_percent_max / 100 for each in found if each.of.startswith("p")
    ):
        raise typer.Exit(EXIT_CROSSED)


def end(verdict: str) -> None:
    """With the exit code that ``verdict`` has."""
    if verdict != "pass":
        raise typer.Exit(EXIT_CROSSED if verdict == "fail" else EXIT_FAILED)


@bench_app.command(name="self")
def itself(
    scenario: Annotated[
        Path | None, typer.Argument(help="Whose crowd is measured [default: the full hall of bench/scenarios/].")
    ] = None,
    as_json: JSON = False,
) -> None:
    """
    Measure the crowd against itself: a mirror instead of a house, at half, all and twice the scenario's highest rate.

    What is found here is no house's doing: how late the generator is, how busy, and how soon it hears an answer that took no time.

    Exit code 0: at the scenario's rate it is less than 80 % busy, and late by a quarter of what would void a run at most. Exit code
    99: it is not.
    """
    from bench.itself import measure
    from bench.scenario_file import read_scenario
    from bench.terminal import show_own
    from bench.trial import SCENARIOS

    with BenchFaults(as_json=as_json):
        rows = [each.plain() for each in measure(read_scenario(scenario or SCENARIOS / "hall.toml"))]
    if as_json:
        print_json({"rates": rows})
    else:
        show_own(rows)
    if not rows[1]["fit"]:
        raise typer.Exit(EXIT_CROSSED)


@bench_app.command()
def figures(
    only: Annotated[
        list[str] | None, typer.Option(help="Only this one (F1 to F12); may be given several times.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder on the disk that is to be measured [default: a temporary one].")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small, to see that it works: none of it is to be published.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """
    Measure the figures we hold ourselves to, F1 to F12: value, gate, target, and what each leaves out.

    On a quiet machine: it takes about fifteen minutes, and what else runs meanwhile is in it. A figure that cannot be measured is
    listed with the reason, and never guessed.

    Exit code 0: every figure that was measured keeps its gate, or --quick. Exit code 99: one does not.
    """
    from bench.figures.all import chosen, take
    from bench.figures.figure import Setting
    from bench.house import share_cores
    from bench.machine import machine, place_for
    from bench.terminal import show_standing

    with BenchFaults(as_json=as_json), place_for(folder) as place:
        found = []
        for standing in take(chosen(only or ()), Setting(folder=place, quick=quick)):
            found.append(standing)
            if not as_json:
                show_standing(standing.plain())
    if as_json:
        print_json({"machine": machine(share_cores()), "quick": quick, "figures": [each.plain() for each in found]})
    if not quick and any(each.holds is False for each in found):
        raise typer.Exit(EXIT_CROSSED)


@bench_app.command()
def peers(  # noqa: PLR0913, PLR0917 - a flag each
    displays: Annotated[
        list[int] | None,
        typer.Option(min=1, help="How many displays; several times for several. 100, 1,000, 5,000, 10,000."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="One peer by its name; several times for several. We are luochui.")
    ] = None,
    python: Annotated[
        str | None, typer.Option(help="A Python that has the peers [default: that of `make env-peers`].")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="By turns; the medians count.")] = 3,
    per_s: Annotated[int, typer.Option(min=1, help="Messages offered a second, all displays together.")] = 20_000,
    out: Annotated[Path | None, typer.Option(help="File for the tables and plots (HTML).")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="In small, to see that all works; nothing to publish.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """
    Measure other servers beside ours: CPU per delivered message, by the number of displays; memory of idle ones; a durable bid.

    Ours decides, keeps and signs each bid; the others only send as many bytes. One that cannot be started is named with the reason,
    and the command that would install it. On a quiet machine: what else runs meanwhile is in it.

    Exit code 99 if one that was measured did not deliver everything, or lost a bid that it had acknowledged; 1 if nothing was measured.
    """
    from bench.peers.compare import compare
    from bench.peers.page import page
    from bench.peers.peers import Scale
    from bench.peers.shown import show_peers

    def say(what: str) -> None:
        print(what, file=sys.stderr, flush=True)

    scale = Scale(rounds=1, messages=4000, bids=50, settle_s=0.3) if quick else Scale(rounds=rounds)
    with BenchFaults(as_json=as_json):
        found = compare(displays or (), only or (), python, replace(scale, per_s=per_s), say)
        told = found.plain()
        if out is not None:
            out.write_text(page(told), encoding="utf-8")
    if as_json:
        print_json(told)
    else:
        show_peers(told)
    if not found.whole:
        raise typer.Exit(EXIT_CROSSED)

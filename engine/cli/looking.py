"""How a house is set up: ``doctor``, ``config show``, ``gen-cert``, ``api``."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.faults import PlainFaults
from engine.cli.program import EXIT_NOT_SOUND, app
from engine.cli.saying import JSON, Data, Progress, plain, print_json, refuse, settings_of


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
    with PlainFaults(as_json=as_json), Progress(quiet=as_json) as progress:
        settings = settings_of(config, host=host, port=port)
        for finding in go_round(settings, data, anchors, deep=deep, on_progress=progress):
            findings.append(finding)
            if not as_json:
                print(f"{finding.verdict:8} {finding.check:18} {finding.zh}\n{'':27} {finding.en}", flush=True)
    verdict = worst(findings)
    if as_json:
        print_json({"verdict": verdict, "findings": [plain(finding) for finding in findings]})
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

    with PlainFaults(as_json=as_json):
        found = [
            (name, shown(name, value), unit(name), source) for name, value, source in settings_of(config).settings()
        ]
    if as_json:
        print_json(
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

    with PlainFaults(as_json=as_json):
        made = make_trial_certificate(data, host, days=days, fresh=fresh)
    if as_json:
        print_json({name: str(path) for name, path in made.items()})
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
        refuse("Say one of --openapi and --asyncapi.")
    document = describe.openapi() if openapi else describe.asyncapi()
    sys.stdout.write(describe.written(document))

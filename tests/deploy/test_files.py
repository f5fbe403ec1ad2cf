"""The files for operators agree with what the engine does."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.metrics_core import Metric

from engine.cli.program import EXIT_IN_USE, EXIT_NOT_SOUND, EXIT_STORAGE, EXIT_WRONG_USE
from engine.config import Config, load_config
from engine.meters import Meters
from tests.cli.program import LUOCHUI

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "engine" / "deploy"


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


# systemd.


class Unit(RawConfigParser):
    """A unit file: a name may stand several times, and then its last value counts here."""

    def __init__(self, source: str) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
        self.read_string(source)

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def test_the_unit_says_what_the_engine_really_does() -> None:
    service = Unit(text("luochui.service"))["Service"]
    assert service["Type"] == "notify"  # engine.notify
    assert int(service["WatchdogSec"]) > 0
    prevented = {int(code) for code in service["RestartPreventExitStatus"].split()}
    assert prevented == {EXIT_WRONG_USE, EXIT_NOT_SOUND, EXIT_IN_USE}
    assert EXIT_STORAGE not in prevented
    command = service["ExecStart"].split()
    assert command[1:] == ["serve", "--data", "%S/luochui", "--anchors", "%S/luochui-anchors"]
    assert service["StateDirectory"].split() == ["luochui", "luochui-anchors"]


def test_every_variable_of_the_unit_is_a_setting() -> None:
    pairs = re.findall(r"^Environment=(\w+)=(.*)$", text("luochui.service"), re.MULTILINE)
    assert pairs
    config = load_config(environ=dict(pairs))
    assert config.log.to == "stderr"
    assert config.http.trusted_proxies == ("127.0.0.1", "::1")


def test_the_unit_gives_no_rights_away() -> None:
    service = Unit(text("luochui.service"))["Service"]
    for name in ("DynamicUser", "NoNewPrivileges", "ProtectHome", "PrivateTmp", "RestrictNamespaces"):
        assert service[name] == "yes", name
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


def test_systemd_takes_the_unit_without_a_word(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        assert Unit(text("luochui.service")).sections() == ["Unit", "Service", "Install"]
        return
    unit = tmp_path / "luochui.service"
    unit.write_text(text("luochui.service").replace("/opt/luochui/bin/luochui", str(LUOCHUI)), encoding="utf-8")
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "luochui" in line]
    assert said == []


# nginx.


def directives(source: str) -> list[Any]:
    """An nginx file as nested lists: ``[words…]``, or ``[words…, [directives…]]`` for a block."""
    stripped = re.sub(r"(?m)(^|\s)#.*$", "", source)
    tokens = iter(re.findall(r"'[^']*'|[{};]|[^\s{};]+", stripped))
    found = block(tokens)
    assert next(tokens, None) is None
    return found


def block(tokens: Iterator[str], *, inner: bool = False) -> list[Any]:
    found: list[Any] = []
    words: list[Any] = []
    for token in tokens:
        if token == ";":
            assert words
            found.append(words)
            words = []
        elif token == "{":
            found.append([*words, block(tokens, inner=True)])
            words = []
        elif token == "}":
            assert inner
            assert not words
            return found
        else:
            words.append(token)
    assert not inner
    assert not words
    return found


def location(source: list[Any], path: str) -> dict[str, Any]:
    """The directives of ``location /``, wherever it is."""
    for each in source:
        if isinstance(each[-1], list):
            if each[:2] == ["location", path]:
                return {" ".join(words[:-1]): words[-1] for words in each[-1]}
            found = location(each[-1], path)
            if found:
                return found
    return {}


def compose_nginx() -> str:
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    return compose.split("    content: |\n")[1].replace("$$", "$")


@pytest.mark.parametrize("source", [text("nginx.conf"), compose_nginx()], ids=["nginx.conf", "compose.yaml"])
def test_nginx_passes_sockets_and_the_real_address_on_and_holds_no_frame_back(source: str) -> None:
    passed = location(directives(source), "/")
    assert passed["proxy_set_header Upgrade"] == "$http_upgrade"
    assert passed["proxy_set_header Connection"] == "$connection_upgrade"
    assert passed["proxy_set_header X-Forwarded-For"] == "$remote_addr"
    assert passed["proxy_set_header X-Forwarded-Proto"] == "https"
    assert passed["proxy_set_header Host"] == "$http_host"
    assert passed["proxy_http_version"] == "1.1"
    assert passed["proxy_buffering"] == "off"
    silence = Config().socket.silent_s_max
    assert float(passed["proxy_read_timeout"].removesuffix("s")) > silence


def test_nginx_itself_takes_the_file_where_there_is_one(tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    tops = [each[0] for each in directives(text("nginx.conf"))]
    assert tops == ["map", "upstream", "server", "server"]
    if nginx is None:
        return
    plain = re.sub(r"listen (\[::\]:)?443 ssl;|ssl_certificate\S* \S+;|http2 on;", "", text("nginx.conf"))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{plain}\n}}\n", encoding="utf-8")
    done = subprocess.run([nginx, "-t", "-q", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# Prometheus and Grafana.


def samples() -> set[str]:
    """Every name that ``/metrics`` can show."""
    ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    families: list[Metric] = list(Meters().registry.collect())
    return {family.name + end for family in families for end in ends[family.type]}


def labels() -> set[str]:
    """Every label a meter has, and Prometheus' own."""
    source = (ROOT / "engine" / "meters.py").read_text(encoding="utf-8")
    return {name for names in re.findall(r"\[((?:\"\w+\",? ?)+)\]", source) for name in re.findall(r"\w+", names)} | {
        "le"
    }


def expressions() -> list[str]:
    panels = json.loads(text("grafana.json"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_every_figure_of_the_dashboard_and_of_the_alerts_is_one_the_engine_shows() -> None:
    alerts = re.findall(r"^ +expr: (.+)$", text("prometheus-rules.yml"), re.MULTILINE)
    assert len(alerts) == 5
    named = {name for expr in [*expressions(), *alerts] for name in re.findall(r"luochui_\w+", expr)}
    assert named - samples() == set()
    grouped = {
        name for expr in expressions() for names in re.findall(r"by \((.+?)\)", expr) for name in names.split(", ")
    }
    assert grouped - labels() == set()


def test_the_dashboard_shows_every_meter_and_no_panel_lies_on_another() -> None:
    shown = " ".join(expressions())
    families: list[Metric] = list(Meters().registry.collect())
    assert [family.name for family in families if family.name not in shown] == []
    panels = json.loads(text("grafana.json"))["panels"]
    taken = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in panels
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) == 23
    assert len({panel["id"] for panel in panels}) == len(panels)


# The page about them.


def test_the_page_names_every_file_and_every_event() -> None:
    page = text("README.md")
    for file in DEPLOY.iterdir():
        if file.suffix not in {".md", ".pyc"} and file.is_file() and file.name != "__init__.py":
            assert f"]({file.name})" in page, file.name
    sources = [
        (ROOT / "engine" / name).read_text(encoding="utf-8")
        for name in (
            "app.py",
            "couriers.py",
            "doors.py",
            "other_machines.py",
            "cluster_state.py",
            "outpost.py",
            "eventlog/lines.py",
        )
    ]
    watch = (ROOT / "engine" / "eventlog" / "watch.py").read_text(encoding="utf-8")
    told = set(re.findall(r"log\.(?:tell|warn)\(\s*\"(\w+)\"", " ".join([*sources, watch])))
    told |= set(re.findall(r": \"(sale_\w+)\"", watch))
    assert len(told) > 10
    assert {event for event in told if f"`{event}`" not in page} == set()

"""The files for a house on several machines agree with what engine, gateway and standby do, and hand out no more than each may know."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are a package more

from engine.cli.program import EXIT_IN_USE, EXIT_NOT_SOUND, EXIT_WRONG_USE
from engine.config import load_config
from tests.cli.program import LUOCHUI, luochui
from tests.cluster.ring import USERS
from tests.deploy.test_files import DEPLOY, Unit, directives, location, text

COMPOSE = DEPLOY / "compose.cluster.yaml"
UNITS = ("luochui-gateway.service", "luochui-standby.service")
HARDENED = text("luochui.service").partition("NoNewPrivileges=yes")[2]
PASSWORDS = {"REDIS_ENGINE_PASSWORD": "one", "REDIS_GATEWAY_PASSWORD": "two"}


def compose() -> dict[str, Any]:
    """The file with its variables put in, as Compose does."""
    source = COMPOSE.read_text(encoding="utf-8")
    for name, value in PASSWORDS.items():
        source = source.replace(f"${{{name}:?say a password}}", value)
    source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", source)
    assert "${" not in source.replace("$${", "")
    found: dict[str, Any] = yaml.safe_load(source.replace("$$", "$"))
    return found


def services() -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"]
    return found


# systemd.


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_hardened_as_the_engines_is(name: str) -> None:
    assert text(name).partition("NoNewPrivileges=yes")[2] == HARDENED
    service = Unit(text(name))["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["StateDirectoryMode"] == "0700"
    assert service["StateDirectory"] in service["ExecStart"]


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_a_unit_without_a_word(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        assert Unit(text(name)).sections() == ["Unit", "Service", "Install"]
        return
    unit = tmp_path / name
    unit.write_text(text(name).replace("/opt/luochui/bin/luochui", str(LUOCHUI)), encoding="utf-8")
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "luochui" in line] == []


def test_the_units_start_what_there_is_with_settings_there_are_and_give_up_where_nothing_is_gained() -> None:
    gateway, standby = (Unit(text(name))["Service"] for name in UNITS)
    assert gateway["ExecStart"].split()[1:] == ["gateway", "--keys", "%S/luochui-gateway"]
    assert standby["ExecStart"].split()[1:] == ["standby", "--data", "%S/luochui-copy", "--from", "${STANDBY_FROM}"]
    assert {int(code) for code in gateway["RestartPreventExitStatus"].split()} == {EXIT_WRONG_USE}
    prevented = {int(code) for code in standby["RestartPreventExitStatus"].split()}
    assert prevented == {EXIT_WRONG_USE, EXIT_NOT_SOUND, EXIT_IN_USE}
    for name in UNITS:
        load_config(environ=dict(re.findall(r"^Environment=(\w+)=(.*)$", text(name), re.MULTILINE)))


# Compose.


def test_every_command_of_the_file_is_one_of_ours_and_every_variable_a_setting() -> None:
    for name in ("engine", "gateway1", "gateway2", "standby"):
        command = services()[name]["command"]
        assert command[0] == "luochui"
        options = [word for word in command if word.startswith("--")]
        said = luochui(command[1], "--help").stdout
        assert all(option in said for option in options), (name, options)
        config = load_config(environ=services()[name].get("environment", {}))
        assert name == "standby" or config.cluster.redis_url.startswith("redis://")


def test_a_gateway_and_a_standby_see_no_volume_of_the_engine() -> None:
    mounted = {name: {each.partition(":")[0] for each in one.get("volumes", ())} for name, one in services().items()}
    assert {name for name, volumes in mounted.items() if "data" in volumes} == {"engine", "keys"}
    assert "data:/data:ro" in services()["keys"]["volumes"]
    assert mounted["gateway1"] == mounted["gateway2"] == {"gateway-keys"}
    assert mounted["standby"] == {"copy"}
    assert set(compose()["volumes"]) == {"data", "anchors", "copy", "gateway-keys"}


def test_nobody_has_more_rights_than_he_needs_and_redis_is_not_reached_from_outside() -> None:
    for name, one in services().items():
        assert one["cap_drop"] == ["ALL"], name
        assert one.get("read_only") or name == "own"
        assert name == "tls" or "ports" not in one
    networks = compose()["networks"]
    assert services()["redis"]["networks"] == ["carrier"]
    assert networks["carrier"]["internal"]
    assert networks["second"]["internal"]
    subnet = networks["front"]["ipam"]["config"][0]["subnet"]
    for name in ("engine", "gateway1"):
        assert load_config(environ=services()[name]["environment"]).http.trusted_proxies == (subnet,)


def test_redis_knows_the_users_of_the_guide() -> None:
    lines = compose()["configs"]["users"]["content"].splitlines()
    assert lines == [
        "user default off",
        f"user engine on >one {USERS['engine']}",
        f"user gateway on >two {USERS['gateway']}",
    ]


def test_what_is_handed_out_is_what_each_may_know(tmp_path: Path) -> None:
    (script,) = services()["keys"]["command"]
    data = tmp_path / "data"
    for path in ("keys/cluster.key", "keys/house.pub", "keys/journal.pem", "keys/tokens/a.json", "revoked.jsonl"):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_text(path, encoding="utf-8")
    for name in ("data", "gateway", "copy"):
        script = re.sub(rf"(?<![\w\"])/{name}\b", str(tmp_path / name), script)
    subprocess.run(["sh", "-euc", script], check=True, timeout=20)
    files = {
        name: {str(path.relative_to(tmp_path / name)) for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("gateway", "copy")
    }
    assert files["gateway"] == {"keys/cluster.key", "keys/house.pub", "keys/tokens/a.json", "revoked.jsonl"}
    assert files["copy"] == {"keys/cluster.key", "keys/house.pub"}


# nginx.


def nginx() -> str:
    found: str = compose()["configs"]["nginx"]["content"]
    return found


def test_nginx_keeps_an_address_at_one_gateway_and_asks_the_engine_for_what_only_it_has() -> None:
    upstreams = {
        each[1]: each[-1]
        for each in next(block[-1] for block in directives(nginx()) if block[0] == "http")
        if each[0] == "upstream"
    }
    assert ["ip_hash"] in upstreams["gateways"]
    assert {words[1] for words in upstreams["gateways"] if words[0] == "server"} == {"gateway1:8000", "gateway2:8000"}
    passed = location(directives(nginx()), "/")
    assert passed["proxy_pass"] == "http://gateways"
    assert passed["proxy_set_header Upgrade"] == "$http_upgrade"
    assert passed["proxy_set_header X-Forwarded-For"] == "$remote_addr"
    assert passed["proxy_buffering"] == "off"
    assert "location ~ ^/api/sales/[^/]+/log/ {" in nginx()
    assert "non_idempotent" not in nginx(), "a command is never sent twice by a proxy"


def test_nginx_itself_takes_it_where_there_is_one(tmp_path: Path) -> None:
    program = shutil.which("nginx")
    if program is None:
        assert directives(nginx())
        return
    plain = re.sub(r"listen 8443 ssl;|ssl_certificate\S* \S+;|http2 on;", "", nginx())
    plain = re.sub(r"server (gateway1|gateway2|engine):8000", "server 127.0.0.1:8000", plain)
    whole = tmp_path / "nginx.conf"
    whole.write_text(plain.replace("/tmp/", f"{tmp_path}{os.sep}"), encoding="utf-8")
    done = subprocess.run([program, "-t", "-q", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""Why Redis does not let us in is said with a code, in both languages, and never with what opens it."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from engine.cluster.bus import Bus
from engine.cluster.carrier import SAID, AddressFault, CarrierDown, CarrierRefused, Trouble
from engine.cluster.cipher import Cipher
from engine.cluster.settings import ClusterSettings
from engine.cluster_state import tell_troubles
from tests.cli.program import last_json, luochui
from tests.cluster.authority import Authority
from tests.cluster.redis_server import RedisServer
from tests.cluster.ring import ROOT, SECRET, USERS, Guarded
from tests.cluster.scene import QUICK

redis = pytest.mark.redis
WRONG = "not-the-password"


@dataclass
class Scene:
    server: RedisServer
    guarded: Guarded
    stranger: Authority
    port: int

    def url(self, user: str, password: str = SECRET, authority: Authority | None = None) -> str:
        return self.guarded.url(user, password, authority).replace("@?", f"@127.0.0.1:{self.port}?")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("guarded")
    authority, stranger = Authority(folder / "ours"), Authority(folder / "theirs")
    guarded = Guarded(authority, *authority.vouch("house"))
    flags = [*("--tls-port", str(port)), *(f"--{w}" if not n % 2 else w for n, w in enumerate(guarded.options))]
    for user in ("engine", "gateway"):
        flags += ["--user", user, "on", f">{SECRET}", *USERS[user].split()]
    flags += ["--user", ROOT[0], "on", f">{ROOT[1]}", "~*", "&*", "+@all", "--user", "default", "off"]
    server = RedisServer(folder / "redis", options=tuple(flags), admin=ROOT)
    try:
        server.start()
        yield Scene(server, guarded, stranger, port)
    finally:
        server.kill()


async def why(url: str, *words: Any) -> Trouble | None:
    """What becomes of one command."""
    bus = Bus(replace(QUICK, redis_url=url))
    try:
        with pytest.raises(CarrierDown) as down:
            await bus.write(lambda connection: connection.execute_command(*(words or ("PING",))))
    finally:
        await bus.aclose()
    assert bus.trouble is down.value.trouble
    for secret in (SECRET, WRONG, ROOT[1]):
        assert secret not in f"{down.value!r} {down.value} {down.value.__cause__!r}"
    return down.value.trouble


@redis
async def test_with_certificate_user_and_password_it_is_let_in(scene: Scene) -> None:
    bus = Bus(replace(QUICK, redis_url=scene.url("gateway")))
    assert await bus.write(lambda connection: connection.ping())
    assert bus.trouble is None
    await bus.aclose()


@redis
async def test_each_reason_has_its_code(scene: Scene) -> None:
    assert await why(scene.url("gateway", authority=scene.stranger)) is Trouble.TLS
    ours = str(scene.guarded.certificate), str(scene.guarded.key)
    theirs = [str(each) for each in scene.stranger.vouch("intruder")]
    with_theirs = scene.url("gateway").replace(ours[0], theirs[0]).replace(ours[1], theirs[1])
    assert await why(with_theirs) is Trouble.TLS
    assert await why(scene.url("gateway", WRONG)) is Trouble.CREDENTIALS
    assert await why(scene.url("nobody")) is Trouble.CREDENTIALS
    assert await why(scene.url("gateway"), "FLUSHALL") is Trouble.NOT_PERMITTED
    assert await why(f"unix://{scene.server.socket}.gone") is Trouble.UNREACHABLE
    scene.server.do("CONFIG", "SET", "min-replicas-to-write", "1")
    try:
        assert await why(scene.url("engine"), "XADD", "luochui:x", "*", "f", "v") is Trouble.REFUSES
    finally:
        scene.server.do("CONFIG", "SET", "min-replicas-to-write", "0")


@redis
async def test_sentinels_that_do_not_let_us_in_are_told_from_those_that_are_not_there(scene: Scene) -> None:
    """A server of ours in the place of a Sentinel: as far as letting in goes, it is one."""
    there = replace(QUICK, sentinels=(f"127.0.0.1:{scene.port}",), redis_url=scene.guarded.url("gateway"))
    found = {}
    for name, url in {
        "authority": scene.guarded.url("gateway", authority=scene.stranger),
        "password": scene.guarded.url("gateway", WRONG),
    }.items():
        bus = Bus(replace(there, sentinel_url=url))
        with pytest.raises(CarrierDown) as down:
            await bus.write(lambda connection: connection.ping())
        found[name] = down.value.trouble
        assert WRONG not in str(down.value.__cause__)
        await bus.aclose()
    assert found == {"authority": Trouble.TLS, "password": Trouble.CREDENTIALS}


@redis
def test_a_gateway_with_another_authority_ends_with_code_and_both_languages_and_tells_no_password(
    scene: Scene, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "house.pub").write_text("ab" * 32)
    Cipher.from_file(keys / "cluster.key", make=True)
    done = luochui(
        *("gateway", "--keys", tmp_path, "--port", "0", "--json"),
        env={"LUOCHUI_CLUSTER_REDIS_URL": scene.url("gateway", authority=scene.stranger), "LUOCHUI_LOG_TO": "stderr"},
    )
    assert done.returncode == 1
    assert last_json(done)["fault"] == "E_CARRIER_TLS"
    assert "证书" in last_json(done)["zh"]
    assert '"event":"carrier_down"' in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "told",
    [
        {"redis_url": f"redis://u:{SECRET}@h?unheard_of=1"},
        {"redis_url": f"redis://u:{SECRET}@h:99999"},
        {"redis_url": f"rediss://u:{SECRET}@h?ssl_cert_reqs=perhaps"},
        {"redis_url": f"rediss://u:{SECRET}@h?ssl_ca_certs=/nowhere/ca.pem"},
        {"redis_url": "redis://", "sentinels": ("h:1",), "sentinel_url": f"rediss://u:{SECRET}@?ssl_keyfile=/no"},
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_without_what_is_in_it(told: dict[str, Any]) -> None:
    with pytest.raises(AddressFault) as fault:
        Bus(ClusterSettings(**told))
    assert fault.value.code == "E_CARRIER_ADDRESS"
    assert SECRET not in f"{fault.value} {fault.value.zh} {fault.value.__cause__}"


def test_every_reason_is_said_in_both_languages() -> None:
    assert set(SAID) == set(Trouble)
    for trouble in Trouble:
        refused = CarrierRefused(trouble)
        assert (refused.code, refused.zh) == (trouble.value, SAID[trouble][1])
        assert trouble.value in str(refused)


class Log:
    """What was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def tell(self, event: str, /, **fields: Any) -> None:
        self.told.append((event, fields))

    warn = tell


async def test_the_log_is_told_of_each_reason_once_and_when_it_is_over(
    autojump_clock: trio.testing.MockClock,
) -> None:
    now: dict[str, Trouble | None] = {"redis": None}
    log = Log()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tell_troubles, lambda: now, log)  # type: ignore[arg-type] # as much of one as is used
        for trouble in (None, Trouble.UNREACHABLE, Trouble.TLS, None):
            now["redis"] = trouble
            await trio.sleep(5)
        nursery.cancel_scope.cancel()
    assert log.told == [
        ("carrier_down", {"carrier": "redis", "code": "E_CARRIER_UNREACHABLE"}),
        ("carrier_down", {"carrier": "redis", "code": "E_CARRIER_TLS"}),
        ("carrier_back", {"carrier": "redis"}),
    ]

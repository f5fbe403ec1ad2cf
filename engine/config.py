"""
Every setting of the engine, and where its value came from.

A setting is read from, later beating earlier: what stands in the code, a TOML file, the environment, the command line. Its name is
``group.setting``: in the file ``[limits] commands_per_s = 10``, in the environment ``LUOCHUI_LIMITS_COMMANDS_PER_S=10``. The groups are
the settings of the parts themselves; only the command line and ``engine.app`` know all of them.
"""

import difflib
import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, get_type_hints

import msgspec

from engine.cluster.settings import GATEWAYS_MAX, ClusterSettings
from engine.eventlog.lines import LogSettings
from engine.gateway.broadcaster import SweepSettings
from engine.gateway.http import HttpSettings
from engine.gateway.hub import HubSettings
from engine.gateway.limits import LimitSettings
from engine.gateway.origins import Origins, Proxies, normal_origin
from engine.gateway.past import PastSettings
from engine.gateway.presence import LOSS_WINDOW_S
from engine.gateway.reactor import SocketSettings
from engine.gateway.site import PageSettings
from engine.gateway.tickets import TicketSettings
from engine.gateway.transparency import TransparencySettings
from engine.papers.desk import PaperSettings
from engine.room.house import RoomSettings
from engine.submission.settings import SubmissionSettings
from engine.trust.settings import TrustSettings
from engine.webhooks.settings import WebhookFault, WebhookSettings, endpoints, networks
from engine.wire.note import NoteFault, witnesses

PREFIX: Final = "LUOCHUI_"
NOT_SETTINGS: Final = frozenset({"LUOCHUI_DATA", "LUOCHUI_CONFIG"})
"""Read by the command line itself."""

ADDRESS: Final = re.compile(r"|.*/.*|(?:\[[0-9a-fA-F:]+\]|[^:/\s]*):[0-9]{1,5}")
"""Where somebody listens: ``host:port``, or a path; empty for nowhere."""

HOST_PORT: Final = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[^:/\s]+):[0-9]{1,5}")
"""Where somebody listens on a network."""

SHORT: Final = {"host": "http.host", "port": "http.port", "gateways": "cluster.gateways"}
"""Settings the command line has a short name for."""

MAY_BE_ZERO: Final = frozenset({"http.port", "http.usb_key_port", "sweep.rest_ratio", "cluster.gateways"})

DEFAULT: Final = "default"
COMMAND_LINE: Final = "command line"

UNITS: Final = (
    ("_bytes_per_s_min", "bytes/s"),
    ("_per_s_max", "per second"),
    ("_per_s", "per second"),
    ("_bytes_max", "bytes"),
    ("_bytes", "bytes"),
    ("_ms_max", "milliseconds"),
    ("_ms", "milliseconds"),
    ("_s_max", "seconds"),
    ("_s", "seconds"),
)
"""How a setting's name ends, and what its figures count; the first that fits."""

SECRET: Final = re.compile(r"(?:^|[._])(?:secret|password|passphrase|token|credential)s?$")
"""Settings whose value is for nobody to see."""

IN_ADDRESS: Final = re.compile(r"(?<=://)[^/@\s]+(?=@)")
"""Name and password in an address."""

HIDDEN: Final = "***"


OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+", re.ASCII)
"""An object identifier, in figures."""


class ConfigFault(Exception):
    """A setting cannot be used. Says which, where it was found, and what would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings, a group for each part."""

    http: HttpSettings = field(default_factory=HttpSettings)
    pages: PageSettings = field(default_factory=PageSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    tickets: TicketSettings = field(default_factory=TicketSettings)
    socket: SocketSettings = field(default_factory=SocketSettings)
    sweep: SweepSettings = field(default_factory=SweepSettings)
    hub: HubSettings = field(default_factory=HubSettings)
    room: RoomSettings = field(default_factory=RoomSettings)
    log: LogSettings = field(default_factory=LogSettings)
    papers: PaperSettings = field(default_factory=PaperSettings)
    transparency: TransparencySettings = field(default_factory=TransparencySettings)
    past: PastSettings = field(default_factory=PastSettings)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
    submission: SubmissionSettings = field(default_factory=SubmissionSettings)
    trust: TrustSettings = field(default_factory=TrustSettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)

    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """Setting → where its value came from, for those that are not the default."""

    def settings(self) -> Iterator[tuple[str, Any, str]]:
        """Each setting's name, its value, and where that came from."""
        for name in _kinds():
            value: Any = self
            for part in name.split("."):
                value = getattr(value, part)
            yield name, value, self.sources.get(name, DEFAULT)

    def plain(self) -> dict[str, Any]:
        """Each setting's name and value, for a process of ours: see :func:`from_plain`. Secrets are among them."""
        return {name: value for name, value, _ in self.settings()}


def load_config(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    flags: Mapping[str, Any] = MappingProxyType({}),
) -> Config:
    """
    The settings as file, environment and command line give them.

    Args:
        path: A TOML file, if there is one.
        environ: Variables; those that begin with ``LUOCHUI_`` are ours.
        flags: From the command line, by setting or by short name.

    Raises:
        ConfigFault: Something in them is unknown or cannot be.

    """
    found: dict[str, tuple[Any, str]] = {}
    if path is not None:
        found |= _from_file(path)
    found |= _from_environment(environ)
    found |= {_known(SHORT.get(name, name), COMMAND_LINE): (value, COMMAND_LINE) for name, value in flags.items()}

    values = {name: _value(name, given, source) for name, (given, source) in found.items()}
    sources = MappingProxyType({name: source for name, (_, source) in found.items()})
    config: Config = _build(Config, "", values, {"sources": sources})
    _check_together(config)
    return config


def from_plain(values: Mapping[str, Any]) -> Config:
    """The settings another process of ours has, as it says them by :meth:`Config.plain`; where they came from it does not say."""
    config: Config = _build(
        Config, "", {name: msgspec.convert(value, _kinds()[name]) for name, value in values.items()}
    )
    return config


def unit(name: str) -> str:
    """What the figures of a setting count, as its name says; empty where it is a plain number or no figure."""
    return next((words for ending, words in UNITS if name.endswith(ending)), "")


def shown(name: str, value: Any) -> Any:
    """A setting's value as it may be shown: secrets, also those inside an address, are left out."""
    if isinstance(value, tuple):
        return [shown(name, each) for each in value]
    if not isinstance(value, str) or not value:
        return value
    return HIDDEN if SECRET.search(name) else IN_ADDRESS.sub(HIDDEN, value)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.replace(".", "_").upper()


# Finding.


def _from_file(path: Path) -> dict[str, tuple[Any, str]]:
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigFault(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigFault(f"{path} is no TOML: {error}") from error
    return {_known(name, str(path)): (value, str(path)) for name, value in _flat(plain, "")}


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    names = {variable(name): name for name in _kinds()}
    found: dict[str, tuple[Any, str]] = {}
    for key, text in environ.items():
        if key in names:
            given: Any = [part.strip() for part in text.split(",") if part.strip()] if _is_list(names[key]) else text
            found[names[key]] = (given, key)
        elif key.startswith(PREFIX) and key not in NOT_SETTINGS:
            raise ConfigFault(f"the environment has {key}, which is no setting{_nearest(key, names)}")
    return found


def _known(name: str, source: str) -> str:
    if name not in _kinds():
        raise ConfigFault(f"{source}: {name!r} is no setting{_nearest(name, _kinds())}")
    return name


def _nearest(name: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"; is {near[0]!r} meant?" if near else ""


@cache
def _kinds() -> Mapping[str, Any]:
    """Every setting's name and type."""
    return MappingProxyType(dict(_walk(Config, "")))


def _walk(group: type, prefix: str) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(group)
    for each in fields(group):
        kind = hints[each.name]
        if isinstance(kind, type) and is_dataclass(kind):
            yield from _walk(kind, f"{prefix}{each.name}.")
        elif group is not Config:
            yield prefix + each.name, kind


def _is_list(name: str) -> bool:
    return getattr(_kinds()[name], "__origin__", None) is tuple


# Reading.


def _value(name: str, given: Any, source: str) -> Any:
    """``given`` as the type the setting has."""
    try:
        value = msgspec.convert(given, _kinds()[name], strict=source != variable(name))
    except msgspec.ValidationError as error:
        raise ConfigFault(f"{source}: {name} = {given!r} cannot be: {error}") from None
    if isinstance(value, int | float) and not isinstance(value, bool):
        least_is_fine = value > 0 or (value == 0 and name in MAY_BE_ZERO)
        if not (math.isfinite(value) and least_is_fine):
            raise ConfigFault(f"{source}: {name} = {given!r} cannot be: it must be a number above zero")
    return value


def _build(group: Any, prefix: str, values: Mapping[str, Any], more: Mapping[str, Any] = MappingProxyType({})) -> Any:
    hints = get_type_hints(group)
    given = dict(more)
    for each in fields(group):
        kind, name = hints[each.name], prefix + each.name
        if isinstance(kind, type) and is_dataclass(kind):
            given[each.name] = _build(kind, f"{name}.", values)
        elif name in values:
            given[each.name] = values[name]
    return group(**given)


def _check_together(config: Config) -> None:
    """What each value allows, and all together do not."""
    if config.socket.silent_s_max <= config.socket.ping_every_s:
        raise ConfigFault(
            "socket.silent_s_max must be above socket.ping_every_s, or every browser is let go between two pings"
        )
    if config.http.port > 65_535:
        raise ConfigFault(f"http.port = {config.http.port} cannot be: ports end at 65535")
    if bool(config.http.tls_certificate) != bool(config.http.tls_key):
        raise ConfigFault("http.tls_certificate and http.tls_key go together: one names the certificate, one its key")
    if config.papers.base_url and not config.papers.base_url.startswith(("http://", "https://")):
        raise ConfigFault(f"papers.base_url = {config.papers.base_url!r} cannot be: https://sale.example.cn would be")
    if config.pages.public_url and normal_origin(config.pages.public_url) is None:
        raise ConfigFault(
            f"pages.public_url = {config.pages.public_url!r} cannot be: it should look like https://sale.example.cn"
        )
    redis_url = config.cluster.redis_url
    if redis_url and not redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigFault("cluster.redis_url cannot be: it begins with redis://, rediss:// (TLS) or unix://")
    if config.cluster.standby_mode not in {"sync", "async"}:
        raise ConfigFault(f"cluster.standby_mode = {config.cluster.standby_mode!r} cannot be: it is sync or async")
    if config.cluster.gateways > GATEWAYS_MAX:
        raise ConfigFault(f"cluster.gateways = {config.cluster.gateways} cannot be: at most {GATEWAYS_MAX}, one a core")
    if not config.cluster.presence_ms / 500 < config.hub.outpost_silent_s_max < LOSS_WINDOW_S:
        raise ConfigFault(
            "hub.outpost_silent_s_max must be above cluster.presence_ms twice, or one report that is lost loses a gateway; and below "
            f"{LOSS_WINDOW_S:.0f} s, within which many lost bidders are noticed"
        )
    for name in ("standby_listen", "moves_listen"):
        if not ADDRESS.fullmatch(getattr(config.cluster, name)):
            raise ConfigFault(f"cluster.{name} cannot be: it is host:port, or the path of a Unix socket")
    sentinel_url = config.cluster.sentinel_url
    if sentinel_url and not sentinel_url.startswith(("redis://", "rediss://")):
        raise ConfigFault("cluster.sentinel_url cannot be: it begins with redis:// or rediss:// (TLS)")
    if config.cluster.sentinels and not redis_url.startswith(("redis://", "rediss://")):
        raise ConfigFault(
            "cluster.sentinels says where Redis is; cluster.redis_url must say how to speak to it: redis:// or rediss:// (TLS)"
        )
    if not all(HOST_PORT.fullmatch(each) for each in config.cluster.sentinels):
        raise ConfigFault("cluster.sentinels cannot be: each is host:port")
    if not all(OID.fullmatch(field) for field in config.trust.subject_fields):
        raise ConfigFault("trust.subject_fields are object identifiers, as 2.5.4.5 (serialNumber)")
    try:
        endpoints(config.webhooks)
        networks(config.webhooks)
    except WebhookFault as fault:
        raise ConfigFault(str(fault)) from None
    try:
        witnesses(config.transparency.witnesses)
    except NoteFault as fault:
        raise ConfigFault(f"transparency.witnesses: {fault}") from None
    try:
        Origins(config.http.origins)
        Proxies(config.http.trusted_proxies)
        Proxies(config.pages.metrics_from)
    except ValueError as error:
        raise ConfigFault(f"http.origins, http.trusted_proxies or pages.metrics_from: {error}") from None

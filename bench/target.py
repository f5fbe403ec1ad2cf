"""Which house is measured: one of ours for as long as the run lasts, or one that runs already."""

import ipaddress
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.faults import BenchCode, BenchFault
from bench.house import Cores, House, serving, share_cores
from bench.open_files import raise_file_limit
from bench.scenario import Scenario
from clients.http import Address

ROOM: Final = 10


@contextmanager
def own_house(
    scenario: Scenario, settings: Mapping[str, str], notice: tuple[Path, str] | None = None
) -> Iterator[House]:
    """
    A house that serves for as long as the block lasts, in a folder that is then gone.

    Raises:
        BenchFault: It did not start.

    """
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="luochui-bench-") as name:
        try:
            with serving(Path(name), scenario.bidders, settings, share_cores(), notice) as house:
                yield house
        except ChildProcessError as error:
            raise BenchFault(BenchCode.HOUSE_NOT_STARTED, error) from None


def running_house(url: str, data: Path | None, sale: str, pid: int | None, *, own_host: bool) -> House:
    """
    The house at ``url``, whose tokens are made from ``data``.

    Raises:
        BenchFault: It must not be measured, or is not there.

    """
    try:
        address = Address.of(url)
    except ValueError:
        raise BenchFault(BenchCode.BAD_ADDRESS, url) from None
    if not (own_host or is_loopback(address.host)):
        raise BenchFault(BenchCode.NOT_LOOPBACK, address.host)
    if address.tls:
        raise BenchFault(BenchCode.NO_TLS, url)
    if data is None:
        raise BenchFault(BenchCode.DATA_MISSING)
    raise_file_limit()
    house = House(url.rstrip("/"), data, pid, Cores(frozenset(), frozenset()), sale)
    try:
        with urllib.request.urlopen(f"{house.url}/readyz", timeout=5):  # noqa: S310 - an http address, looked at above
            return house
    except (urllib.error.URLError, OSError):
        raise BenchFault(BenchCode.HOUSE_NOT_THERE, url) from None


def is_loopback(host: str) -> bool:
    """Whether ``host`` can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def needed_settings(scenario: Scenario) -> dict[str, str]:
    """Limits that a crowd from one address needs raised; everything else is as it comes."""
    settings = {}
    crowd = scenario.displays + scenario.bidders
    each = scenario.rate_most / scenario.bidders
    if scenario.displays >= 1000:
        settings["LUOCHUI_LIMITS_PUBLIC_PER_ADDRESS"] = str(scenario.displays + ROOM)
    if scenario.displays >= 18_000:
        settings["LUOCHUI_LIMITS_PUBLIC_MAX"] = str(scenario.displays + ROOM)
    if each > 5:
        settings["LUOCHUI_LIMITS_COMMANDS_PER_S"] = f"{2 * each:.0f}"
    if scenario.bidders * (1 + len(scenario.storms)) > 400 or scenario.lost_per_s > 20:
        settings["LUOCHUI_LIMITS_TICKETS_BURST"] = str(scenario.bidders * (1 + len(scenario.storms)) + ROOM)
        settings["LUOCHUI_LIMITS_TICKETS_PER_S"] = f"{max(scenario.enter_per_s, scenario.lost_per_s) + ROOM:.0f}"
    if scenario.storms and crowd > 200:
        settings["LUOCHUI_LIMITS_HALF_OPEN_PER_ADDRESS"] = str(crowd + ROOM)
        settings["LUOCHUI_LIMITS_HALF_OPEN_MAX"] = str(max(2000, crowd + ROOM))
    return settings

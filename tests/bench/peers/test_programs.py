"""Peers with a clock of their own: started where what they need is there, named with what would install it where it is not."""

import pytest

from bench.peers.floor import NoFloor, built
from bench.peers.measure import measure, source
from bench.peers.peers import everybody
from bench.peers.programs import Missing, Program, bun, fails, node_with, programs, python_with
from bench.peers.task import MARK, Task


def test_a_peer_whose_package_is_missing_is_named_with_it_and_with_what_installs_it() -> None:
    peer = Program(name="nobody", settings="", needs="sys, no_such_package", file="nobody.py")
    assert peer.missing() == (
        "no_such_package: not installed: make env-peers, or pip install --require-hashes -r requirements-peers.lock"
    )


def test_a_python_that_is_not_there_has_nothing() -> None:
    with pytest.raises(Missing, match="sys: not installed"):
        python_with("sys", "no-such-python")
    assert fails(["no-such-program"])


def test_what_node_does_not_find_is_named() -> None:
    with pytest.raises(
        Missing, match=r"no-such-package: npm ci --ignore-scripts --prefix bench/peers|node is not installed"
    ):
        node_with("no-such-package")


def test_bun_is_there_or_named() -> None:
    try:
        assert not fails([*bun(), "--version"])
    except Missing as why:
        assert str(why) == "bun is not installed: npm ci --ignore-scripts --prefix bench/peers"  # noqa: PT017 - either will do


def test_the_floor_cannot_be_built_without_a_compiler() -> None:
    with pytest.raises(NoFloor, match="there is no C compiler: apt-get install gcc"):
        built("no-such-compiler")


def test_everybody_has_a_name_of_his_own_and_says_what_he_is_run_with() -> None:
    names = [each.name for each in everybody()]
    assert len(names) == len(set(names)) == 15
    assert all(each.settings for each in everybody())


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_the_file_of_a_peer_is_here(program: Program) -> None:
    assert source(program.file).is_file()


@pytest.mark.parametrize("file", ["floor.c", "pace.cjs"])
def test_all_languages_spell_the_mark_alike(file: str) -> None:
    assert f'"{MARK}"' in source(file).read_text()


@pytest.mark.parametrize("name", ["c-send", "websockets.trio"])
def test_two_peers_deliver_everything_they_are_told_to(name: str) -> None:
    peer = next(each for each in programs() if each.name == name)
    if peer.missing() is not None:
        pytest.skip(str(peer.missing()))
    task = Task(displays=3, size=200, events=4, interval_s=0.01)
    with peer.started(task) as server:
        found = measure(server, task, settle_s=0.0)
    assert (found.delivered, found.wanted, found.frame_bytes) == (12, 12, 200)
    assert found.cpu_us > 0

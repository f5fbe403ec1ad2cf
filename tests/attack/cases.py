"""Every way in which the files are tampered with. A family numbers its cases, so that any one can be made again by its number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from tests.attack.judge import Case
from tests.attack.scene import PAGE, WAL_FRAME, WAL_HEADER, Files, Scene

FRAME_HEAD = 24


@dataclass(frozen=True, slots=True)
class Family:
    """Cases of one kind, by number."""

    name: str
    count: int
    make: Callable[[int], Case]


def families(scene: Scene) -> list[Family]:
    """All of them."""
    whole = len(scene.book)
    states = {"closed": scene.closed, "crashed": scene.crashed, "half way": scene.later[-1]}
    found: list[Family] = []
    for state, files in states.items():
        for part in ("journal", "wal", "anchor"):
            content = getattr(files, part)
            if content is None or (state == "half way" and part != "wal"):
                continue
            found += [
                _bits(f"{state}: bits of the {part}", files, part, whole),
                _cuts(f"{state}: {part} cut", files, part, whole),
            ]
        found += [
            _listed(f"{state}: pages", whole, lambda files=files: _pages(files)),  # type: ignore[misc]
            _listed(
                f"{state}: anchors of other moments",
                whole,
                lambda files=files: _older_anchors(scene, files),  # type: ignore[misc]
            ),
        ]
    return [
        *found,
        _listed("older copies under the newest anchor", whole, lambda: _older_copies(scene)),
        _listed("journal of one moment, log of another", whole, lambda: _mixtures(scene)),
        _older_with_its_anchor(scene),
    ]


def _bits(name: str, files: Files, part: str, commits: int) -> Family:
    content: bytes = getattr(files, part)

    def make(number: int) -> Case:
        spoilt = bytearray(content)
        at, bit = divmod(number, 8)
        spoilt[at] ^= 1 << bit
        return Case(f"bit {bit} of byte {at}", _with(files, part, bytes(spoilt)), commits, goes_on=bit == at % 8)

    return Family(name, 8 * len(content), make)


def _cuts(name: str, files: Files, part: str, commits: int) -> Family:
    content: bytes = getattr(files, part)
    return Family(name, len(content), lambda at: Case(f"cut to {at} bytes", _with(files, part, content[:at]), commits))


def _listed(name: str, commits: int, make: Callable[[], Iterator[tuple[str, Files]]]) -> Family:
    every = list(make())
    return Family(name, len(every), lambda number: Case(every[number][0], every[number][1], commits))


def _pages(files: Files) -> Iterator[tuple[str, Files]]:
    """Pages of the journal; pages and whole frames of the log: zeroed, written twice, swapped with the next."""
    yield from _blocks("page", files, "journal", slice(0, PAGE), PAGE)
    if files.wal is not None:
        yield from _blocks("frame", files, "wal", slice(WAL_HEADER, WAL_HEADER + WAL_FRAME), WAL_FRAME)
        yield from _blocks(
            "page in frame", files, "wal", slice(WAL_HEADER + FRAME_HEAD, WAL_HEADER + WAL_FRAME), WAL_FRAME
        )


def _blocks(what: str, files: Files, part: str, first: slice, stride: int) -> Iterator[tuple[str, Files]]:
    content: bytes = getattr(files, part)
    size = first.stop - first.start
    places = range(first.start, len(content) - size + 1, stride)
    for number, at in enumerate(places):
        block = content[at : at + size]
        yield f"{what} {number} zeroed", _with(files, part, _put(content, at, bytes(size)))
        if number + 1 < len(places):
            after = places[number + 1]
            other = content[after : after + size]
            yield f"{what} {number} doubled over the next", _with(files, part, _put(content, after, block))
            yield f"{what} {number + 1} doubled over the one before", _with(files, part, _put(content, at, other))
            swapped = _put(_put(content, at, other), after, block)
            yield f"{what} {number} swapped with the next", _with(files, part, swapped)
            yield f"{what} {number} taken out", _with(files, part, content[:at] + content[after:])
            yield f"{what} {number} put in twice", _with(files, part, content[:after] + block + content[after:])


def _older_copies(scene: Scene) -> Iterator[tuple[str, Files]]:
    newest = scene.closed.anchor
    for name, moments in (("", scene.moments), ("half way ", scene.later)):
        for number, files in enumerate(moments[:-1]):
            if files != moments[-1]:
                yield f"{name}moment {number}", replace(files, anchor=newest)


def _older_anchors(scene: Scene, files: Files) -> Iterator[tuple[str, Files]]:
    yield "no anchor", replace(files, anchor=None)
    for number, moment in enumerate(scene.moments):
        yield f"anchor of moment {number}", replace(files, anchor=moment.anchor)


def _mixtures(scene: Scene) -> Iterator[tuple[str, Files]]:
    every = [*scene.moments, *scene.later, scene.closed]
    journals = dict.fromkeys(files.journal for files in every)
    logs = dict.fromkeys(files.wal for files in every)
    for (one, journal), (other, log) in product(enumerate(journals), enumerate(logs)):
        yield f"journal {one}, log {other}", Files(journal, log, scene.closed.anchor)


def _older_with_its_anchor(scene: Scene) -> Family:
    """
    Both put back together: no file on this machine can tell, so exactly that older history is served.

    It is the reason why anchors are kept apart from the journals.
    """

    def make(number: int) -> Case:
        return Case(f"moment {number} with its anchor", scene.moments[number], number)

    return Family("older copies with their own anchor (served as they were)", len(scene.moments), make)


def _with(files: Files, part: str, content: bytes) -> Files:
    return replace(files, **{part: content})


def _put(content: bytes, at: int, block: bytes) -> bytes:
    return content[:at] + block + content[at + len(block) :]

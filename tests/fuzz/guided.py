"""``python -m tests.fuzz.guided READER [libFuzzer's flags]``: coverage leads the way. Needs atheris."""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

with atheris.instrument_imports(include=["engine", "msgspec", "h11", "jwt", "tomllib", "csv", "starlette"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until told to stop, or until something breaks."""
    name, *flags = sys.argv[1:]
    [target] = [target for target in TARGETS if target.name == name]

    def read(data: bytes) -> None:
        target.read(data)

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate((*target.seeds, *target.pieces)):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], corpus, "-max_len=4096", *flags], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

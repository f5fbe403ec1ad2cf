"""Seeds in order from 0 against the engine beside us, until one finds something. For :mod:`tests.simulation.planted`."""

import json
import sys
from pathlib import Path

import engine
from tests.simulation.run import run


def main(seeds_max: int) -> None:
    """Say which seed found what."""
    if Path(next(iter(engine.__path__))).parent != Path.cwd():
        raise AssertionError(f"this is not the engine we were to hunt in: {engine.__path__}")
    for seed in range(seeds_max):
        broken = run(seed).broken
        if broken is not None:
            print(json.dumps({"seed": seed, "promise": broken.promise, "words": broken.words}))
            return
    print(json.dumps({"seed": None, "promise": "", "words": ""}))


if __name__ == "__main__":
    main(int(sys.argv[1]))

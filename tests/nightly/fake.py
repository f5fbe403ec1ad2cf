"""A check for the runner's own tests: what it does is its first argument."""

import subprocess
import sys
import time

from tests.nightly.telling import finish, progress

FOR_EVER_S = 3600


def main(kind: str, rest: list[str]) -> int:
    progress(f"{kind}, given {' '.join(rest)}")
    match kind:
        case "passes":
            return finish(["P1"], {"tried": 1000, "lost": 0, "given": " ".join(rest)}, passed=True, seeds="0-999")
        case "finds":
            return finish(["P1"], {"tried": 1000, "lost": 1}, passed=False)
        case "lies":
            return finish(["P1"], {}, passed=True) + 3
        case "says nothing":
            return 0
        case "says something else":
            print('{"passed": true}')
            return 0
        case _:
            child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({FOR_EVER_S})"])
            progress(str(child.pid))
            time.sleep(FOR_EVER_S)
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

"""What it was measured on."""

import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.house import Cores


def machine(cores: Cores) -> dict[str, Any]:
    """What it was measured on."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "cores_apart": cores.apart,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
    }


@contextmanager
def place_for(folder: Path | None) -> Iterator[Path]:
    """``folder``, made if it is not there; or a temporary one."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="luochui-figures-") as name:
        yield Path(name)

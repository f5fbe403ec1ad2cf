"""What it was measured on."""

import os
import platform
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

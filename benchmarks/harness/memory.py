"""Peak memory of one measurement: it runs in a process of its own."""

import json
import resource
import subprocess
import sys
from typing import Any


def peak_mb() -> float:
    """Return the peak resident size of this process in MB, libraries included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def in_own_process(script: str, *arguments: object) -> dict[str, Any]:
    """Run a script that prints one JSON object as its last line, and return that."""
    command = [sys.executable, script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer

"""Markdown tables, and the conditions that every table names."""

import os
import platform
import statistics
from collections.abc import Sequence


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; numbers are aligned right."""
    lines = ["| " + " | ".join(header) + " |"]
    lines.append("|" + "|".join("---:" if _is_number(cell) else "---" for cell in rows[0]) + "|")
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """Return the ratio of the medians."""
    return statistics.median(slow) / statistics.median(fast)


def conditions(threads: int) -> str:
    """Return what the machine is, and how busy it was."""
    import torch

    return (
        f"{_processor()}, {os.cpu_count()} cores, {'with' if has_bf16() else 'without'} bf16 units; "
        f"torch {torch.__version__}, {threads} thread{'s' * (threads > 1)}; load average {os.getloadavg()[0]:.1f}"
    )


def has_bf16() -> bool:
    """Tell whether this processor computes in bf16 faster than in float32."""
    import torch

    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _is_number(cell: object) -> bool:
    return str(cell)[:1].isdigit()

"""What the benchmarks share: contestants that take turns, texts to run on, tables, memory."""

from harness.memory import in_own_process, peak_mb
from harness.tables import conditions, has_bf16, markdown, ratio
from harness.texts import read_rows
from harness.turns import Turns

__all__ = ["Turns", "conditions", "has_bf16", "in_own_process", "markdown", "peak_mb", "ratio", "read_rows"]

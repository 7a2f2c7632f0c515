"""PAIRS -> LINKS by statistics: fast_align and eflomal, run as programs and never imported."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from interlingua.errors import AlignmentError
from interlingua.words.statistical import StatisticalAligner

__all__ = ["Eflomal", "FastAlign"]


class FastAlign(StatisticalAligner):
    """fast_align: IBM model 2 with a prior for the diagonal; seconds for a hundred thousand pairs.

    Called with ``-d -o -v`` and, for the other direction, ``-r``. It knows no random numbers: the same pairs give the
    same links. Arguments are those of :class:`StatisticalAligner`.

    Reference:
        Dyer, Chahuneau, Smith 2013, A Simple, Fast, and Effective Reparameterization of IBM Model 2.
        https://aclanthology.org/N13-1073
    """

    _command = "fast_align"
    _title = "fast_align"
    _advice = "Build it from its source (github.com/clab/fast_align) and put it on PATH, or name it as program="

    def _run(self, text: Path, folder: Path) -> tuple[Path, Path]:
        forward, reverse = folder / "forward", folder / "reverse"
        self._call(["-i", str(text), *self._options()], folder=folder, output=forward)
        self._call(["-i", str(text), *self._options(), "-r"], folder=folder, output=reverse)
        return forward, reverse

    def _options(self) -> Sequence[str]:
        return ("-d", "-o", "-v")


class Eflomal(StatisticalAligner):
    """eflomal: a Bayesian model with word order and fertility, sampled; better than fast_align and slower.

    It draws its seed from the system and cannot be told one: two runs on the same pairs differ in some links. It folds
    case itself. Other arguments are those of :class:`StatisticalAligner`.

    Args:
        model: 1 (IBM 1), 2 (and word order) or 3 (and fertility).
        length: Sampling iterations, relative to what the program chooses.
        samplers: Independent samplers whose counts are added up; more are slower and differ less between runs.

    Reference:
        Östling, Tiedemann 2016, Efficient Word Alignment with Markov Chain Monte Carlo.
        https://ufal.mff.cuni.cz/pbml/106/art-ostling-tiedemann.pdf
    """

    longest = 1023
    _command = "eflomal-align"
    _title = "eflomal"
    _advice = "Install it with `pip install eflomal`, which needs a C compiler, or name its eflomal-align as program="

    def __init__(self, *, model: Literal[1, 2, 3] = 3, length: float = 1.0, samplers: int = 3, **settings: Any) -> None:
        if model not in (1, 2, 3) or not length > 0 or samplers < 1:
            raise AlignmentError(
                f"eflomal has models 1 to 3, a length above 0 and a sampler at least, not model={model!r}, "
                f"length={length!r}, samplers={samplers!r}"
            )
        self.model = model
        self.length = length
        self.samplers = samplers
        super().__init__(**settings)

    def _run(self, text: Path, folder: Path) -> tuple[Path, Path]:
        forward, reverse = folder / "forward", folder / "reverse"
        files = ["-i", str(text), "-f", str(forward), "-r", str(reverse)]
        self._call([*files, *self._options()], folder=folder, output=folder / "printed")
        for path in (forward, reverse):
            path.touch()  # an answer that is not there is one without lines
        return forward, reverse

    def _options(self) -> Sequence[str]:
        return ("--model", str(self.model), "--length", f"{self.length:g}", "--n-samplers", str(self.samplers))

    def _version(self) -> str:
        if self.program.parent == Path(sys.executable).absolute().parent:
            with suppress(metadata.PackageNotFoundError):
                return metadata.version("eflomal")
        return super()._version()

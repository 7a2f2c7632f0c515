"""Rules by name: what the command line and YAML files say, checked, and the chains that come with interlingua."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from interlingua.corpus.cleaning.capping import Cap
from interlingua.corpus.cleaning.chain import Chain, Step
from interlingua.corpus.cleaning.content import Broken, Contains, Markup, Repetition, Script
from interlingua.corpus.cleaning.copies import Identical, SharedUnits
from interlingua.corpus.cleaning.duplicates import Duplicates
from interlingua.corpus.cleaning.language import Language
from interlingua.corpus.cleaning.length import Length, LengthRatio
from interlingua.corpus.cleaning.near import NearDuplicates
from interlingua.corpus.cleaning.overlap import EvaluationOverlap
from interlingua.corpus.cleaning.presets import PRESETS
from interlingua.corpus.cleaning.repairs import Tidy
from interlingua.corpus.cleaning.rule import Settings
from interlingua.corpus.cleaning.sentences import TestSentences
from interlingua.corpus.cleaning.similarity import Similarity
from interlingua.corpus.cleaning.values import Addresses, Digits
from interlingua.errors import CorpusError
from interlingua.explaining import explained, nearest

__all__ = ["RULES", "ScorerMaker", "load_chain", "make_step", "make_steps", "preset_steps", "replaced", "rule_settings"]

ScorerMaker: TypeAlias = Callable[[Similarity], Any]
"""From the settings of ``similarity`` to what gives the scores."""

RULES: dict[str, type[Settings]] = {
    rule.kind: rule
    for rule in (
        Tidy,
        Length,
        LengthRatio,
        Identical,
        SharedUnits,
        Script,
        Language,
        Digits,
        Addresses,
        Broken,
        Markup,
        Repetition,
        Contains,
        Duplicates,
        NearDuplicates,
        Similarity,
        EvaluationOverlap,
        TestSentences,
        Cap,
    )
}
"""Rules and repairs by the word that names them."""


class _ChainFile(BaseModel):
    """What a YAML file says of a chain."""

    model_config = ConfigDict(extra="forbid")

    rules: list[str | dict[str, dict[str, Any] | None]]
    pivots: list[str] = ["eng_Latn"]
    min_cells: int = 2
    samples: int = 3
    seed: int | None = None


def make_step(said: str | Mapping[str, Any], *, scorers: ScorerMaker | None = None) -> Step:
    """Return a rule or repair with its settings.

    Args:
        said: ``KIND:setting=value,setting=value`` (several values of one setting joined by ``+``), or a mapping of the
            kind to its settings, as YAML has it.
        scorers: Gives ``similarity`` its scores.

    Raises:
        CorpusError: There is no such rule or setting (with the nearest that there is), or a value does not fit.

    Example:
        >>> make_step("script:min=0.9,languages=srp-Cyrl+tel")
        Script(languages=('srp_Cyrl', 'tel_Telu'), min=0.9, letters=5)
        >>> make_step("lenght")
        Traceback (most recent call last):
        interlingua.errors.CorpusError: there is no rule 'lenght'; did you mean length?
    """
    kind, given = _parsed(said)
    rule = _known(kind)
    for key in given:
        if key not in rule_settings(kind):
            hint = nearest(key, rule_settings(kind), "its settings are")
            raise CorpusError(f"the rule {kind} has no setting {key!r}; {hint}")
    try:
        made = rule(**{key: _listed(rule, key, value) for key, value in given.items()})
    except ValidationError as error:
        raise CorpusError(f"the rule {kind}: {explained(error)}") from error
    if isinstance(made, Similarity) and scorers is not None:
        made = made.model_copy(update={"scorer": scorers(made)})
    return made  # type: ignore[return-value]


def make_steps(said: Sequence[str | Mapping[str, Any]], *, scorers: ScorerMaker | None = None) -> list[Step]:
    """Return rules and repairs in order; see :func:`make_step`.

    Raises:
        CorpusError: As there.
    """
    return [make_step(one, scorers=scorers) for one in said]


def preset_steps(said: str) -> list[Step]:
    """Return the rules of a preset.

    Args:
        said: Its name, then settings that go to every rule of it that has them: ``dap:tokenizer=FILE``.

    Raises:
        CorpusError: There is no such preset, or none of its rules has the setting.

    Example:
        >>> [step.name for step in preset_steps("dap:tokenizer=t.json")][2]
        'length:min=4,max=64,unit=tokens,tokenizer=t.json'
    """
    name, given = _parsed(said)
    if name not in PRESETS:
        raise CorpusError(f"there is no preset {name!r}; {nearest(name, PRESETS, 'there are')}")
    rules = [_parsed(one) for one in PRESETS[name].rules]
    for key in given:
        if not any(key in rule_settings(kind) for kind, _ in rules):
            every = sorted({setting for kind, _ in rules for setting in rule_settings(kind)})
            raise CorpusError(f"no rule of {name} has a setting {key!r}; {nearest(key, every, 'they have')}")
    return [
        make_step({kind: settings | {key: value for key, value in given.items() if key in rule_settings(kind)}})
        for kind, settings in rules
    ]


def replaced(steps: Sequence[Step], given: Sequence[Step]) -> list[Step]:
    """Return steps with those given: in the place of the first of the same name, which goes, else at the end.

    Example:
        >>> chain = make_steps(["length", "script", "ratio"])
        >>> [step.name for step in replaced(chain, make_steps(["cap:most=9", "script:min=0.5"]))]
        ['length', 'script:min=0.5', 'ratio', 'cap:most=9']
    """
    kinds = [_kind(step) for step in given]
    made: list[Step] = []
    for step in steps:
        if _kind(step) not in kinds:
            made.append(step)
        elif not any(_kind(one) == _kind(step) for one in made):
            made += [one for one in given if _kind(one) == _kind(step)]
    return made + [one for one in given if _kind(one) not in map(_kind, steps)]


def load_chain(path: str | Path, *, scorers: ScorerMaker | None = None) -> Chain:
    """Read a chain from YAML: ``rules`` and, where they differ, ``pivots``, ``min_cells``, ``samples``, ``seed``.

    Raises:
        CorpusError: It cannot be read, or says something that no rule understands.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror or error}; is the path right?") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise CorpusError(f"{path} holds no chain; write `rules:` and a list of rules")
    try:
        read = _ChainFile.model_validate(content)
        steps = make_steps(read.rules, scorers=scorers)
    except ValidationError as error:
        raise CorpusError(f"{path}: {explained(error, _ChainFile)}") from error
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error
    return Chain(steps=steps, pivots=read.pivots, min_cells=read.min_cells, samples=read.samples, seed=read.seed)


def rule_settings(kind: str) -> dict[str, Any]:
    """Return the settings of a rule: by name, what ``pydantic`` knows of each (default, description).

    Raises:
        CorpusError: There is no such rule.

    Example:
        >>> list(rule_settings("script"))
        ['languages', 'min', 'letters']
    """
    return {name: field for name, field in _known(kind).model_fields.items() if not field.exclude}


def _kind(step: Step) -> str:
    return step.name.partition(":")[0]


def _known(kind: str) -> type[Settings]:
    if kind not in RULES:
        raise CorpusError(f"there is no rule {kind!r}; {nearest(kind, RULES, 'there are')}")
    return RULES[kind]


def _parsed(said: str | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(said, Mapping):
        if len(said) != 1:
            raise CorpusError(f"{dict(said)} is no rule; write one name with its settings below it")
        ((kind, settings),) = said.items()
        return str(kind), dict(settings or {})
    kind, _, words = said.partition(":")
    given = {}
    for word in filter(None, words.split(",")):
        key, equals, value = word.partition("=")
        if not equals:
            raise CorpusError(f"{said}: write KIND:setting=value,setting=value, as length:min=3,max=200")
        given[key.strip()] = value.strip()
    return kind.strip(), given


def _listed(rule: type[Settings], key: str, value: Any) -> Any:
    several = get_origin(rule.model_fields[key].annotation) is tuple
    return tuple(value.split("+")) if several and isinstance(value, str) else value

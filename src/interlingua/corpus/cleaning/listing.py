"""The rules, their settings and the presets, as text."""

from typing import Any

from interlingua.corpus.cleaning.making import RULES, rule_settings
from interlingua.corpus.cleaning.presets import PRESETS

__all__ = ["list_rules", "summary"]


def list_rules() -> str:
    """Return every rule with what it is for and its settings, then the presets."""
    lines = []
    for kind in RULES:
        lines.append(f"{kind}: {summary(kind)}")
        for name, field in rule_settings(kind).items():
            default = "needed" if field.is_required() else _shown(field.default)
            lines.append(f"    {name} ({default}): {field.description}")
    for name, preset in PRESETS.items():
        lines += ["", f"preset {name}: {preset.about}"]
        lines += [f"    {rule}" for rule in preset.rules]
        lines += [f"  {reading}" for reading in preset.readings]
    return "\n".join(lines)


def summary(kind: str) -> str:
    """Return what a rule is for, in one sentence.

    Example:
        >>> summary("markup")
        'Cells with HTML tags or entities.'
    """
    return " ".join((RULES[kind].__doc__ or "").partition("\n\n")[0].split())


def _shown(value: Any) -> str:
    if value == "" or value == ():
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return "+".join(value) if isinstance(value, tuple) else str(value)

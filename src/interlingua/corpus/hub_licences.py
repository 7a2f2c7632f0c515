"""Licences as the Hugging Face hub spells them in the metadata of a data set."""

import re
from collections.abc import Iterable

__all__ = ["hub_licence"]

_KNOWN = frozenset(
    """
    afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 c-uda cc cc0-1.0
    cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0
    cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-permissive-1.0
    cdla-permissive-2.0 cdla-sharing-1.0 ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 gfdl gpl gpl-2.0 gpl-3.0
    isc lgpl lgpl-2.1 lgpl-3.0 lppl-1.3c mit mpl-2.0 ms-pl ncsa odbl odc-by ofl-1.1 osl-3.0 pddl postgresql unlicense
    wtfpl zlib
    """.split()  # noqa: SIM905
)
"""https://huggingface.co/docs/hub/repositories-licenses; those that models alone have are left out."""

_GNU = re.compile(r"-(?:only|or-later)$")
_WITHOUT_VERSION = re.compile(r"^(odbl|odc-by|pddl|gfdl)-[0-9.]+$")

_NAMED = 3
"""So many are named one by one."""


def hub_licence(licences: Iterable[str]) -> dict[str, str]:
    """Return ``license`` of the metadata: of one licence its name there, else ``other``, with ``license_name``.

    Several licences have no one name there; which part is under which, the card says. ``unknown`` stands for those that
    nobody knows.

    Args:
        licences: SPDX identifiers, or words.

    Example:
        >>> hub_licence(["CC-BY-SA-4.0"]), hub_licence(["GPL-3.0-or-later"])
        ({'license': 'cc-by-sa-4.0'}, {'license': 'gpl-3.0'})
        >>> hub_licence(["CC-BY-4.0", "CC0-1.0"]), hub_licence(["unknown"])
        ({'license': 'other', 'license_name': 'cc-by-4.0-and-cc0-1.0'}, {'license': 'unknown'})
    """
    names = list(dict.fromkeys(name.strip() for name in licences)) or ["unknown"]
    spelled = [_WITHOUT_VERSION.sub(r"\1", _GNU.sub("", name.lower())) for name in names]
    if len(set(spelled)) == 1 and spelled[0] in {*_KNOWN, "unknown", "other"}:
        return {"license": spelled[0]}
    plain = all(re.fullmatch(r"[A-Za-z0-9.+-]+", name) for name in names)
    if plain and len(names) <= _NAMED:
        return {"license": "other", "license_name": "-and-".join(name.lower() for name in names)}
    return {"license": "other", "license_name": "several" if len(names) > 1 else "see-card"}

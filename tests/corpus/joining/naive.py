"""A join in dictionaries and loops, to compare with."""

import unicodedata

import xxhash

SPLITS = {None: 0, "train": 1, "dev": 2, "test": 3}


def joined(sources, *, pivot="eng_Latn", conflicts="all", min_cells=2, pivot_only=False):
    """Return rows by ``_id``: texts, and the provenance that stands in the columns of a joined corpus.

    Args:
        sources: Name and rows (canonical languages) of each.
    """
    groups: dict[str, list[tuple[int, str, object]]] = {}
    has_splits = any(row.meta.get("_split") for _, rows in sources for row in rows)
    for number, (name, rows) in enumerate(sources):
        for row in rows:
            if pivot in row.texts:
                content = fold(row.texts[pivot])
            elif len(row.texts) > 1 and not pivot_only:
                content = "\x1e".join(f"{code}\x1f{fold(row.texts[code])}" for code in sorted(row.texts))
            else:
                continue
            groups.setdefault(xxhash.xxh3_128_hexdigest(content.encode()), []).append((number, name, row))
    made = {}
    for key, members in sorted(groups.items()):
        with_pivot = next(((name, row) for _, name, row in members if pivot in row.texts), None)
        split = max((row.meta.get("_split") for _, _, row in members), key=SPLITS.get)
        for number, cells in enumerate(settled(members, pivot, conflicts)):
            texts = {code: cells[code][2].texts[code] for code in sorted(cells)}
            origins = {code: origin(cells[code], code) for code in texts}
            if with_pivot is not None:
                texts = {pivot: with_pivot[1].texts[pivot], **texts}
                origins = {pivot: origin((0, *with_pivot), pivot), **origins}
            if len(texts) < min_cells:
                continue
            meta = {"_split": split or "train"} if has_splits else {}
            meta["_source"] = next(iter(origins.values()))
            meta |= {f"_source:{code}": found for code, found in origins.items() if found != meta["_source"]}
            scores = {code: score(cells[code], code) for code in cells}
            meta |= {f"_score:{code}": found for code, found in scores.items() if found is not None}
            made[key if number == 0 else f"{key}-{number + 1}"] = (texts, meta)
    return made


def settled(members, pivot, conflicts):
    """Return cells of every row of a group: member by language."""
    if conflicts == "all":
        return laid_out(members, pivot)
    languages = {code for member in members for code in member[2].texts if code != pivot}
    row = {}
    for code in languages:
        having = [member for member in members if code in member[2].texts]
        match conflicts:
            case "first":
                row[code] = having[0]
            case "best":
                scores = [-1e9 if score(member, code) is None else score(member, code) for member in having]
                row[code] = having[scores.index(max(scores))]
            case "majority":
                votes = []
                for member in having:
                    same = [other for other in having if other[2].texts[code] == member[2].texts[code]]
                    votes.append((len({other[0] for other in same}), len(same)))
                row[code] = having[votes.index(max(votes))]
    return [row]


def laid_out(members, pivot):
    rows = []
    firsts = {}
    seen = []
    for member in members:
        cells = {code: text for code, text in member[2].texts.items() if code != pivot}
        if not cells or cells in seen or (len(cells) == 1 and next(iter(cells.items())) in firsts):
            continue
        seen.append(cells)
        fitting = [
            row
            for row in rows
            if any(firsts.get(cell) is row for cell in cells.items())
            and all(code not in row or text_of(row, code) == text for code, text in cells.items())
        ]
        fitting += [row for row in rows if not set(row) & set(cells)]
        if not fitting:
            rows.append({})
        row = fitting[0] if fitting else rows[-1]
        for code, text in cells.items():
            row.setdefault(code, member)
            firsts.setdefault((code, text), row)
    return rows or [{}]


def text_of(row, code):
    return row[code][2].texts[code]


def origin(member, code):
    _, name, row = member
    return row.meta.get(f"_source:{code}") or row.meta.get("_source") or name


def score(member, code):
    meta = member[2].meta
    own = origin(member, code) == meta.get("_source", member[1])
    return meta.get(f"_score:{code}", meta.get("_score") if own else None)


def fold(text):
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

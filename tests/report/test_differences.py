from interlingua.report.differences import recipe_differences


def test_only_what_differs_is_told_with_a_value_a_run():
    base = {"student": {"kind": "static"}, "corpus": [{"data": "a", "weight": 1.0}], "languages": ["eng", "deu"]}
    other = {"student": {"kind": "static", "dimension": 8}, "corpus": [{"data": "b", "weight": 1.0}], "languages": None}
    assert recipe_differences([base, other, base]) == [
        {"key": "corpus.0.data", "values": ["a", "b", "a"]},
        {"key": "languages", "values": ["['eng', 'deu']", "None", "['eng', 'deu']"]},
        {"key": "student.dimension", "values": ["–", "8", "–"]},
    ]
    assert recipe_differences([base, base]) == []

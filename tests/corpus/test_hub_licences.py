import pytest

from interlingua.corpus.hub_licences import hub_licence


@pytest.mark.parametrize(
    ("licences", "named"),
    [
        (["MIT", "MIT"], "mit"),
        (["ODbL-1.0"], "odbl"),
        (["LGPL-2.1-or-later"], "lgpl-2.1"),
        (["CC-BY-2.0-FR"], ("other", "cc-by-2.0-fr")),
        (["per language: public domain or CC0"], ("other", "see-card")),
        (["MIT", "unknown"], ("other", "mit-and-unknown")),
        (["MIT", "in words"], ("other", "several")),
        (["MIT", "ISC", "Zlib", "CC0-1.0"], ("other", "several")),
        ([], "unknown"),
    ],
)
def test_what_the_hub_takes(licences, named):
    found = hub_licence(licences)
    assert found == (
        {"license": named} if isinstance(named, str) else dict(zip(("license", "license_name"), named, strict=True))
    )

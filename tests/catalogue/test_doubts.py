"""What is read of a package in another version than the required one is said to be in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import Analysis, analyse
from analyzer.catalogue.doubts import Around
from analyzer.catalogue.versions import around, same_series, specifier, version
from analyzer.options import Options
from analyzer.render.links import no_link
from analyzer.render.markdown.grounds import reading
from analyzer.source.extract import extract
from analyzer.source.facts import FileFacts
from tests.projects import write

KNOWN = [found for text in ("3.2.25", "4.2.30", "5.2.19") if (found := version(text)) is not None]


@pytest.mark.parametrize(
    ("wanted", "before", "behind"),
    [
        ("==4.1", "3.2.25", "4.2.30"),
        (">=4.3,<5", "4.2.30", "5.2.19"),
        ("==1.0", None, "3.2.25"),
        ("<2", None, "3.2.25"),
        ("==6.0", "5.2.19", None),
        (">6", "5.2.19", None),
    ],
)
def test_the_known_versions_around_a_required_one(
    wanted: str, before: str | None, behind: str | None
) -> None:
    expected = tuple(version(text) if text is not None else None for text in (before, behind))
    assert around(KNOWN, specifier(wanted)) == expected


@pytest.mark.parametrize(
    ("wanted", "same"), [("==4.2.3", True), (">=4.2.40,<4.2.50", True), ("==4.1.3", False), ("<4", False)]
)
def test_versions_of_one_series_count_as_one(wanted: str, same: bool) -> None:
    assert same_series(KNOWN[1], specifier(wanted)) == same


def facts(source: str) -> FileFacts:
    return extract(source.encode(), full=False)


def alike(before: str | None, behind: str | None, name: str = "A") -> bool:
    sources = (before, behind)
    return Around(
        [(lambda module, text=text: facts(text)) if text is not None else None for text in sources]  # type: ignore[misc]
    ).alike("m", name)


MODEL = "class A(Base):\n    name = CharField(max_length=10)\n"


@pytest.mark.parametrize(
    ("before", "behind", "expected"),
    [
        (MODEL, MODEL, True),
        (MODEL, f"import json\n\n\nclass Other: pass\n\n\n{MODEL}", True),
        (MODEL, f"if x:\n    pass\n{MODEL}", True),
        (MODEL, MODEL.replace("10", "20"), False),
        (MODEL, MODEL.replace("Base", "Other"), False),
        (MODEL, "", False),
        (MODEL, None, False),
        (None, MODEL, False),
        ("", "", False),
    ],
)
def test_a_class_is_alike_where_it_is_written_alike(
    before: str | None, behind: str | None, expected: bool
) -> None:
    assert alike(before, behind) == expected
    assert alike(before, behind, "A.Inner") == expected


# ---------------------------------------------------------------- what a project's models say

FILES = {
    "settings.py": 'INSTALLED_APPS = ["shop", "taggit", "filer"]\nSECRET_KEY = "x"\n',
    "shop/__init__.py": "",
    "shop/models.py": """
from django.db import models
from filer.fields.image import FilerImageField
from model_utils.models import TimeStampedModel
from taggit.models import Tag


class Thing(TimeStampedModel):
    picture = FilerImageField(on_delete=models.CASCADE)


class Other(models.Model):
    tag = models.ForeignKey(Tag, models.CASCADE)
""",
}


def read(root: Path, requirements: str) -> Analysis:
    return analyse(write(root, {**FILES, "requirements.txt": requirements}), Options(cache=False))


def certain(analysis: Analysis) -> dict[str, bool]:
    return {model.name: model.certain for model in analysis.models if model.own}


def doubted(analysis: Analysis) -> dict[str, tuple[str, int]]:
    return {item.what: (item.file, item.line) for item in analysis.unknown}


@pytest.mark.parametrize(
    "requirement", ["", "django-model-utils", "django-model-utils==5.0.0", "django-model-utils>=3"]
)
def test_what_fits_is_certain(requirement: str, tmp_path: Path) -> None:
    found = read(tmp_path, requirement)
    assert certain(found) == {"shop.models.Other": True, "shop.models.Thing": True}
    assert "model_utils" not in doubted(found)


def test_a_model_that_inherits_from_another_version_is_not_certain(tmp_path: Path) -> None:
    found = read(tmp_path, "Django\ndjango-model-utils==1.0\n")
    assert certain(found) == {"shop.models.Other": True, "shop.models.Thing": False}
    assert doubted(found)["model_utils"] == ("requirements.txt", 2)
    assert "shop.Thing" in doubted(found)


def test_relations_to_models_of_another_version_stay_and_the_package_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "django-taggit==0.1\n")
    assert certain(found)["shop.models.Other"]
    (relation,) = (r for r in found.relations if (r.source, r.field) == ("shop.Other", "tag"))
    assert (relation.target, relation.certain) == ("taggit.Tag", True)
    assert doubted(found)["taggit"] == ("requirements.txt", 1)


@pytest.mark.parametrize(
    ("requirement", "sure"), [("django-filer==3.0.6", True), ("django-filer==0.1", False)]
)
def test_a_field_class_of_another_version_that_names_its_target_is_not_certain(
    requirement: str, sure: bool, tmp_path: Path
) -> None:
    found = read(tmp_path, requirement)
    (relation,) = (r for r in found.relations if (r.source, r.field) == ("shop.Thing", "picture"))
    assert (relation.target, relation.certain) == ("filer.Image", sure)


def test_the_report_names_the_packages_that_do_not_fit_and_those_that_nothing_requires(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, "django-model-utils==1.0\ndjango-taggit==6.1.0\n")
    lines = "\n".join(reading(found, no_link))
    assert "Read in another version than the required one: `django-model-utils` `==1.0` as " in lines
    (free,) = (line for line in lines.splitlines() if "Required by no file that was read" in line)
    assert "`django-filer`" in free
    assert "taggit" not in free

"""Where the migrations of a package's app begin and end."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import analyse
from analyzer.catalogue.migrations import ends
from analyzer.catalogue.site import SitePackages
from analyzer.options import Options
from tests.projects import write

MIGRATION = "class Migration:\n    dependencies = {}\n    replaces = {}\n"


@pytest.mark.parametrize(
    ("dependencies", "expected"),
    [
        ({}, ()),
        ({"0001": []}, ("0001", "0001")),
        ({"0001": [], "0002": [("shop", "0001")]}, ("0001", "0002")),
        ({"0001": [("other", "0002")], "0002": [("shop", "0001")]}, ("0001", "0002")),
        ({"0001": [], "0002_z": [("shop", "0001")], "0002_a": [("shop", "0001")]}, ("0001", "0002_a")),
        ({"0001": [], "0001_squashed": [], "0002": [("shop", "0001")]}, ("0001", "0001_squashed")),
        ({"0001": [("shop", "0002")], "0002": [("shop", "0001")]}, ("0001", "0002")),
    ],
)
def test_the_ends_follow_the_edges(
    dependencies: dict[str, list[tuple[str, str]]], expected: tuple[str, ...], tmp_path: Path
) -> None:
    files = {f"shop/migrations/{name}.py": MIGRATION.format(said, []) for name, said in dependencies.items()}
    found = SitePackages(write(tmp_path, {"shop/__init__.py": "", **files}))
    assert ends(found, "shop", "shop") == expected


OWN = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = {}
"""


@pytest.mark.parametrize(
    ("requirement", "dependency"),
    [
        ("django-taggit==1.5.1", ("taggit", "0006_rename_taggeditem_content_type_object_id")),
        ("django-taggit==6.1.0", ("taggit", "0099_not_there")),
        ("", ("taggit", "__first__")),
    ],
)
def test_a_migration_of_a_package_is_never_missing(
    requirement: str, dependency: tuple[str, str], tmp_path: Path
) -> None:
    files = {
        "requirements.txt": requirement,
        "settings.py": 'INSTALLED_APPS = ["shop", "taggit"]\nSECRET_KEY = "x"\n',
        "shop/__init__.py": "",
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": OWN.format([dependency]),
    }
    found = analyse(write(tmp_path, files), Options(cache=False))
    assert found.history.missing == ()
    assert "MS102" not in {finding.code for finding in found.findings}

"""Where people name migrations outside of them, and where they only seem to."""

from __future__ import annotations

import time

import pytest

from analyzer.history.mentions import Named, mentions
from analyzer.source.documents import Document, Kind
from analyzer.source.namings import namings
from tests.projects import analysed, files_of

EMPTY = "from django.db import migrations\nclass Migration(migrations.Migration): pass\n"
PROJECT = f"""
# blog/__init__.py
# blog/models.py
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
{EMPTY}# blog/migrations/0002_title.py
{EMPTY}# shop/__init__.py
# shop/models.py
# shop/migrations/__init__.py
# shop/migrations/0001_initial.py
{EMPTY}"""
ANALYSIS = analysed(PROJECT)
NAMED = Named(ANALYSIS.migrations, ANALYSIS.apps)


def in_source(text: str, path: str = "tests.py") -> list[tuple[int, str, str]]:
    found = mentions(NAMED, [(path, namings(text.encode()))], [])
    return [(one.line, one.manner, ".".join(one.migration)) for one in found]


def in_document(text: str, kind: Kind = "script") -> list[tuple[int, str, str]]:
    found = mentions(NAMED, [], [Document("deploy", kind, text.encode())])
    return [(one.line, one.manner, ".".join(one.migration)) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = import_module('blog.migrations.0002_title')", [(1, "imports", "blog.0002_title")]),
        ("x = __import__('blog.migrations.0002_title')", [(1, "imports", "blog.0002_title")]),
        ("\nx = import_module(\n    'blog.migrations.0002_title'\n)", [(3, "imports", "blog.0002_title")]),
        ("@patch('blog.migrations.0002_title.run')", [(1, "imports", "blog.0002_title")]),
        ("NAMES = ['blog.migrations.0002_title']", [(1, "names", "blog.0002_title")]),
        ("x = import_module('.migrations.0002_title', 'blog')", [(1, "imports", "blog.0002_title")]),
        ("x = ('blog', '0001_initial')  # migrate", [(1, "names", "blog.0001_initial")]),
        ("x = [\n    ('shop',\n     '0001_initial')]  # migrate", [(3, "names", "shop.0001_initial")]),
        ("migrate_to = '0002_title'", [(1, "names", "blog.0002_title")]),
        ("migrate_to = '0001_initial'", []),
        ("migrate_to = ('auth', '0001_initial')", []),
        ("call_command('migrate', 'blog', '0001')", [(1, "migrates", "blog.0001_initial")]),
        ("call_command('migrate', 'blog')", []),
        ("# migrations: '0002_title'", []),
        ("    # import_module('blog.migrations.0002_title')", []),
        ("x = '0002_title'", []),
        ("x = '0002_titles'  # migrations", []),
        (
            "from django.db import migrations\nclass Migration(migrations.Migration):\n    x = '0002_title'",
            [],
        ),
    ],
)
def test_code(text: str, found: list[tuple[int, str, str]]) -> None:
    assert in_source(text) == found


def test_a_name_that_a_file_beside_has_too_may_mean_that() -> None:
    sources = [
        ("blog/jobs/0002_title.py", ()),
        ("tests.py", namings(b"migrate_to = '0002_title'\n('blog', '0002_title')")),
    ]
    named = Named(ANALYSIS.migrations, ANALYSIS.apps)
    assert [one.line for one in mentions(named, sources, [])] == [2]


def test_a_name_that_several_apps_have_is_that_of_the_app_around() -> None:
    text = "migrate_from = '0001_initial'"
    assert in_source(text, "shop/tests/test_it.py") == [(1, "names", "shop.0001_initial")]
    assert in_source(text, "tests/test_it.py") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("python manage.py migrate blog 0001", [(1, "migrates", "blog.0001_initial")]),
        (
            "./manage.py migrate --database other blog 0001_initial --fake",
            [(1, "migrates", "blog.0001_initial")],
        ),
        ("\n`migrate blog 0002_title`", [(2, "migrates", "blog.0002_title")]),
        ('CMD ["manage.py migrate blog 0002"]', [(1, "migrates", "blog.0002_title")]),
        ("manage.py migrate blog zero", []),
        ("manage.py migrate blog 00", []),
        ("manage.py migrate blog", []),
        ("manage.py migrate && run blog 0001", []),
        ("manage.py migrate auth 0001", []),
        ("exclude: blog/migrations/0002_title.py", [(1, "names", "blog.0002_title")]),
        ("exclude: src/blog/migrations/0002_title.py", []),
        ("exclude: migrations/0001_initial.py", []),
        ("Applying shop.0001_initial... OK (migrate)", [(1, "names", "shop.0001_initial")]),
    ],
)
def test_scripts(text: str, found: list[tuple[int, str, str]]) -> None:
    assert in_document(text) == found


def test_lists_of_last_migrations_are_no_mention() -> None:
    assert in_document("blog.0002_title migrate", "list") == []


@pytest.mark.parametrize("unit", ["a", "/", "a.", "migrations/", "'", "migrate ", " ", "(", "0001_"])
def test_long_runs_cost_no_more_than_their_length(unit: str) -> None:
    text = "migrations " + unit * (200_000 // len(unit))
    begin = time.perf_counter()
    in_source(text)
    in_document(text)
    assert time.perf_counter() - begin < 2


def test_the_example_is_whole() -> None:
    assert sorted(".".join(m.key) for m in ANALYSIS.migrations) == [
        "blog.0001_initial",
        "blog.0002_title",
        "shop.0001_initial",
    ]
    assert len(files_of(PROJECT)) == 9

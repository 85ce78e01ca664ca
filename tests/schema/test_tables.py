"""Table names that Django makes itself, as long as the database lets them be."""

from __future__ import annotations

import pytest

from analyzer.schema.tables import truncated
from tests.schema.blog import model, read

LONG = "A" * 70
TEXT = f"class {LONG}(models.Model): pass\n"
WHOLE = f"blog_{'a' * 70}"
ENGINE = "\nDATABASES = {{'default': {{'ENGINE': '{}'}}}}\n"


def table(engine: str, text: str = TEXT) -> str:
    return model(text, LONG, ENGINE.format(engine)).db_table


@pytest.mark.parametrize(
    ("engine", "length"),
    [
        ("django.db.backends.sqlite3", 75),
        ("django.db.backends.postgresql", 63),
        ("django.contrib.gis.db.backends.postgis", 63),
        ("django_prometheus.db.backends.postgresql", 63),
        ("django.db.backends.mysql", 64),
        ("django.db.backends.oracle", 30),
    ],
)
def test_a_long_name_is_shortened_as_the_database_wants_it(engine: str, length: int) -> None:
    found = table(engine)
    assert len(found) == length
    assert found.startswith(WHOLE[: length - 4])


def test_the_end_is_a_digest_of_the_whole_name() -> None:
    """What django.db.backends.utils.truncate_name says."""
    assert truncated("some_rather_long_table", 10) == "some_rcaed"
    assert truncated("short", 10) == "short"


def test_a_name_that_meta_gives_stays_as_it_is() -> None:
    text = f"class {LONG}(models.Model):\n    class Meta:\n        db_table = '{'b' * 80}'\n"
    assert table("django.db.backends.oracle", text) == "b" * 80


def test_without_a_known_database_a_long_name_stays_whole_and_that_is_said() -> None:
    found = read(TEXT)
    assert model(TEXT, LONG).db_table == WHOLE
    (unknown,) = [item for item in found.unknown if item.what.startswith("table of")]
    assert (unknown.file, unknown.line) == ("blog/models.py", 3)
    assert "longer than 63 letters" in unknown.why


def test_a_name_that_fits_every_usual_database_is_no_question() -> None:
    assert not read("class Post(models.Model): pass\n").unknown

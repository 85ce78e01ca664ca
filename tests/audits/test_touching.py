"""Findings that have to do with changed files, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from analyzer.audits.rules import Finding, Severity
from analyzer.audits.touching import Touched


def touches(changed: Iterable[str] = (), deleted: Iterable[str] = (), **said: object) -> bool:
    finding = Finding(
        "MS102", Severity.ERROR, "shop/migrations/0003_x.py", 3, 1, "shop.0003_x names blog.0001_gone", "",
        app="shop", **said,  # type: ignore[arg-type]
    )  # fmt: skip
    touched = Touched(frozenset(changed), frozenset(deleted), {"shop": "shop", "blog": "apps/blog"})
    return touched.touches(finding)


@pytest.mark.parametrize("path", ["shop/migrations/0003_x.py", "apps/blog/migrations/0001_gone.py"])
def test_its_own_file_and_that_of_a_migration_it_names(path: str) -> None:
    assert touches(changed={path})
    assert touches(deleted={path})


def test_a_file_that_it_rests_on() -> None:
    assert not touches(changed={"shop/models.py"})
    assert touches(changed={"shop/models.py"}, related=("shop/models.py",))


def test_what_is_deleted_in_its_app() -> None:
    assert touches(deleted={"shop/models.py"})
    assert not touches(deleted={"shopping/models.py"})
    assert not touches(deleted={"apps/blog/models.py"})


def test_nothing_else() -> None:
    assert not touches(
        changed={"shop/migrations/0001_gone.py", "shop/migrations/0002_y.py", "README.md", "0003_x.txt"}
    )

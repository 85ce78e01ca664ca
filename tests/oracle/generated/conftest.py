"""How many random projects to compare with Django."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oracle.generated.truth import Django

ORDINARY = 60
ORDINARY_HISTORIES = 24


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--projects",
        type=int,
        default=ORDINARY,
        help="random projects to compare with real Django; without --hypothesis-seed always the same ones",
    )
    parser.addoption(
        "--histories",
        type=int,
        default=ORDINARY_HISTORIES,
        help="random projects with migrations, chosen and compared likewise",
    )


@pytest.fixture(scope="session")
def projects(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--projects", default=ORDINARY))


@pytest.fixture(scope="session")
def histories(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--histories", default=ORDINARY_HISTORIES))


@pytest.fixture(scope="session")
def django() -> Iterator[Django]:
    with Django() as server:
        yield server

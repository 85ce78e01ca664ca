"""How many random projects to compare with Django."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oracle.generated.truth import Django

ORDINARY = 60


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--projects",
        type=int,
        default=ORDINARY,
        help="random projects to compare with real Django; without --hypothesis-seed always the same ones",
    )


@pytest.fixture(scope="session")
def projects(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--projects", default=ORDINARY))


@pytest.fixture(scope="session")
def django() -> Iterator[Django]:
    with Django() as server:
        yield server

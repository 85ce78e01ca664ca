"""Every situation as real Django brings it about has its code, and healthy environments have none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracle.environments import healthy, situations
from tests.oracle.environments.preparing import Situation, situations_in
from tests.oracle.environments.world import Server, World, server
from tests.reset.comparing import codes, of_folder

SITUATIONS = situations_in(situations, healthy)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as found:
        yield found


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_a_situation_is_told(situation: Situation, running: Server, tmp_path: Path) -> None:
    world = World(tmp_path, running)
    situation.prepare(world)
    for as_table in (False, True):
        exports = [
            (name, world.table(database) if as_table else world.database(database))
            for name, database in situation.environments
        ]
        found = of_folder(
            world.root, exports, git=situation.git, expect_new=situation.expect_new,
            site=tmp_path / "site" if situation.site else None,
        )  # fmt: skip
        assert codes(found) == sorted(situation.expected), [one.message for one in found.situations]


@pytest.mark.parametrize("form", [("--list",), ("--list", "-v2"), ("--plan",), ("--plan", "-v2")])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s01_pending", ["MS601 blocker"]),
        ("healthy_normal", []),
        ("healthy_new_database_with_a_squash", []),
        ("s06_squash_partly_applied", ["MS601 blocker", "MS606 ok"]),
        ("s02_ghost", []),
    ],
)
def test_a_listing_tells_what_it_can(
    name: str, expected: list[str], form: tuple[str, ...], running: Server, tmp_path: Path
) -> None:
    """Of real `showmigrations`; a row without a file it cannot show, and the answer says so."""
    world = World(tmp_path, running)
    next(one for one in SITUATIONS if one.name == name).prepare(world)
    found = of_folder(world.root, [("prod", world.listing(*form))])
    assert codes(found) == expected
    assert any("hides rows that have no file" in told for told in found.open)

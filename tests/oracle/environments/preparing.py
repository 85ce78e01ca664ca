"""What a situation is, how one is kept under its name, and what many of them begin with.

A function prepares a world; what it must be told as are codes with their verdicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType

from tests.oracle.environments.world import ITEM, POST, World

Prepare = Callable[[World], None]


@dataclass(frozen=True)
class Situation:
    """How it comes about, and what must be said about it."""

    name: str
    prepare: Prepare
    expected: tuple[str, ...]
    environments: tuple[tuple[str, str], ...] = (("prod", "prod"),)
    git: bool = False
    expect_new: bool = False
    site: bool = False


def situation(
    *expected: str, environments: tuple[tuple[str, str], ...] = (("prod", "prod"),),
    git: bool = False, expect_new: bool = False, site: bool = False,
) -> Callable[[Prepare], Situation]:  # fmt: skip
    def of(prepare: Prepare) -> Situation:
        return Situation(prepare.__name__, prepare, expected, environments, git, expect_new, site)

    return of


def situations_in(*modules: ModuleType) -> list[Situation]:
    """The situations of some modules, in the order of their text."""
    return [found for module in modules for found in vars(module).values() if isinstance(found, Situation)]


TWO = (("prod", "prod"), ("dev", "dev"))
BOTH = (("prod", "prod"), ("prod", "dev"))
LATER = datetime(2024, 6, 20, 10, tzinfo=UTC)


def start(world: World) -> None:
    """Two apps with migrations, all applied; made once, and copied from then on."""
    if not world.recall():
        world.history("blog", "score", "rank")
        world.history("shop")
        world.migrate()
        world.keep()


def remake(world: World) -> None:
    """One new migration that replaces the old ones, which stay."""
    kept = {path: path.read_text() for path in (world.root / "blog/migrations").glob("0*.py")}
    reset(world)
    new = world.file("blog", "0001")
    names = ", ".join(f"('blog', '{path.stem}')" for path in sorted(kept))
    text = new.read_text().replace("    initial = True", f"    initial = True\n    replaces = [{names}]")
    for path, old in kept.items():
        path.write_text(old)
    world.write("blog/migrations/0004_remake.py", text)


def remove_old_files(world: World) -> None:
    for name in ("0001_initial", "0002_score", "0003_rank"):
        world.remove(world.root / f"blog/migrations/{name}.py")


def without_replaces(world: World, name: str) -> None:
    """Take `replaces` out of a squash, as its text says to."""
    path = world.root / "blog/migrations" / name
    lines = path.read_text().split("\n")
    begin = next(n for n, line in enumerate(lines) if line.lstrip().startswith("replaces"))
    end = next(n for n in range(begin, len(lines)) if lines[n].rstrip().endswith("]"))
    path.write_text("\n".join(lines[:begin] + lines[end + 1 :]))


def reset(world: World, split: bool = False) -> None:
    """Delete an app's migrations and let Django write them anew."""
    world.remove(*(world.root / "blog/migrations").glob("0*.py"))
    world.clock = LATER
    if split:
        models = (world.root / "blog/models.py").read_text()
        world.models("blog", POST)
        world.make("blog", "initial")
        world.write("blog/models.py", models)
        world.make("blog", "rest")
    else:
        world.make("blog", "initial")


def package(world: World) -> None:
    """An installed package with an app of its own."""
    site = world.folder / "site/tags"
    (site / "migrations").mkdir(parents=True)
    (site / "__init__.py").write_text("")
    (site / "migrations/__init__.py").write_text("")
    (site / "models.py").write_text(f"from django.db import models\n{ITEM.replace('Item', 'Tag')}")
    world.path = [str(site.parent)]
    world.install("blog", "shop", "tags")
    world.run("makemigrations", "tags")

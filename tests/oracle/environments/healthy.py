"""Environments where all is well, and where a reset has been carried out as it should."""

from __future__ import annotations

from analyzer.reset.environments_sql import record
from tests.oracle.environments.preparing import (
    BOTH,
    LATER,
    TWO,
    package,
    remake,
    remove_old_files,
    reset,
    situation,
    start,
    without_replaces,
)
from tests.oracle.environments.world import World


@situation()
def healthy_normal(world: World) -> None:
    start(world)
    world.clock = LATER
    world.add_field("blog", "size")
    world.migrate()


@situation("MS608 ok")
def healthy_new_database_with_a_squash(world: World) -> None:
    world.history("blog", "score", "rank")
    world.history("shop")
    world.run("squashmigrations", "blog", "0003", "--noinput")
    world.add_field("blog", "size")
    world.migrate()


@situation(site=True, environments=TWO)
def healthy_packages(world: World) -> None:
    package(world)
    start(world)
    world.migrate(database="dev")


@situation(environments=BOTH)
def healthy_databases(world: World) -> None:
    world.write(
        "config/routers.py",
        "class Router:\n"
        "    def allow_migrate(self, db, app_label, **hints):\n"
        "        return app_label != 'shop'\n",
    )
    world.edit(
        world.root / "config/settings.py", "USE_TZ", 'DATABASE_ROUTERS = ["config.routers.Router"]\nUSE_TZ'
    )
    start(world)
    world.migrate(database="dev")


@situation(environments=TWO, git=True)
def healthy_after_prune(world: World) -> None:
    start(world)
    world.add_field("blog", "size")
    world.migrate()
    world.migrate(database="dev")
    world.commit("before")
    world.clock = LATER
    world.run("squashmigrations", "blog", "0003", "--noinput")
    world.commit("squash")
    world.migrate()
    world.migrate(database="dev")
    squash = world.file("blog", "0001_squashed")
    remove_old_files(world)
    without_replaces(world, squash.name)
    world.edit(world.file("blog", "0004"), "0003_rank", squash.stem)
    world.commit("old files gone")
    for database in ("prod", "dev"):
        world.migrate("blog", "--prune", database=database)


@situation("MS602 ok", "MS609 advice", git=True, expect_new=True)
def reset_by_placeholders(world: World) -> None:
    start(world)
    world.run("makemigrations", "blog", "--empty", "-n", "reset")
    world.commit("placeholder")
    world.migrate()
    reset(world)
    for path in (world.root / "blog/migrations").glob("0001*"):
        path.rename(path.with_name("0004_reset.py"))
    world.commit("reset")
    world.run("migrate", "--check")
    world.run("makemigrations", "--check")


@situation("MS608 ok", git=True, expect_new=True)
def reset_by_replaces(world: World) -> None:
    start(world)
    world.commit("before")
    world.clock = LATER
    remake(world)
    world.migrate()


@situation("MS602 ok", git=True, expect_new=True)
def reset_by_replaces_before_prune(world: World) -> None:
    start(world)
    world.commit("before")
    world.clock = LATER
    remake(world)
    world.commit("remake")
    world.migrate()
    remove_old_files(world)
    without_replaces(world, "0004_remake.py")
    world.commit("old files gone")
    world.run("migrate", "--check")


@situation("MS610 ok", git=True, expect_new=True)
def reset_by_sql(world: World) -> None:
    start(world)
    world.commit("before")
    reset(world, split=True)
    world.commit("reset")
    world.sql("DELETE FROM django_migrations WHERE app = 'blog'")
    world.sql(record((("blog", "0001_initial"), ("blog", "0002_rest"))))
    world.run("migrate", "--check")

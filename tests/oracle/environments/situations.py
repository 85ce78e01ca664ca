"""The twenty situations, each as it really comes about."""

from __future__ import annotations

from analyzer.reset.environments_sql import record
from tests.oracle.environments.preparing import (
    BOTH,
    LATER,
    TWO,
    package,
    remove_old_files,
    reset,
    situation,
    start,
    without_replaces,
)
from tests.oracle.environments.world import POST, World


@situation("MS601 blocker")
def s01_pending(world: World) -> None:
    start(world)
    world.add_field("blog", "size")
    world.run("migrate", "--check", fails=True)


@situation("MS602 blocker")
def s02_ghost(world: World) -> None:
    start(world)
    models = (world.root / "blog/models.py").read_text()
    world.add_field("blog", "hotfix")
    world.migrate()
    world.remove(world.file("blog", "0004"))
    world.write("blog/models.py", models)
    world.run("migrate", "--check")


@situation("MS602 blocker", git=True)
def s02_ghost_of_a_branch(world: World) -> None:
    start(world)
    world.commit("blog and shop")
    world.git("checkout", "-q", "-b", "ranking")
    world.add_field("blog", "extra")
    world.commit("extra")
    world.migrate()
    world.git("checkout", "-q", "main")


@situation("MS602 blocker", git=True)
def s02_ghost_that_was_deleted(world: World) -> None:
    start(world)
    world.add_field("blog", "extra")
    world.commit("blog and shop")
    world.migrate()
    world.remove(world.file("blog", "0004"))
    world.commit("no extra")


@situation("MS602 advice", git=True)
def s02_squash_that_was_not_pruned(world: World) -> None:
    start(world)
    world.run("squashmigrations", "blog", "0003", "--noinput")
    world.commit("squash")
    world.migrate()
    squash = world.file("blog", "0001_squashed")
    world.remove(
        *(world.file("blog", f"{start}_") for start in ("0002", "0003")),
        world.root / "blog/migrations/0001_initial.py",
    )
    without_replaces(world, squash.name)
    world.commit("old files gone")
    world.run("migrate", "--check")


@situation("MS603 blocker")
def s03_renamed(world: World) -> None:
    start(world)
    old = world.file("blog", "0003")
    old.rename(old.with_name("0003_position.py"))
    world.run("migrate", "--check", fails=True)


@situation("MS603 blocker", git=True)
def s03_renamed_and_depended_on(world: World) -> None:
    start(world)
    world.commit("blog and shop")
    old = world.file("blog", "0002")
    old.rename(old.with_name("0002_points.py"))
    world.edit(world.file("blog", "0003"), "0002_score", "0002_points")
    world.commit("rename")
    assert "InconsistentMigrationHistory" in world.run("migrate", fails=True)


@situation("MS604 blocker")
def s04_inconsistent(world: World) -> None:
    start(world)
    text = world.file("blog", "0002").read_text()
    world.write(
        "blog/migrations/0002_points.py",
        text.replace("score", "points").replace("0001_initial", "0002_score"),
    )
    world.edit(world.file("blog", "0003"), "0002_score", "0002_points")
    assert "InconsistentMigrationHistory" in world.run("migrate", fails=True)


@situation("MS605 advice")
def s05_squash_not_recorded(world: World) -> None:
    start(world)
    world.run("squashmigrations", "blog", "0003", "--noinput")
    assert "[-]" in world.run("showmigrations", "blog")


@situation("MS606 blocker")
def s06_squash_partly_applied_files_gone(world: World) -> None:
    world.history("blog", "score", "rank")
    world.history("shop")
    world.migrate("blog", "0002")
    world.migrate("shop")
    world.migrate("auth")
    world.run("squashmigrations", "blog", "0003", "--noinput")
    remove_old_files(world)
    world.run("migrate", "--check", "blog")


@situation("MS601 blocker", "MS606 ok")
def s06_squash_partly_applied(world: World) -> None:
    world.history("blog", "score", "rank")
    world.history("shop")
    world.migrate("blog", "0002")
    world.migrate("shop")
    world.migrate("auth")
    world.run("squashmigrations", "blog", "0003", "--noinput")
    assert "0003_rank" in world.run("migrate", "--plan", "blog")


@situation("MS607 blocker")
def s07_replaced_rows_gone(world: World) -> None:
    start(world)
    world.run("squashmigrations", "blog", "0003", "--noinput")
    world.migrate()
    world.sql("DELETE FROM django_migrations WHERE app = 'blog' AND name NOT LIKE '%squashed%'")
    assert "already exists" in world.run("migrate", fails=True)


@situation("MS608 ok", environments=TWO)
def s08_squash_finished(world: World) -> None:
    start(world)
    world.migrate(database="dev")
    world.run("squashmigrations", "blog", "0003", "--noinput")
    world.migrate()
    world.migrate(database="dev")


@situation("MS609 blocker")
def s09_name_used_again(world: World) -> None:
    start(world)
    world.remove(world.file("blog", "0003"))
    world.models(
        "blog",
        f"{POST}    score = models.IntegerField(default=0)\n    other = models.IntegerField(default=0)\n",
    )
    world.clock = LATER
    world.make("blog", "rank")
    world.run("migrate", "--check")
    assert "No migrations to apply" in world.run("migrate")


@situation("MS610 advice")
def s10_restored_by_sql(world: World) -> None:
    start(world)
    world.sql("DELETE FROM django_migrations WHERE app = 'blog'")
    keys = (("blog", "0001_initial"), ("blog", "0002_score"), ("blog", "0003_rank"))
    world.sql(record(keys))


@situation("MS610 advice")
def s10_faked(world: World) -> None:
    world.history("blog")
    world.history("shop")
    for name in ("a", "b", "c", "d", "e"):
        path = world.root / "blog/models.py"
        fields = "".join(f"    {name}{n} = models.IntegerField(default=0)\n" for n in range(30))
        path.write_text(path.read_text() + fields)
        world.make("blog", f"more_{name}")
    world.migrate("auth")
    world.migrate("shop")
    world.migrate("blog", "--fake")


@situation("MS611 advice")
def s11_order(world: World) -> None:
    start(world)
    world.sql("DELETE FROM django_migrations WHERE app = 'blog' AND name = '0002_score'")
    world.clock = LATER
    world.run("record", "blog", "0002_score")


@situation("MS612 advice")
def s12_duplicates(world: World) -> None:
    start(world)
    world.run("record", "blog", "0003_rank")


@situation("MS613 blocker")
def s13_relabelled(world: World) -> None:
    start(world)
    world.write(
        "blog/apps.py",
        "from django.apps import AppConfig\n"
        "class Config(AppConfig):\n"
        "    name = 'blog'\n"
        "    label = 'journal'\n",
    )
    for path in (world.root / "blog/migrations").glob("0*.py"):
        path.write_text(path.read_text().replace("'blog'", "'journal'").replace('"blog"', '"journal"'))
    world.run("migrate", "--check", fails=True)


@situation("MS614 advice")
def s14_removed(world: World) -> None:
    start(world)
    world.remove(world.root / "shop")
    world.install("blog")
    world.run("migrate", "--check")


@situation("MS615 blocker")
def s15_unmigrated(world: World) -> None:
    start(world)
    world.remove(world.root / "blog/migrations/__init__.py")
    world.run("migrate", "--check")
    assert "No changes detected" in world.run("makemigrations")


@situation("MS601 blocker", "MS616 advice", environments=TWO)
def s16_packages_apart(world: World) -> None:
    start(world)
    world.migrate("auth", "0010")
    world.migrate(database="dev")


@situation("MS601 blocker", "MS616 advice", environments=TWO)
def s16_production_ahead(world: World) -> None:
    start(world)
    world.migrate(database="dev")
    world.migrate("blog", "0002", database="dev")


@situation("MS617 advice", environments=(("dev", "dev"),), site=True)
def s17_only_in_dev(world: World) -> None:
    package(world)
    start(world)
    site = world.folder / "site/tags"
    world.edit(world.root / "config/settings.py", "BigAutoField", "AutoField")
    world.run("makemigrations", "tags", "-n", "id", database="dev")
    world.migrate(database="dev")
    world.remove(*(site / "migrations").glob("0002*"))
    world.edit(
        world.root / "config/settings.py", '"django.db.models.AutoField', '"django.db.models.BigAutoField'
    )


@situation("MS618 blocker")
def s18_two_leaves(world: World) -> None:
    start(world)
    text = world.file("blog", "0003").read_text()
    world.write("blog/migrations/0003_height.py", text.replace("rank", "height"))
    assert "Conflicting migrations" in world.run("migrate", fails=True)


@situation("MS619 blocker", git=True)
def s19_old_release_after_the_reset(world: World) -> None:
    start(world)
    world.commit("before the reset")
    reset(world)
    world.commit("reset")
    world.sql("DELETE FROM django_migrations WHERE app IN ('blog', 'shop')")
    world.migrate("blog", "--fake")
    world.migrate("shop", "--fake")
    world.git("checkout", "-q", "HEAD~1")
    world.sql("ALTER TABLE blog_post DROP COLUMN score")
    world.sql("ALTER TABLE blog_post DROP COLUMN rank")
    world.migrate()
    world.git("checkout", "-q", "main")


@situation("MS619 blocker")
def s19_new_code_on_old_rows(world: World) -> None:
    start(world)
    reset(world, split=True)
    assert "0002_rest" in world.run("migrate", "--plan")


@situation("MS619 blocker", expect_new=True)
def s19_half_of_the_new(world: World) -> None:
    start(world)
    reset(world, split=True)


@situation("MS601 blocker", "MS620 blocker", environments=BOTH)
def s20_tenants(world: World) -> None:
    start(world)
    world.migrate("auth", database="dev")
    world.migrate("blog", "0002", database="dev")
    world.migrate("shop", database="dev")

"""The `replaces` of new migrations: every old one in exactly one, and no circle."""

from __future__ import annotations

from analyzer.history.values import Key
from analyzer.reset.layout import ground, layout
from analyzer.reset.outside import Outside
from analyzer.reset.packages import resettable
from analyzer.reset.partition import Partition, partition
from tests.reset.resets import examined, migration, two_apps

POST = "class Post(models.Model):\n    item = models.ForeignKey('shop.Item', models.CASCADE, null=True)"
ITEM = "class Item(models.Model):\n    post = models.ForeignKey('blog.Post', models.CASCADE)"
PLAIN = "class Post(models.Model): ..."


def shared(blog: str, shop: str, *files: str) -> Partition:
    found = examined(two_apps(blog, shop, more="\n".join(files)))
    return partition(layout(ground(found, resettable(found))), Outside(found))


def blog(name: str, *needs: Key) -> str:
    return migration(f"blog/migrations/{name}", *needs)


def shop(name: str, *needs: Key) -> str:
    return migration(f"shop/migrations/{name}", *needs)


def told(found: Partition) -> dict[str, list[str]]:
    return {".".join(group.new): [name for _, name in group.replaces] for group in found.groups}


def test_one_file_an_app_takes_all() -> None:
    found = shared(PLAIN, ITEM, blog("0001_a"), blog("0002_b", ("blog", "0001_a")),
                   shop("0001_c", ("blog", "0002_b")))  # fmt: skip
    assert told(found) == {"blog.0001_initial": ["0001_a", "0002_b"], "shop.0001_initial": ["0001_c"]}
    assert found.order == (("blog", "0001_initial"), ("shop", "0001_initial"))
    assert found.plain


def test_what_needs_another_app_goes_to_the_file_after_it() -> None:
    found = shared(POST, ITEM, blog("0001_a"), blog("0002_b", ("blog", "0001_a")),
                   shop("0001_c", ("blog", "0002_b")),
                   blog("0003_d", ("blog", "0002_b"), ("shop", "0001_c")))  # fmt: skip
    assert told(found) == {
        "blog.0001_initial": ["0004_anchor", "0001_a", "0002_b"],
        "blog.0002_initial": ["0003_d", "0005_anchor", "0006_anchor"],
        "shop.0001_initial": ["0001_c"],
    }


def test_histories_that_are_knotted_are_told_with_the_dependencies_to_move() -> None:
    files = (
        blog("0001_a"),
        shop("0001_c", ("blog", "0001_a")),
        blog("0002_b", ("blog", "0001_a"), ("shop", "0001_c")),
        shop("0002_e", ("shop", "0001_c"), ("blog", "0002_b")),
    )
    found = shared(PLAIN, ITEM, *files)
    if found.possible:
        assert found.rests
    assert {(bond.child, bond.parent) for bond in found.movable} <= {
        (("blog", "0002_b"), ("shop", "0001_c")),
        (("shop", "0001_c"), ("blog", "0001_a")),
        (("shop", "0002_e"), ("blog", "0002_b")),
    }
    assert found.circle


def test_an_app_with_fewer_old_migrations_than_new_ones_needs_its_anchors_in_a_release_before() -> None:
    found = shared(POST, ITEM, blog("0001_a"), shop("0001_c", ("blog", "0001_a")))
    assert told(found)["blog.0002_initial"] == ["0003_anchor", "0004_anchor"]
    assert found.anchored.early == ("blog",)


def test_the_anchor_of_a_part_is_applied_after_all_old_migrations() -> None:
    found = shared(POST, ITEM, blog("0001_a"), blog("0002_b", ("blog", "0001_a")),
                   shop("0001_c", ("blog", "0001_a")),
                   blog("0003_d", ("blog", "0002_b"), ("shop", "0001_c")))  # fmt: skip
    assert found.anchored.parents == {
        ("blog", "0005_anchor"): (("blog", "0003_d"),),
        ("blog", "0006_anchor"): (("blog", "0004_anchor"), ("blog", "0005_anchor")),
        ("blog", "0004_anchor"): (("blog", "0001_a"),),
    }
    assert found.anchored.early == ()


def test_the_first_part_is_as_short_as_it_can_be() -> None:
    found = shared(POST, ITEM, blog("0001_a"), blog("0002_b", ("blog", "0001_a")),
                   shop("0001_c", ("blog", "0001_a")),
                   blog("0003_d", ("blog", "0002_b"), ("shop", "0001_c")))  # fmt: skip
    assert told(found)["blog.0001_initial"] == ["0004_anchor", "0001_a"]
    assert found.anchored.needed == {"blog": ("blog", "0002_b")}


def test_new_files_name_old_migrations_instead_of_parts_with_an_anchor() -> None:
    found = shared(POST, ITEM, blog("0001_a"), shop("0001_c", ("blog", "0001_a")),
                   blog("0002_d", ("blog", "0001_a"), ("shop", "0001_c")))  # fmt: skip
    assert found.anchored.lasts == {("blog", "0001_initial"): (("blog", "0001_a"),)}


def test_every_old_migration_is_in_exactly_one() -> None:
    found = shared(POST, ITEM, blog("0001_a"), blog("0002_b", ("blog", "0001_a")),
                   shop("0001_c", ("blog", "0001_a")), shop("0002_e", ("shop", "0001_c")),
                   blog("0003_d", ("blog", "0002_b"), ("shop", "0002_e")))  # fmt: skip
    listed = [key for group in found.groups for key in group.replaces]
    assert len(listed) == len(set(listed)) == 5 + len(found.anchors)

"""The `replaces` of new migrations: every old one in exactly one, and no circle."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.history.values import Key
from analyzer.reset.bonds import Brought, Partition
from analyzer.reset.layout import ground, layout
from analyzer.reset.outside import Outside
from analyzer.reset.packages import resettable
from analyzer.reset.partition import partition
from tests.reset.resets import examined, migration, two_apps

POST = "class Post(models.Model):\n    item = models.ForeignKey('shop.Item', models.CASCADE, null=True)"
ITEM = "class Item(models.Model):\n    post = models.ForeignKey('blog.Post', models.CASCADE)"
PLAIN = "class Post(models.Model): ..."


def shared(blog: str, shop: str, *files: str, brought: Mapping[str, Brought] | None = None) -> Partition:
    found = examined(two_apps(blog, shop, more="\n".join(files)))
    return partition(layout(ground(found, resettable(found))), Outside(found), brought or {})


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


def alternating(turns: int) -> list[str]:
    """Histories of two apps in which each migration needs the last one of the other."""
    files = [blog("0001_a")]
    for turn in range(1, turns + 1):
        files.append(
            shop(f"{turn:04}_b", ("blog", f"{turn:04}_a"), *[("shop", f"{turn - 1:04}_b")] * (turn > 1))
        )
        files.append(blog(f"{turn + 1:04}_a", ("blog", f"{turn:04}_a"), ("shop", f"{turn:04}_b")))
    return files


def test_however_often_two_histories_need_each_other_layers_keep_them_apart() -> None:
    found = shared(PLAIN, ITEM, *alternating(9))
    assert found.possible
    assert len(found.rests) == 17
    place = {key: at for at, key in enumerate(found.order)}
    home = {old: group.new for group in found.groups for old in group.replaces}
    for turn in range(1, 10):
        assert place[home["shop", f"{turn:04}_b"]] > place[home["blog", f"{turn:04}_a"]]
        assert place[home["blog", f"{turn + 1:04}_a"]] >= place[home["shop", f"{turn:04}_b"]]


def test_where_too_many_empty_files_would_be_needed_it_says_how_many_and_what_is_in_the_way() -> None:
    found = shared(PLAIN, ITEM, *alternating(30))
    assert not found.possible
    assert found.why == "59 new migrations without operations would be needed, to stand for the old ones"
    assert found.circle
    assert found.moves


def test_without_the_named_dependencies_it_can_be_done() -> None:
    files = alternating(30)
    moves = shared(PLAIN, ITEM, *files).moves
    gone = [(f"{child[0]}/migrations/{child[1]}.py", repr(parent)) for child, parent in moves]
    left = "\n".join(files)
    for path, parent in gone:
        head, name, rest = left.partition(f"# {path}\n")
        assert parent in rest
        left = head + name + rest.replace(parent, "", 1).replace("[, ", "[").replace(", ]", "]")
    assert shared(PLAIN, ITEM, left).possible


def test_seeds_that_need_each_others_tables_get_a_file_of_their_own() -> None:
    files = (blog("0001_a"), blog("0002_b", ("blog", "0001_a")), shop("0001_c", ("blog", "0002_b")),
             shop("0002_d", ("shop", "0001_c")))  # fmt: skip
    brought = {"blog": Brought(("shop",)), "shop": Brought(("blog",))}
    found = shared(PLAIN, ITEM, *files, brought=brought)
    assert found.rests == (("blog", "0002_rest"),)
    assert found.order.index(("blog", "0002_rest")) > found.order.index(("shop", "0001_initial"))

"""What earlier migrations seeded and what later ones take away."""

from __future__ import annotations

from analyzer.data.values import DataOperation
from tests.data.shop import forward, migration, operations


def chain(*steps: str | tuple[str, str]) -> tuple[DataOperation, ...]:
    """Migrations one after the other: a body of `forward`, or (code, operations)."""
    files, parent = [], ""
    for number, step in enumerate(steps, 1):
        name = f"000{number}_step"
        code, written = (forward(step), "migrations.RunPython(forward)") if isinstance(step, str) else step
        files.append(migration(code, written, name, parent))
        parent = name
    return operations(*files)


def sql(text: str) -> tuple[str, str]:
    return ("", f"migrations.RunSQL({text!r})")


SEED = "Tag.objects.create(name='x')"


def test_creating_for_rows_that_an_earlier_migration_seeds_is_a_seed() -> None:
    for_them = "for tag in Tag.objects.filter(name='x'):\n    Shop.objects.create(tag=tag)"
    assert [o.verdict for o in chain(SEED, for_them)] == ["seed", "seed"]
    assert [o.verdict for o in chain("pass", for_them)] == ["noop", "one-time"]


def test_other_rows_of_the_same_model_are_no_seeds() -> None:
    for_others = "for tag in Tag.objects.filter(name='y'):\n    Shop.objects.create(tag=tag)"
    for_all = "for tag in Tag.objects.all():\n    Shop.objects.create(tag=tag)"
    assert chain(SEED, for_others)[1].verdict == "one-time"
    assert chain(SEED, for_all)[1].verdict == "seed"


def test_rows_that_a_condition_may_leave_out_are_not_decided() -> None:
    for_some = "for tag in Tag.objects.filter(weight__gt=limit()):\n    Shop.objects.create(tag=tag)"
    (_, found) = chain(SEED, for_some)
    assert (found.verdict, found.runs_on_empty) == ("unknown", "unknown")
    assert "may seed" in found.evidence[0].why


def test_a_guard_that_rows_of_an_earlier_migration_open() -> None:
    guarded = (
        "if Tag.objects.exists():\n    for name in ('a', 'b'):\n        Tag.objects.get_or_create(name=name)"
    )
    (_, found) = chain(SEED, guarded)
    assert (found.verdict, [row.key for row in found.rows]) == ("seed", [(("name", "a"),), (("name", "b"),)])
    assert chain("pass", guarded)[1].verdict == "one-time"
    gone = chain(SEED, "Tag.objects.all().delete()", guarded)
    assert gone[2].verdict == "one-time"


def test_changing_seeded_rows_says_so() -> None:
    found = chain(SEED, "Tag.objects.update(name='y')")[1]
    assert found.verdict == "one-time"
    assert "which an earlier migration seeds" in found.evidence[0].why


def test_changing_a_seeded_row_that_is_got_by_its_name_says_so() -> None:
    change = "tag = Tag.objects.get(name='{}')\ntag.kind = 'b'\ntag.save()"
    assert [o.confidence for o in chain(SEED, change.format("x"))][1] == 0.7
    assert [o.confidence for o in chain(SEED, change.format("y"))][1] == 0.95


def test_a_seed_whose_model_is_deleted_later() -> None:
    deleted = ("", "migrations.DeleteModel('Tag')")
    renamed = ("", "migrations.RenameModel('Tag', 'Label'), migrations.DeleteModel('Label')")
    other = ("", "migrations.DeleteModel('Shop')")
    assert chain(SEED, deleted)[0].superseded_by == "shop.0002_step"
    assert chain(SEED, renamed)[0].superseded_by == "shop.0002_step"
    assert chain(SEED, other)[0].superseded_by is None


def test_a_seed_that_a_later_migration_deletes_by_its_key() -> None:
    assert chain(SEED, "Tag.objects.filter(name='x').delete()")[0].superseded_by == "shop.0002_step"
    assert chain(SEED, "Tag.objects.filter(name='y').delete()")[0].superseded_by is None
    assert chain("Tag.objects.filter(name='x').delete()", SEED)[1].superseded_by is None


def test_what_a_later_migration_drops() -> None:
    view = sql("CREATE VIEW v AS SELECT 1")
    drop = sql("DROP VIEW IF EXISTS v")
    assert chain(view, drop)[0].superseded_by == "shop.0002_step"
    assert chain(view, drop)[0].verdict == "schema"
    assert [(o.net, o.superseded_by) for o in chain(view, drop, view)] == [
        ("redundant", "shop.0003_step"),
        ("redundant", None),
        ("schema", None),
    ]
    assert chain(view, sql("DROP VIEW w"))[0].superseded_by is None


def test_operations_come_in_the_order_of_their_migrations() -> None:
    found = chain(SEED, sql("SELECT 1"), "pass")
    assert [(o.migration, o.line) for o in found] == sorted((o.migration, o.line) for o in found)


def test_the_net_verdict_of_what_is_left() -> None:
    two = "Tag.objects.create(name='x')\nShop.objects.create(name='y')"
    deleted = ("", "migrations.DeleteModel('Tag')")
    assert [(o.net, o.superseded_by) for o in chain(SEED, deleted)] == [("one-time", "shop.0002_step")]
    assert [(o.net, o.superseded_by) for o in chain(two, deleted)] == [("mixed", "shop.0002_step")]
    assert next((o.net, o.superseded_by) for o in chain(SEED, "pass")) == ("seed", None)


def test_deletes_that_may_leave_seeded_rows() -> None:
    for left in (
        "Tag.objects.filter(name='x', n__gt=3).delete()",
        "Tag.objects.exclude(name='y').delete()",
        "Tag.objects.filter(name='x')[:1].delete()",
        "if unknown():\n    Tag.objects.filter(name='x').delete()",
        "for shop in Shop.objects.all():\n    Tag.objects.filter(name='x').delete()",
        "Shop.objects.get(name='x').tags.all().delete()",
    ):
        assert chain(SEED, f"from elsewhere import unknown\n{left}")[0].superseded_by is None


def test_deletes_that_take_all_seeded_rows() -> None:
    for gone in (
        "Tag.objects.all().delete()",
        "Tag.objects.filter(name__in=['x', 'y']).delete()",
        "Tag.objects.get(name='x').delete()",
        "for name in ('x', 'y'):\n    Tag.objects.filter(name=name).delete()",
        "schema_editor.execute(\"DELETE FROM shop_tag WHERE name IN ('x', 'y')\")",
    ):
        model = ("from django.db import models", "migrations.CreateModel('Tag', [])")
        assert chain(model, SEED, gone)[0].superseded_by == "shop.0003_step"


def test_schema_goes_with_its_table_and_a_model_that_is_given_away_keeps_no_seeds() -> None:
    made = ("from django.db import models", "migrations.CreateModel('Tag', [])")
    trigger = sql("CREATE TRIGGER t BEFORE INSERT ON shop_tag EXECUTE FUNCTION f()")
    deleted = ("", "migrations.DeleteModel('Tag')")
    given = ("", "migrations.AlterModelOptions('Tag', {'managed': False})")
    assert chain(made, trigger, deleted)[0].superseded_by == "shop.0003_step"
    assert chain(made, SEED, given)[0].superseded_by == "shop.0003_step"


def test_an_operation_that_a_helper_elsewhere_makes_stands_where_the_list_takes_it_in() -> None:
    made = "def make():\n    return [migrations.RunSQL('DROP VIEW v')]\n"
    helper = f"# shop/making.py\nfrom django.db import migrations\n{made}"
    (found,) = operations(migration("from shop.making import make", "*make()"), helper)
    assert (found.file, found.line, found.verdict) == ("shop/migrations/0001_initial.py", 5, "redundant")

"""Cycles of models and of apps, and the relations to postpone."""

from __future__ import annotations

import pytest

from analyzer.graphs.cycles import COSTS, app_cycles, cost_of, model_cycles
from analyzer.schema.values import Model, Relation, RelationKind


def model(label: str, *parents: str, proxy: bool = False, own: bool = True) -> Model:
    return Model(
        label=label, app=label.partition(".")[0], name=label, file="models.py", line=1, installed=True,
        own=own, abstract=False, proxy=proxy, managed=True, swappable=None, swapped=False,
        auto_created=False, db_table="", abstract_ancestors=(), parents=parents, fields=(),
    )  # fmt: skip


def relation(
    source: str,
    field: str,
    target: str,
    kind: RelationKind = "FK",
    *,
    null: bool = False,
    parent: bool = False,
) -> Relation:
    return Relation(
        source=source, field=field, kind=kind, target=target, null=null, parent_link=parent, through=None,
        on_delete=None, swappable_setting=None, declared_in=source, file="models.py", line=7, certain=True,
    )  # fmt: skip


def models(*labels: str) -> list[Model]:
    return [model(label) for label in labels]


def test_a_cycle_has_members_what_is_behind_and_a_cut() -> None:
    relations = [
        relation("a.A", "b", "a.B"),
        relation("a.B", "a", "a.A", null=True),
        relation("a.User", "a", "a.A"),
        relation("a.Far", "user", "a.User"),
    ]
    (cycle,) = model_cycles(models("a.A", "a.B", "a.User", "a.Far", "a.Free"), relations)
    assert cycle.members == ("a.A", "a.B")
    assert cycle.behind == ("a.Far", "a.User")
    assert [(edge.source, edge.field, edge.cost, edge.line) for edge in cycle.cut] == [
        ("a.B", "a", "nullable foreign key", 7)
    ]
    assert cycle.exact


def test_self_relations_and_generic_ones_make_no_cycle() -> None:
    relations = [
        relation("a.A", "parent", "a.A"),
        relation("a.A", "b", "a.B"),
        relation("a.B", "a", "a.A", "GFK"),
    ]
    assert model_cycles(models("a.A", "a.B"), relations) == ()


def test_parallel_relations_are_cut_together_or_not_at_all() -> None:
    relations = [
        relation("a.A", "one", "a.B", null=True),
        relation("a.A", "two", "a.B", null=True),
        relation("a.A", "three", "a.B", "M2M"),
        relation("a.A", "four", "a.B", null=True),
        relation("a.B", "a", "a.A"),
    ]
    (cycle,) = model_cycles(models("a.A", "a.B"), relations)
    assert [edge.field for edge in cycle.cut] == ["a"]


def test_a_parent_link_is_never_cut() -> None:
    relations = [
        relation("a.Child", "ptr", "a.Base", "O2O", parent=True),
        relation("a.Base", "best", "a.Child", "O2O"),
    ]
    (cycle,) = model_cycles(models("a.Base", "a.Child"), relations)
    assert [(edge.source, edge.field) for edge in cycle.cut] == [("a.Base", "best")]


def test_a_proxy_closes_the_cycle_of_its_concrete_model() -> None:
    every = [*models("a.A", "a.B"), model("a.P", "a.A", proxy=True)]
    relations = [relation("a.B", "p", "a.P"), relation("a.A", "b", "a.B", null=True)]
    (cycle,) = model_cycles(every, relations)
    assert cycle.members == ("a.A", "a.B")


def test_external_models_make_no_own_cycle() -> None:
    every = [model("a.A"), model("x.X", own=False)]
    assert model_cycles(every, [relation("a.A", "x", "x.X"), relation("x.X", "a", "a.A")]) == ()


def test_apps_can_be_in_a_cycle_where_their_models_are_not() -> None:
    every = models("a.One", "a.Two", "b.One", "b.Two", "c.One")
    relations = [
        relation("a.One", "b", "b.One"),
        relation("b.Two", "a", "a.Two", null=True),
        relation("c.One", "a", "a.One"),
    ]
    assert model_cycles(every, relations) == ()
    (cycle,) = app_cycles(every, relations)
    assert cycle.members == ("a", "b")
    assert cycle.behind == ("c",)
    assert [(edge.source, edge.field, edge.target) for edge in cycle.cut] == [("b.Two", "a", "a.Two")]


def test_the_order_of_models_and_relations_does_not_matter() -> None:
    every = models("a.A", "a.B", "a.C")
    relations = [
        relation("a.A", "b", "a.B"), relation("a.B", "c", "a.C"), relation("a.C", "a", "a.A"),
        relation("a.B", "a", "a.A"), relation("a.C", "b", "a.B"), relation("a.A", "c", "a.C"),
    ]  # fmt: skip
    assert model_cycles(every[::-1], relations[::-1]) == model_cycles(every, relations)


@pytest.mark.parametrize(
    ("kind", "null", "parent", "cost"),
    [
        ("M2M", False, False, "many-to-many"),
        ("FK", True, False, "nullable foreign key"),
        ("FK", False, False, "foreign key"),
        ("O2O", True, False, "nullable one-to-one"),
        ("O2O", False, False, "one-to-one"),
        ("O2O", False, True, "parent link"),
    ],
)
def test_every_relation_has_a_cost(kind: RelationKind, null: bool, parent: bool, cost: str) -> None:
    assert cost_of(relation("a.A", "f", "a.B", kind, null=null, parent=parent)) == cost
    assert cost in COSTS

"""The migration graph, as Django's loader builds it for a fresh database."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.history.graph import build
from analyzer.history.values import History, Key, Migration
from tests.projects import analysed

Keys = Sequence[Key]


def migration(
    app: str, name: str, dependencies: Keys = (), replaces: Keys = (), run_before: Keys = ()
) -> Migration:
    return Migration(
        app=app, name=name, module="", file=f"{app}/{name}.py", line=1, dependencies=tuple(dependencies),
        parents=(), run_before=tuple(run_before), replaces=tuple(replaces), initial=None, atomic=True,
        operations=(), lines={}, complete=True,
    )  # fmt: skip


def graph(*migrations: Migration, apps: str = "ab") -> History:
    """The graph of the apps `a` and `b`; of `ext` two migrations are known, of others none."""
    external = {"ext": ("0001", "0002")}
    return build(migrations, lambda label: external.get(label, ()), frozenset(apps))[1]


A1, A2, A3, B1 = ("a", "1"), ("a", "2"), ("a", "3"), ("b", "1")


def test_dependencies_are_edges_roots_and_leaves() -> None:
    found = graph(migration(*A1), migration(*A2, [A1]), migration(*B1, [A2]))
    assert found.nodes == {A1, A2, B1}
    assert found.edges == {A1: (), A2: (A1,), B1: (A2,)}
    assert (found.roots, found.leaves) == ((A1, B1), (A2, B1))
    assert (found.missing, found.replaced) == ((), {})


def test_branches_make_several_leaves() -> None:
    assert graph(migration(*A1), migration(*A2, [A1]), migration(*A3, [A1])).leaves == (A2, A3)
    assert graph(migration(*A1), migration(*A2, [A1]), migration(*A3, [A1, A2])).leaves == (A3,)


def test_run_before_is_an_edge_the_other_way_round() -> None:
    assert graph(migration(*A1), migration(*B1, run_before=[A1])).edges == {A1: (B1,), B1: ()}


@pytest.mark.parametrize(
    ("named", "parents"),
    [
        (("b", "__first__"), (("b", "1"),)),
        (("b", "__latest__"), (("b", "2"),)),
        (("ext", "__first__"), (("ext", "0001"),)),
        (("ext", "__latest__"), (("ext", "0002"),)),
        (("ext", "0002"), (("ext", "0002"),)),
        (("a", "__first__"), ()),
    ],
)
def test_first_and_latest_are_resolved(named: Key, parents: Keys) -> None:
    found = graph(migration(*A1, [named]), migration("b", "1"), migration("b", "2", [B1]))
    assert (found.edges[A1], found.missing) == (parents, ())


def test_an_app_without_migrations_has_no_first_one() -> None:
    """Django ignores it: the models of such an app are made before all migrations."""
    found = graph(migration(*A1, [("b", "__first__")]))
    assert (found.edges[A1], found.missing) == ((), ())


def test_a_parent_that_does_not_exist_is_missing() -> None:
    found = graph(migration(*A1), migration(*A2, [A1, ("b", "gone")]))
    assert found.missing == ((A2, ("b", "gone")),)
    assert found.edges[A2] == (A1,)


def test_what_is_not_known_of_packages_is_not_missing() -> None:
    found = graph(migration(*A1, [("elsewhere", "0001")]))
    assert (found.edges[A1], found.missing) == ((("elsewhere", "0001"),), ())


# ---------------------------------------------------------------- squashes


def test_a_squash_takes_the_place_of_what_it_replaces() -> None:
    squash = migration("a", "1_2", replaces=[A1, A2])
    found = graph(migration(*A1), migration(*A2, [A1]), squash, migration(*A3, [A2]), migration(*B1, [A1]))
    assert found.nodes == {("a", "1_2"), A3, B1}
    assert found.edges == {("a", "1_2"): (), A3: (("a", "1_2"),), B1: (("a", "1_2"),)}
    assert found.replaced == {A1: ("a", "1_2"), A2: ("a", "1_2")}


def test_the_replaced_ones_may_be_gone() -> None:
    found = graph(migration("a", "1_2", replaces=[A1, A2]), migration(*A3, [A2]))
    assert (found.edges[A3], found.missing, found.leaves) == ((("a", "1_2"),), (), (A3,))


def test_parents_of_the_replaced_ones_are_parents_of_the_squash() -> None:
    squash = migration("a", "1_2", replaces=[A1, A2])
    found = graph(migration(*A1, [B1]), migration(*A2, [A1]), squash, migration(*B1))
    assert found.edges[("a", "1_2")] == (B1,)


# ---------------------------------------------------------------- Django's own graph


@st.composite
def histories(draw: st.DrawFn) -> list[Migration]:
    """Histories of two apps without circles, unless a squash that they hold closes one."""
    found: list[Migration] = []
    for number in range(draw(st.integers(1, 8))):
        app = draw(st.sampled_from("ab"))
        known = [item.key for item in found]
        parents: Keys = draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []
        found.append(migration(app, f"{number:04}", parents))
    own = [item.key for item in found if item.app == "a"]
    squashed = draw(st.integers(0, len(own)))
    if squashed:
        replaced = own[:squashed]
        found.append(migration("a", "0000_squashed", replaces=replaced))
    return found


@given(histories())
@settings(deadline=None)
def test_nodes_edges_and_leaves_are_those_of_django(history: list[Migration]) -> None:
    graphs = pytest.importorskip("django.db.migrations.graph", reason="Django, the oracle, is not installed")
    theirs = graphs.MigrationGraph()
    for item in history:
        theirs.add_node(item.key, item)
    for item in history:
        for parent in item.dependencies:
            theirs.add_dependency(item, item.key, parent, skip_validation=True)
    for item in history:
        if item.replaces:
            theirs.remove_replaced_nodes(item.key, item.replaces)
    ours = graph(*history)
    assert ours.nodes == set(theirs.nodes)
    assert ours.edges == {
        key: tuple(sorted(parent.key for parent in node.parents)) for key, node in theirs.node_map.items()
    }
    assert list(ours.leaves) == theirs.leaf_nodes()
    assert list(ours.roots) == theirs.root_nodes()


# ---------------------------------------------------------------- from files


def as_project(history: list[Migration]) -> dict[str, str]:
    files = {"settings.py": 'INSTALLED_APPS = ["a", "b"]\n'}
    for app in "ab":
        files |= {f"{app}/__init__.py": "", f"{app}/migrations/__init__.py": ""}
    for item in history:
        files[f"{item.app}/migrations/{item.name}.py"] = (
            "from django.db import migrations\nclass Migration(migrations.Migration):\n"
            f"    dependencies = {list(item.dependencies)!r}\n    replaces = {list(item.replaces)!r}\n"
        )
    return files


@given(histories())
@settings(deadline=None, max_examples=40)
def test_any_history_written_to_files_is_read_back(history: list[Migration]) -> None:
    found = analysed(as_project(history))
    assert [(item.key, item.dependencies, item.replaces) for item in found.migrations] == sorted(
        (item.key, item.dependencies, item.replaces) for item in history
    )
    assert replace(found.history, cycles=()) == graph(*history)


def test_circles_are_told_apart_from_what_hangs_on_them() -> None:
    history = [
        migration(*A1, [A2]),
        migration(*A2, [B1]),
        migration(*B1, [A1]),
        migration(*A3, [A2]),
    ]
    assert analysed(as_project(history)).history.cycles == ((A1, A2, B1),)
    assert analysed(as_project(history[:1])).history.cycles == ()


def test_a_migration_that_depends_on_itself_is_a_circle() -> None:
    assert analysed(as_project([migration(*A1, [A1])])).history.cycles == ((A1,),)


@pytest.mark.parametrize("left_out", ["a/migrations/__init__.py", "settings.py"])
def test_what_django_does_not_load_is_not_in_the_graph(left_out: str) -> None:
    """Folders without `__init__.py`, and apps that are not installed."""
    files = as_project([migration(*A1), migration(*B1)])
    if left_out == "settings.py":
        files[left_out] = 'INSTALLED_APPS = ["b"]\n'
    else:
        del files[left_out]
    assert analysed(files).history.nodes == {B1}

"""The showcase project as real Django sees it and as migscan reads it: the same, to the last field."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.analysis import Analysis, analyse
from analyzer.options import Options

FACTS = Path(__file__).with_name("django_facts.py")
MARKETPLACE = Path(__file__).resolve().parents[2] / "fixtures" / "marketplace"

needs_django = pytest.mark.skipif(
    importlib.util.find_spec("django") is None or importlib.util.find_spec("social_django") is None,
    reason="the oracle needs Django and social-auth-app-django (dependency group `oracle`)",
)

LEVELS = {
    0: """products.Category products.Manufacturer products.Supplier products.Promotion
        orders.ConversionRate shipment.Courier contenttypes.ContentType sessions.Session sites.Site
        social_django.Association social_django.Code social_django.Nonce social_django.Partial""",
    1: """products.Brand products.Discount organizations.Organization auth.Permission redirects.Redirect""",
    2: """products.ProductImage products.Product products.Price organizations.Office auth.Group""",
    3: """products.Sheet products.Variant user.User""",
}
"""The listing that the showcase was written for, external models included."""

CYCLE = ["orders.Fulfilment", "orders.Order", "shipment.Shipment"]

Facts = dict[str, Any]


def table() -> dict[str, int]:
    return {label: level for level, labels in LEVELS.items() for label in labels.split()}


@pytest.fixture(scope="module")
def django() -> Facts:
    """What Django says, asked in a process of its own, with the settings that manage.py names."""
    settings = re.search(r'"DJANGO_SETTINGS_MODULE", "([\w.]+)"', (MARKETPLACE / "manage.py").read_text())
    assert settings is not None
    done = subprocess.run(
        [sys.executable, str(FACTS), str(MARKETPLACE), settings.group(1)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    facts: Facts = json.loads(done.stdout)
    return facts


@pytest.fixture(scope="module")
def migscan() -> Analysis:
    return analyse(MARKETPLACE, Options(cache=False, jobs=1))


def test_migscan_lists_the_levels_of_the_table(migscan: Analysis) -> None:
    assert {label: migscan.levels_all.of[label] for label in table()} == table()
    assert {label for label, level in migscan.levels_all.of.items() if level <= max(LEVELS)} == set(table())


@needs_django
def test_django_lists_the_levels_of_the_table(django: Facts) -> None:
    assert {label: django["levels"][label] for label in table()} == table()
    assert {label for label, level in django["levels"].items() if level <= max(LEVELS)} == set(table())


@needs_django
def test_levels(django: Facts, migscan: Analysis) -> None:
    assert migscan.levels_all.of == django["levels"]
    assert migscan.levels.of == django["levels_own"]


@needs_django
def test_cycles(django: Facts, migscan: Analysis) -> None:
    assert [list(cycle.members) for cycle in migscan.model_cycles] == django["cycles"] == [CYCLE]


@needs_django
def test_apps(django: Facts, migscan: Analysis) -> None:
    assert [(app.label, app.name, app.own) for app in migscan.apps] == [
        (app["label"], app["name"], app["in_tree"]) for app in django["apps"]
    ]
    assert {app.installed for app in migscan.apps} == {True}


@needs_django
def test_models(django: Facts, migscan: Analysis) -> None:
    ours = {
        model.label: (
            model.own, model.name, model.proxy, model.managed, model.swappable, model.db_table,
            list(model.abstract_ancestors), sorted(model.parents),
        )
        for model in migscan.models
        if not model.swapped
    }  # fmt: skip
    theirs = {
        model["label"]: (
            model["in_tree"], f"{model['module']}.{model['qualname']}", model["proxy"], model["managed"],
            model["swappable"], model["db_table"], model["abstract_ancestors"], model["parents"],
        )
        for model in django["models"]
    }  # fmt: skip
    assert ours == theirs


@needs_django
def test_fields(django: Facts, migscan: Analysis) -> None:
    """Generic ones aside, which have no column."""
    ours = {
        f"{model.label}.{field.name}": (field.cls, field.null, field.kind, field.target)
        for model in migscan.models
        if not model.swapped
        for field in model.fields
    }
    theirs = {
        f"{model['label']}.{field['name']}": (field["class"], field["null"], field["kind"], field["target"])
        for model in django["models"]
        for field in model["fields"]
        if field["kind"] not in ("GFK", "GenericRelation")
    }
    assert ours == theirs


@needs_django
def test_relations(django: Facts, migscan: Analysis) -> None:
    ours = {
        f"{item.source}.{item.field}": (
            item.kind, item.target, item.null, item.through, item.parent_link, item.on_delete,
        )
        for item in migscan.relations
        if item.kind != "GFK"
    }  # fmt: skip
    theirs = {
        f"{model['label']}.{field['name']}": (
            field["kind"], field["target"], field["null"], field["through"], field["parent_link"],
            field["on_delete"],
        )
        for model in django["models"]
        for field in model["fields"]
        if field["kind"] in ("FK", "O2O", "M2M")
    }  # fmt: skip
    assert ours == theirs
    assert all(item.certain for item in migscan.relations)


@needs_django
def test_generic_foreign_keys(django: Facts, migscan: Analysis) -> None:
    assert [f"{item.source}.{item.field}" for item in migscan.relations if item.kind == "GFK"] == [
        f"{model['label']}.{field['name']}"
        for model in django["models"]
        for field in model["fields"]
        if field["kind"] == "GFK"
    ]


@needs_django
def test_migrations(django: Facts, migscan: Analysis) -> None:
    ours = {
        ".".join(item.key): (
            item.key in migscan.history.nodes,
            [list(key) for key in item.parents],
            sorted(map(list, item.run_before)),
            sorted(map(list, item.replaces)),
            [operation.cls for operation in item.operations if operation.inside is None],
        )
        for item in migscan.migrations
    }
    theirs = {
        f"{item['app']}.{item['name']}": (
            item["in_graph"], item["dependencies"], item["run_before"], item["replaces"], item["operations"],
        )
        for item in django["migrations"]
        if item["in_tree"]
    }  # fmt: skip
    assert ours == theirs
    assert all(item.complete for item in migscan.migrations)


@needs_django
def test_the_graph(django: Facts, migscan: Analysis) -> None:
    own = {app.label for app in migscan.apps if app.own}
    assert {".".join(key): [list(p) for p in parents] for key, parents in migscan.history.edges.items()} == {
        f"{item['app']}.{item['name']}": item["graph_parents"]
        for item in django["migrations"]
        if item["in_tree"] and item["in_graph"]
    }
    assert [list(key) for key in migscan.history.leaves] == [
        key for key in django["leaf_nodes"] if key[0] in own
    ]
    assert (migscan.history.missing, migscan.history.cycles) == ((), ())


@needs_django
def test_the_showcase_has_no_drift(django: Facts) -> None:
    """Else the pages about it would speak of a project that nobody keeps like this."""
    assert django["drift"] == {}

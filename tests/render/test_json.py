"""The JSON document: the keys that are promised, in the order that is promised."""

from __future__ import annotations

import json

import msgspec
import pytest
from msgspec.structs import replace

from analyzer.analysis import Analysis
from analyzer.render.json import document
from analyzer.render.report_values import Report
from tests.render.factory import EMPTY, analysed, field, model


@pytest.mark.parametrize("name", ["shop", "empty"])
def test_the_document_is_what_the_schema_says(name: str, analysis: Analysis) -> None:
    text = document(analysis if name == "shop" else EMPTY)
    report = msgspec.json.decode(text, type=Report, strict=True)
    assert msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n" == text


def test_the_promised_keys(analysis: Analysis) -> None:
    found = json.loads(document(analysis))
    assert set(found) == {
        "schema_version", "project", "reading", "apps", "models", "relations", "levels", "levels_all",
        "cycles",
        "migrations", "leaf_nodes", "state", "drift", "drift_proof", "squash", "data_operations",
        "receivers", "ledgers", "reset", "findings", "unknown", "counts",
    }  # fmt: skip
    assert set(found["models"][1]["fields"][0]) == {"name", "class", "null", "target", "line", "declared_in"}


def test_times_are_there_only_where_they_were_asked_for(analysis: Analysis) -> None:
    found = json.loads(document(analysis))
    assert "timing" not in found
    assert json.loads(document(analysis, {"read": 0.5}))["timing"] == {"read": 0.5}


def test_only_the_projects_own_apps_and_models(analysis: Analysis) -> None:
    found = json.loads(document(analysis))
    assert [app["label"] for app in found["apps"]] == ["odd", "old", "people", "shop"]
    assert "contenttypes.ContentType" not in {entry["label"] for entry in found["models"]}
    assert "contenttypes.ContentType" in found["levels_all"][0]


def test_abstract_models_have_no_level(analysis: Analysis) -> None:
    (stamped,) = [entry for entry in json.loads(document(analysis))["models"] if entry["abstract"]]
    assert (stamped["label"], stamped["level"], stamped["level_all"]) == ("shop.Stamped", None, None)


def test_levels_and_cycles(analysis: Analysis) -> None:
    found = json.loads(document(analysis))
    order = next(entry for entry in found["models"] if entry["label"] == "shop.Order")
    assert found["cycles"]["models"][order["cycle"]] == {
        "members": ["shop.Order", "shop.Parcel"],
        "behind": ["shop.Invoice"],
        "cut": [
            {
                "source": "shop.Order", "field": "last", "target": "shop.Parcel",
                "cost": "nullable foreign key", "file": "apps/shop/models.py", "line": 22,
            }
        ],
        "weight": 1,
        "bound": 1,
        "exact": True,
        "steps": [{"source": "shop.Order", "target": "shop.Parcel", "left": []}],
        "order": [["shop.Order"], ["shop.Parcel"]],
        "core": ["shop.Order"],
        "circles": [["shop.Order", "shop.Parcel"]],
    }  # fmt: skip


def test_generic_foreign_keys_are_relations_and_no_fields() -> None:
    found = json.loads(document(analysed([model("shop.Tag", [field("about", "GFK")])])))
    assert [(r["field"], r["kind"], r["target"]) for r in found["relations"]] == [("about", "GFK", None)]
    assert found["models"][0]["fields"] == []


def test_a_replaced_migration_is_not_in_the_graph(analysis: Analysis) -> None:
    found = json.loads(document(analysis))
    state = {(entry["app"], entry["name"]): entry["in_graph"] for entry in found["migrations"]}
    assert not state["shop", "0001_initial"]
    assert state["shop", "0001_squashed"]
    assert found["leaf_nodes"] == [["people", "0002_gift"], ["shop", "0002_more"]]


def test_a_file_name_may_be_no_text() -> None:
    odd = replace(model("shop.Tag", [field("name")]), file="shop/b\udce9.py")
    found = json.loads(document(analysed([odd])))
    assert found["models"][0]["file"] == "shop/b\\udce9.py"


def test_the_order_of_the_analysis_does_not_matter(analysis: Analysis) -> None:
    turned = replace(
        analysis,
        models=analysis.models[::-1],
        relations=analysis.relations[::-1],
        migrations=analysis.migrations[::-1],
        findings=analysis.findings[::-1],
        data_operations=analysis.data_operations[::-1],
    )
    assert document(turned) == document(analysis)

"""The showcase project's migrations, run on an empty SQLite: they do what migscan says they do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.oracle.test_marketplace import needs_django
from tests.oracle.verdicts.judging import Outcome
from tests.oracle.verdicts.matching import outcomes
from tests.oracle.verdicts.run import enough
from tests.oracle.verdicts.subjects import SQLITE, showcase


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    project = showcase(Path(sys.executable), (SQLITE,))
    return outcomes(project.answer(), [project.record(SQLITE, None)], {})


@needs_django
def test_every_operation_does_on_an_empty_database_what_migscan_says(found: list[Outcome]) -> None:
    ran = [one for one in found if one.ran]
    assert [one.place for one in ran if one.undecided or not one.agrees or not one.hidden_agrees] == []
    assert enough({"marketplace": found})


@needs_django
def test_what_the_operations_leave(found: list[Outcome]) -> None:
    left = [(f"{one.app}.{one.migration}", one.left) for one in found if one.left]
    assert {name: one.rows for name, one in left if one.rows} == {
        "orders.0003_seed_conversion_rates": ("orders_conversionrate",),
        "products.0003_seed_categories": ("products_category",),
        "shipment.0002_seed_couriers": ("shipment_courier",),
    }
    hidden = {(thing.kind, thing.name) for _, one in left for thing in one.hidden}
    assert hidden == {("trigger", "shipment_parcel_last_event")}


@needs_django
def test_what_is_not_run_is_told_with_the_reason(found: list[Outcome]) -> None:
    assert [(one.app, one.why) for one in found if not one.ran] == [
        ("organizations", "organizations.0001_squashed_0003_office runs in its place"),
        ("shipment", "the project's router keeps it off sqlite"),
    ]

"""Two classes of one name in an app: Django refuses to load two models, so one of them is none."""

from __future__ import annotations

import pytest

from tests.states.modelled import models

REAL = "class Post(models.Model):\n    title = models.TextField()\n"
STRANGE = "from nowhere import HashModel\nclass Post(HashModel):\n    title: str\n"


def state(first: str, second: str) -> list[str]:
    """The doubts about a model of which there are two classes, in two modules of its app."""
    more = f"# blog/search.py\nfrom django.db import models\n{second}\n"
    found = models(f"from blog import search\n{first}", more)
    assert list(found.model("blog.Post").fields) == ["id", "title"]  # type: ignore[union-attr]
    return [doubt.why for doubt in found.doubts if doubt.model == "post" and not doubt.field]


@pytest.mark.parametrize(("first", "second"), [(REAL, STRANGE), (STRANGE, REAL)])
def test_a_class_of_unknown_bases_is_none_beside_a_model(first: str, second: str) -> None:
    assert state(first, second) == []


def test_of_two_models_one_is_not_imported() -> None:
    assert [why.partition(":")[0] for why in state(REAL, REAL)] == ["two classes are that model"]

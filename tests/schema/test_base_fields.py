"""Fields that a package adds to its own abstract class, in one version and not in another."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift, told

MODELS = """
from safedelete.models import SafeDeleteModel
class Post(SafeDeleteModel):
    pass
"""
DELETED = "('deleted', models.DateTimeField({}editable=False, null=True))"
CASCADE = "('deleted_by_cascade', models.BooleanField(default=False, editable=False))"


@pytest.mark.parametrize(
    ("version", "fields"),
    [
        ("1.1.2", (DELETED.format(""),)),
        ("1.3.0", (DELETED.format("db_index=True, "), CASCADE)),
        ("1.4.0", (DELETED.format("db_index=True, "), CASCADE)),
    ],
)
def test_the_version_in_use_decides(version: str, fields: tuple[str, ...]) -> None:
    found = drift(MODELS, created("Post", *fields), django=f"==5.2\n    django-safedelete=={version}")
    assert [row for row in told(found.differences) if "post" in row] == []

"""Values that installed packages say, read in the version that is in use."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from analyzer.analysis import analyse
from analyzer.options import Options
from tests.history.drifts import BIG, HEAD, created, told
from tests.projects import write

PACKAGE = {
    "kinds/__init__.py": "from kinds.values import Kind\n",
    "kinds/values.py": "from enum import IntEnum\nclass Kind(IntEnum):\n    ONE = 1\n    TWO = 2\n",
}
MODELS = """
from kinds import Kind
class Post(models.Model):
    kind = models.IntegerField(choices=[(kind.value, kind.name) for kind in Kind])
"""


@pytest.mark.parametrize(
    ("installed", "second", "rows"),
    [
        (True, "TWO", []),
        (True, "ZWEI", ["AlterField post.kind"]),
        (False, "TWO", ["AlterField? post.kind"]),
    ],
)
def test_members_of_an_installed_enumeration(
    installed: bool, second: str, rows: list[str], tmp_path: Path
) -> None:
    field = f"('kind', models.IntegerField(choices=[(1, 'ONE'), (2, '{second}')]))"
    text = HEAD.format(
        models=MODELS, operations=created("Post", field), django="5.2", required="Django==5.2",
        settings=BIG, more="",
    )  # fmt: skip
    root, site = write(tmp_path / "project", text), write(tmp_path / "site", PACKAGE)
    options = Options(cache=False, jobs=1, site_packages=site if installed else None)
    assert told(analyse(root, options).drift.differences) == rows


CONSTANT = """
class Post(models.Model):
    DRAFT = "d"
class Note(models.Model):
    state = models.CharField(max_length=1, default=Post.DRAFT)
"""


def test_the_metaclass_of_models_leaves_their_constants_alone(tmp_path: Path) -> None:
    spec = find_spec("django")
    assert spec is not None
    assert spec.origin is not None
    operations = created("Post") + created("Note", "('state', models.CharField(max_length=1, default='d'))")
    text = HEAD.format(
        models=CONSTANT, operations=operations, django="5.2", required="Django==5.2", settings=BIG, more="",
    )  # fmt: skip
    options = Options(cache=False, jobs=1, site_packages=Path(spec.origin).parents[1])
    assert told(analyse(write(tmp_path / "project", text), options).drift.differences) == []

"""Tables that a package's metaclass names: what a migration says of them."""

from __future__ import annotations

import pytest

from tests.history.drifts import written

ITEM = """
from fluent_contents.models import ContentItem
class Post(ContentItem):
    title = models.CharField(max_length=9)
    {meta}
"""
KEY = (
    "('contentitem_ptr', models.OneToOneField(auto_created=True, on_delete=models.CASCADE, parent_link=True, "
    "primary_key=True, serialize=False, to='fluent_contents.contentitem'))"
)
FIELDS = f"[{KEY}, ('title', models.CharField(max_length=9))]"


@pytest.mark.parametrize(
    ("meta", "options", "renamed"),
    [
        ("", "{'db_table': 'contentitem_blog_post'}", False),
        ("", "{}", True),
        ("", "{'db_table': 'contentitem_shop_post'}", True),
        ("class Meta: db_table = 'posts'", "{'db_table': 'posts'}", False),
    ],
)
def test_the_state_knows_the_table(meta: str, options: str, renamed: bool) -> None:
    model = f"migrations.CreateModel('Post', {FIELDS}, options={options}),"
    found = written(ITEM.format(meta=meta), model)
    assert any(row.startswith("AlterModelTable") for row in found) == renamed

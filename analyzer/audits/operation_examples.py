"""The small project that the examples of rules about data operations are set in."""

from __future__ import annotations

from textwrap import indent

FIRST = """
# blog/__init__.py
# blog/models.py
from django.db import models
class Post(models.Model):
    id = models.AutoField(primary_key=True)
    title = models.CharField(max_length=80)
    class Meta:
        indexes = []
# blog/migrations/__init__.py
# blog/migrations/0001_initial.py
from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(name="Post", fields=[
            ("id", models.AutoField(primary_key=True, serialize=False)),
            ("title", models.CharField(max_length=80)),
        ]),
    ]
"""


def code(body: str, imports: str = "", model: str = "Post") -> str:
    """A function `forward` with a historical model at hand."""
    looked = f'{model} = apps.get_model("blog", "{model}")\n' if model else ""
    return f"{imports}\ndef forward(apps, schema_editor):\n" + indent(looked + body, "    ") + "\n"


def migration(
    name: str,
    operations: str,
    before: str = "",
    app: str = "blog",
    parents: str = '("blog", "0001_initial")',
    more: str = "",
) -> str:
    """A migration file behind the first one."""
    return (
        f"# {app}/migrations/{name}.py\nfrom django.db import migrations, models\n{before}"
        f"class Migration(migrations.Migration):\n{indent(more, '    ')}"
        f"    dependencies = [{parents}]\n    operations = [\n"
        + indent(operations, "        ")
        + ",\n    ]\n"
    )

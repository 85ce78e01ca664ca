"""What new files would do otherwise than old ones, in a project of a few lines: real Django on SQLite."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.oracle.drafts.run import compared
from tests.oracle.real.projects import Project
from tests.oracle.test_marketplace import needs_django
from tests.oracle.verdicts.subjects import SQLITE, Subject
from tests.projects import write

PROJECT = {
    "settings.py": """
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.contenttypes", "blog"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
""",
    "blog/__init__.py": "",
    "blog/able.py": "def able():\n    return True\n",
    "blog/models.py": """
from django.db import models


def usual():
    return Area.objects.get_or_create(name="usual")[0].pk


class Area(models.Model):
    name = models.CharField(max_length=9)


class Post(models.Model):
    text = models.TextField()
    area = models.ForeignKey(Area, models.CASCADE, default=usual)


class Found(models.Model):
    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, db_column="rowid")
    text = models.TextField()

    class Meta:
        db_table = "blog_post_fts"
""",
    "blog/migrations/__init__.py": "",
    "blog/migrations/0001_initial.py": """
from django.db import migrations, models

ID = {"auto_created": True, "serialize": False, "verbose_name": "ID"}


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Area", [
            ("id", models.BigAutoField(primary_key=True, **ID)),
            ("name", models.CharField(max_length=9)),
        ]),
        migrations.CreateModel("Post", [
            ("id", models.BigAutoField(primary_key=True, **ID)),
            ("text", models.TextField()),
        ]),
    ]
""",
    "blog/migrations/0002_post_area.py": """
import blog.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0001_initial")]
    operations = [
        migrations.AddField(
            "post", "area",
            models.ForeignKey("blog.Area", models.CASCADE, default=blog.models.usual),
        ),
    ]
""",
    "blog/migrations/0003_found.py": """
from django.db import connection, migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0002_post_area")]
    operations = []
    if connection.vendor != "sqlite":
        pass
    else:
        from blog.able import able

        operations += [
            migrations.SeparateDatabaseAndState(
                database_operations=[
                    migrations.RunSQL("CREATE VIRTUAL TABLE blog_post_fts USING fts5(text)"),
                    migrations.RunSQL(
                        "CREATE TRIGGER blog_post_found AFTER INSERT ON blog_post BEGIN "
                        "INSERT INTO blog_post_fts(text, rowid) VALUES (NEW.text, NEW.id); END"
                    ),
                ] if able() else [],
                state_operations=[
                    migrations.CreateModel(
                        "Found",
                        [
                            ("post", models.OneToOneField("blog.Post", models.CASCADE, primary_key=True,
                                                          serialize=False, db_column="rowid")),
                            ("text", models.TextField()),
                        ],
                        options={"db_table": "blog_post_fts"},
                    ),
                ],
            ),
        ]
""",
}


@needs_django
def test_the_drafts_leave_what_the_old_migrations_leave(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    subject = Subject(Project("small"), tmp_path, Path(sys.executable), "settings", (SQLITE,))
    found = compared(subject, SQLITE, None)
    assert (found.wrong, found.left) == ([], [])
    assert (found.drafted, found.rows) == (3, 4 + 1)
    assert found.objects > 1

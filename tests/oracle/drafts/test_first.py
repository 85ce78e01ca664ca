"""Why what tables need goes into the first file of an app, and not into one that runs before it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from analyzer.reset.drafts.first import last_script, parted, script
from tests.oracle.test_marketplace import needs_django
from tests.projects import write

PROJECT = {
    "manage.py": """
import sys
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "users"],
    AUTH_USER_MODEL="users.User",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
import django
django.setup()
from django.core.management import call_command
call_command(*sys.argv[1:], skip_checks=True)
""",
    "users/__init__.py": "",
    "users/models.py": "from django.contrib.auth import models\nclass User(models.AbstractUser): pass\n",
    "users/migrations/__init__.py": "",
}
BEFORE = """from django.db import migrations
class Migration(migrations.Migration):
    dependencies = []
    run_before = [("users", "0001_initial")]
    operations = []
"""


def django(folder: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@needs_django
def test_a_file_that_runs_before_is_what_others_take_for_the_first(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    assert django(tmp_path, "makemigrations")[0] == 0
    write(tmp_path, {"users/migrations/0000_before.py": BEFORE})
    code, said = django(tmp_path, "migrate")
    assert code != 0
    assert "Related model 'users.user' cannot be resolved" in said


@needs_django
def test_operations_at_the_head_of_the_first_file_run(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    assert django(tmp_path, "makemigrations")[0] == 0
    operation = '        migrations.RunSQL("CREATE TABLE early (id integer)"),\n'
    before = ("from django.db import migrations\n", "# what stands before\n\n", operation)
    write(tmp_path, {"first_operations.py": script({("users/migrations/0001_initial.py", "", ""): before})})
    for _ in range(2):
        subprocess.run([sys.executable, "first_operations.py"], cwd=tmp_path, check=True)
    text = (tmp_path / "users/migrations/0001_initial.py").read_text(encoding="utf-8")
    assert text.count("CREATE TABLE early") == 1
    assert text.index("CREATE TABLE early") < text.index("CreateModel")
    assert django(tmp_path, "migrate")[0] == 0
    assert django(tmp_path, "makemigrations", "--check")[0] == 0


@needs_django
def test_what_makemigrations_did_not_write_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = 1\n", "first_operations.py": script({("a.py", "", ""): ("", "", "")})})
    done = subprocess.run(
        [sys.executable, "first_operations.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "x = 1\n"


@needs_django
def test_operations_at_the_end_of_the_last_file_run_after_its_own(tmp_path: Path) -> None:
    draft = """# Rows.
from __future__ import annotations
from django.db import migrations

def fill(apps, schema_editor):
    apps.get_model("users", "User").objects.create(username="first")

class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(fill),
    ]
    operations += [migrations.RunSQL("CREATE TABLE late AS SELECT username FROM users_user")]
"""
    write(tmp_path, PROJECT)
    assert django(tmp_path, "makemigrations")[0] == 0
    path = "users/migrations/0001_initial.py"
    write(tmp_path, {"last_operations.py": last_script({path: parted(draft)})})
    for _ in range(2):
        done = subprocess.run([sys.executable, "last_operations.py"], cwd=tmp_path, check=False)
        assert done.returncode == 0
    code, said = django(tmp_path, "migrate")
    assert code == 0, said
    text = (tmp_path / path).read_text(encoding="utf-8")
    assert text.startswith("from __future__ import annotations\n")
    assert text.count("migrations.RunPython(fill)") == 1
    assert django(tmp_path, "makemigrations", "--check")[0] == 0

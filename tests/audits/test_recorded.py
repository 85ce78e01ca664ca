"""Migrations compared with a revision: what others may have run must stay as it is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from analyzer.audits.recorded import Past
from analyzer.audits.registry import compared
from analyzer.audits.rules import Severity
from analyzer.errors import UsageError
from analyzer.history.recorded import essence
from analyzer.recording import recorded
from tests.audits.pasts import findings
from tests.projects import analysed, write

HEAD = """
# blog/__init__.py
# blog/models.py
# blog/migrations/__init__.py
"""


def migration(name: str, body: str = "operations = []", head: str = "") -> str:
    return f"""
# blog/migrations/{name}.py
from django.db import migrations, models
{head}
class Migration(migrations.Migration):
    {body}
"""


FIRST = migration("0001_initial")
CHAR = "('title', models.CharField(max_length=80))"


def added(field: str) -> str:
    return f"operations = [migrations.AddField('post', *{field})]"


def said(now: str, base: str, before: str = "") -> list[tuple[str, Severity, str]]:
    found = findings(HEAD + now, HEAD + base, HEAD + before if before else "")
    return [(finding.code, finding.severity, finding.file.rpartition("/")[2]) for finding in found]


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("models.CharField(max_length=80)", "models.CharField(max_length=90)", Severity.ERROR),
        ("models.CharField(max_length=80)", "models.TextField()", Severity.ERROR),
        ("models.CharField(max_length=80)", "models.CharField(max_length=80, null=True)", Severity.ERROR),
        ("models.CharField(max_length=80)", "models.CharField(max_length=80, help_text='A')", None),
        ("models.CharField(max_length=80)", "models.CharField('A', max_length=80)", None),
        ("models.CharField(max_length=80)", "models.CharField(validators=[x], max_length=80)", None),
        ("models.CharField(max_length=80)", "models.CharField(max_length = 80) # short", None),
    ],
)
def test_what_reaches_a_database_counts(before: str, after: str, severity: Severity | None) -> None:
    one, other = (
        migration("0002_x", f"operations = [migrations.AddField('post', 'title', {field}\n)]")
        for field in (before, after)
    )
    found = said(FIRST + other, FIRST + one)
    assert found == ([("MS117", severity, "0002_x.py")] if severity else [])


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("def run(apps, editor): a()", "def run(apps, editor): b()", True),
        ("def run(apps, editor): a()", "def run(apps, editor):\n    # Why.\n    a()", False),
        ("def run(apps, editor): a()", "import os\ndef run(apps, editor): a()", False),
    ],
)
def test_other_code_is_a_warning(before: str, after: str, found: bool) -> None:
    body = "operations = [migrations.RunPython(run)]"
    one, other = (migration("0002_x", body, head) for head in (before, after))
    assert said(FIRST + other, FIRST + one) == ([("MS117", Severity.WARNING, "0002_x.py")] if found else [])


def test_elidable_and_replaces_are_free_to_change() -> None:
    one = migration("0002_x", "operations = [migrations.RunSQL('x')]\n    replaces = [('blog', '0002_y')]")
    other = migration("0002_x", "operations = [migrations.RunSQL('x', elidable=True)]")
    assert said(FIRST + other, FIRST + one) == []


def test_a_new_migration_before_an_applied_one_stops_django() -> None:
    second = migration("0002_x", "dependencies = [('blog', '0001_initial')]")
    new = migration("0001_more", "dependencies = [('blog', '0001_initial')]")
    moved = second.replace("0001_initial", "0001_more").replace(
        "blog/migrations/0001_more", "blog/migrations/0002_x"
    )
    assert said(FIRST + new + moved, FIRST + second) == [("MS117", Severity.ERROR, "0002_x.py")]


def test_a_renamed_migration_would_run_again() -> None:
    body = "operations = [migrations.RunSQL('x')]"
    (found,) = findings(HEAD + FIRST + migration("0003_x", body), HEAD + FIRST + migration("0002_x", body))
    assert (found.code, found.file) == ("MS118", "blog/migrations/0002_x.py")
    assert "called 0003_x now" in found.message


def test_what_a_squash_replaces_may_go() -> None:
    squash = migration("0001_squashed", "replaces = [('blog', '0001_initial'), ('blog', '0002_x')]")
    base = FIRST + migration("0002_x", "dependencies = [('blog', '0001_initial')]")
    assert said(squash, base) == []
    assert said(migration("0001_squashed"), base + squash) == []


def test_a_reset_is_no_deletion() -> None:
    base = FIRST + migration("0002_x", "operations = [migrations.RunSQL('x')]")
    assert said(migration("0001_initial", "operations = [migrations.RunSQL('y')]"), base) == []


def test_a_migration_that_was_brought_back_is_the_old_one() -> None:
    second = migration("0002_x", "operations = [migrations.RunSQL('x')]")
    assert said(FIRST + second, FIRST, FIRST + second) == []
    other = migration("0002_x", "operations = [migrations.RunSQL('y')]")
    assert said(FIRST + other, FIRST, FIRST + second) == [("MS116", Severity.ERROR, "0002_x.py")]


def test_what_defines_no_migration_is_not_compared() -> None:
    assert essence(b"class Migration(") is None
    assert essence(b"x = 1") is None
    assert essence(b"\xff\x00") is None
    assert said(migration("0001_initial", "("), FIRST) == []


# ---------------------------------------------------------------- with git

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *who, *words],  # noqa: S607 - whichever git there is
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, files: str) -> None:
        write(self.root, HEAD + files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")

    def codes(self, revision: str = "main") -> list[str]:
        migrations = analysed_at(self.root)
        past = Past(recorded(self.root, revision, {"blog/migrations"}), migrations)
        return [f"{finding.code} {finding.file.rpartition('/')[2]}" for finding in compared(past)]


def analysed_at(root: Path):  # type: ignore[no-untyped-def]
    texts = {str(path.relative_to(root)): path.read_text() for path in root.rglob("*.py")}
    return analysed(texts).migrations


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@needs_git
def test_git_tells_what_was_edited_deleted_and_used_before(repository: Repository) -> None:
    second, third = (
        migration(name, "operations = [migrations.RunSQL('x')]") for name in ("0002_a", "0003_b")
    )
    repository.commit(FIRST + second + third + migration("0004_c"))
    (repository.root / "blog/migrations/0004_c.py").unlink()
    repository.commit("")
    repository.git("switch", "--quiet", "--create", "topic")
    assert repository.codes() == []
    (repository.root / "blog/migrations/0003_b.py").unlink()
    repository.commit(second.replace("'x'", "'y'"))
    write(repository.root, migration("0004_c", "operations = [migrations.RunSQL('z')]"))
    assert repository.codes() == ["MS117 0002_a.py", "MS118 0003_b.py", "MS116 0004_c.py"]


@needs_git
def test_a_folder_below_the_repository_is_its_own_project(repository: Repository) -> None:
    inner = repository.root / "web app"
    write(inner, HEAD + FIRST)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "x")
    write(inner, migration("0001_initial", "operations = [migrations.RunSQL('z')]"))
    past = Past(recorded(inner, "main", {"blog/migrations"}), analysed_at(inner))
    assert [finding.code for finding in compared(past)] == ["MS117"]


@needs_git
def test_a_revision_that_is_none_is_a_mistake(repository: Repository) -> None:
    repository.commit(FIRST)
    with pytest.raises(UsageError, match="git knows no revision"):
        recorded(repository.root, "nowhere", {"blog/migrations"})

"""Same tree, same bytes out: whatever the cache, the number of processes, the place, the hash seed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.projects import write
from tests.robustness.projects import migscan

APPS = 40
FIELDS = 150
"""Together more than `workers.PARALLEL_FROM` bytes, so that `-j 2` really starts a second process."""


def _app(number: int) -> str:
    """An app whose first model points back to the app before it, and to itself through a cycle."""
    previous = f"app{number - 1}.First" if number else "app1.Second"
    columns = "".join(
        f'    column_{column} = models.CharField("column number {column}", max_length={column + 9})\n'
        for column in range(FIELDS)
    )
    return f"""
# app{number}/__init__.py
# app{number}/models.py
from django.db import models

class First(models.Model):
    before = models.ForeignKey("{previous}", null=True, on_delete=models.SET_NULL)
{columns}
class Second(models.Model):
    first = models.ForeignKey(First, on_delete=models.CASCADE)
    friends = models.ManyToManyField("app{(number + 7) % APPS}.Second")
# app{number}/migrations/__init__.py
# app{number}/migrations/0001_initial.py
from django.db import migrations

def fill(apps, schema_editor):
    apps.get_model("app{number}", "First").objects.create(column_1="a")

class Migration(migrations.Migration):
    dependencies = [("app{max(number - 1, 0)}", "0001_gone")]
    operations = [migrations.RunPython(fill), migrations.RunSQL("CREATE INDEX i ON app{number}_first (id)")]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with cycles, missing migrations and data operations in forty apps."""
    root = tmp_path_factory.mktemp("same") / "project"
    labels = [f"app{number}" for number in range(APPS)]
    settings = f"# config/__init__.py\n# config/settings.py\nINSTALLED_APPS = {labels!r}\n# manage.py\n"
    return write(root, settings + "".join(map(_app, range(APPS))))


def json_of(root: Path, *arguments: str, seed: str = "0") -> str:
    """The JSON document of a project that does have findings."""
    run = migscan(root, "--format", "json", *arguments, cwd=root.parent, env={"PYTHONHASHSEED": seed})
    assert run.code == 1
    return run.stdout


@pytest.fixture(scope="module")
def plain(project: Path) -> str:
    """What the plainest run says: one process, no cache."""
    return json_of(project, "--no-cache", "-j", "1")


def test_the_project_is_big_enough_to_be_shared_out(project: Path) -> None:
    from analyzer.source.workers import PARALLEL_FROM

    assert sum(path.stat().st_size for path in project.rglob("models.py")) > PARALLEL_FROM


def test_two_processes(project: Path, plain: str) -> None:
    assert json_of(project, "--no-cache", "-j", "2") == plain


def test_three_processes_and_another_hash_seed(project: Path, plain: str) -> None:
    assert json_of(project, "--no-cache", "-j", "3", seed="4711") == plain


def test_cold_and_warm_cache(project: Path, plain: str) -> None:
    shutil.rmtree(project / ".migscan_cache", ignore_errors=True)
    assert json_of(project) == plain
    assert (project / ".migscan_cache/facts.msgpack").is_file()
    assert json_of(project) == plain


def test_a_corrupt_cache_is_a_miss(project: Path, plain: str) -> None:
    json_of(project)
    stored = project / ".migscan_cache/facts.msgpack"
    whole = stored.read_bytes()
    for broken in (b"", b"\0" * 100, whole[: len(whole) // 2], whole[:-1] + b"\xff", whole + b"more"):
        stored.write_bytes(broken)
        assert json_of(project) == plain


def test_a_cache_with_one_wrong_byte_is_a_miss(project: Path, plain: str) -> None:
    json_of(project)
    stored = project / ".migscan_cache/facts.msgpack"
    whole = stored.read_bytes()
    for at in (0, 15, 16, 40, len(whole) // 2, len(whole) - 1):
        stored.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert json_of(project) == plain


def test_another_place_and_another_order_of_directory_entries(
    project: Path, plain: str, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "project"
    copy.mkdir(parents=True)
    for path in sorted(project.rglob("*.py"), reverse=True):
        target = copy / path.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    assert json_of(copy) == plain


def test_a_changed_file_is_read_again(project: Path, plain: str, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".migscan_cache"))
    json_of(copy)
    models = copy / "app3/models.py"
    models.write_text(models.read_text().replace("class Second", "class Third"))
    changed = json_of(copy)
    assert changed != plain
    assert changed == json_of(copy, "--no-cache")
    models.write_text((project / "app3/models.py").read_text())
    assert json_of(copy) == plain


def test_a_project_that_cannot_be_written_to_is_analysed(project: Path, plain: str, tmp_path: Path) -> None:
    """Where the cache folder cannot be made, the run is only slower."""
    copy = tmp_path / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".migscan_cache"))
    (copy / ".migscan_cache").write_text("a file where the folder should be")
    assert json_of(copy) == plain


def test_a_report_is_the_same_folder(project: Path, tmp_path: Path) -> None:
    """Markdown and pictures too."""

    def folder(name: str, *arguments: str, seed: str) -> dict[str, bytes]:
        out = tmp_path / name
        run = migscan(project, "-o", out, *arguments, cwd=tmp_path, env={"PYTHONHASHSEED": seed})
        assert run.code == 1
        return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}

    first = folder("first", "--no-cache", "-j", "1", seed="1")
    assert any(name.endswith(".svg") for name in first)
    assert folder("second", "-j", "2", seed="2") == first

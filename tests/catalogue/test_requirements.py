"""Requirements: what a project's files ask for, and which of several files counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.catalogue.requirement_files import READERS, pip
from analyzer.catalogue.requirements import Requirements
from tests.projects import write

RANGE = '[project]\ndependencies = ["django>=4"]\n'
LOCK = '[[package]]\nname = "{}"\nversion = "{}"\n'
LOCKED = LOCK.format("django", "4.2")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Django==4.2.3", ("Django", "==4.2.3")),
        ("django >= 4.2, < 5  # why", ("django", ">= 4.2, < 5")),
        ("django[argon2]~=4.2", ("django", "~=4.2")),
        ("django==4.2 ; python_version < '3.12'", ("django", "==4.2")),
        ("django==4.2 --hash=sha256:00", ("django", "==4.2")),
        ("django==4.2 \\\n    --hash=sha256:00", ("django", "==4.2")),
        ("django (>=4.2)", ("django", ">=4.2")),
        ("django", ("django", "")),
        ("django @ https://example.org/django.zip", ("django", "")),
    ],
)
def test_a_line_of_pip(line: str, found: tuple[str, str]) -> None:
    assert list(pip(line)) == [found]


@pytest.mark.parametrize(
    "line", ["", "# django==1", "-e .", "--index-url https://example.org", "git+https://x/y", "./here"]
)
def test_a_line_that_names_no_distribution(line: str) -> None:
    assert list(pip(line)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[project]\ndependencies = ["django==4.2"]\n'),
        ("pyproject.toml", '[project.optional-dependencies]\nall = ["django==4.2"]\n'),
        ("pyproject.toml", '[dependency-groups]\nall = ["django==4.2", {include-group = "dev"}]\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "*"\ndjango = "==4.2"\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\ndjango = {version = "==4.2", extras = ["bcrypt"]}\n'),
        ("pyproject.toml", '[tool.poetry.group.main.dependencies]\ndjango = "==4.2"\n'),
        ("Pipfile", '[packages]\ndjango = "==4.2"\n'),
        ("Pipfile.lock", '{"default": {"django": {"version": "==4.2"}, "x": {"git": "y"}}}'),
        ("uv.lock", LOCK.format("django", "4.2")),
        ("poetry.lock", LOCK.format("django", "4.2") + 'description = "x"\n'),
        ("pdm.lock", LOCK.format("django", "4.2")),
        ("setup.cfg", "[options]\ninstall_requires =\n    # first\n    django==4.2\n    x\n[bdist]\n"),
        ("setup.py", "from setuptools import setup\nsetup(install_requires=['django==4.2'])\n"),
        (
            "setup.py",
            "import setuptools\nNEEDS = ['django==4.2']\nsetuptools.setup(install_requires=NEEDS + ['x'])\n",
        ),
    ],
)
def test_every_usual_file_is_read(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    found = Requirements(tmp_path).of("Django")
    assert found is not None
    assert (found.name, found.specifier, found.file) == ("django", "==4.2", name)


@pytest.mark.parametrize("name", sorted({*READERS, "requirements.txt"}))
@pytest.mark.parametrize(
    "text", ["\0", "[", "{", "[[package]]", "[project]\ndependencies = 1", "setup(", "[" * 5000]
)
def test_bad_files_ask_for_nothing(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert Requirements(tmp_path).of("django") is None


@pytest.mark.parametrize(
    ("files", "specifier"),
    [
        ({"requirements.txt": "django==4.2", "requirements-dev.txt": "django==5.0"}, "==4.2"),
        ({"requirements/base.txt": "django==4.2", "requirements/test.txt": "django==5.0"}, "==4.2"),
        ({"requirements/generated/production.txt": "django==4.2"}, "==4.2"),
        ({"pyproject.toml": RANGE, "uv.lock": LOCKED}, "==4.2"),
        ({"requirements.in": "django>=4", "requirements.txt": "django==4.2"}, "==4.2"),
        ({"requirements.txt": "-r deps/all.txt", "deps/all.txt": "django==4.2"}, "==4.2"),
        ({"requirements.txt": "-r more/all.txt\ndjango", "more/all.txt": "django==4.2"}, "==4.2"),
        ({"requirements.txt": "django\n-c constraints.txt", "constraints.txt": "Django==4.2"}, "==4.2"),
        ({"requirements.txt": "django==5", "api/deps.txt": "django==4.2", "api/manage.py": ""}, "==5"),
        ({"requirements.txt": "-r requirements.txt\ndjango==4.2"}, "==4.2"),
        ({"requirements.txt": "-r ../other.txt\n-r /etc/passwd\ndjango==4.2"}, "==4.2"),
    ],
)  # fmt: skip
def test_the_file_that_counts(files: dict[str, str], specifier: str, tmp_path: Path) -> None:
    roots = {path.rpartition("/")[0] for path in files if path.endswith("manage.py")}
    found = Requirements(write(tmp_path / "project", files), roots).of("django")
    assert found is not None
    assert found.specifier == specifier


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("django==4.2\n")
    root = write(
        tmp_path / "project", {"requirements.txt": f"-r ../outside.txt\n-r {tmp_path}/outside.txt\n"}
    )
    assert Requirements(root).of("django") is None


@pytest.mark.parametrize("name", ["django-allauth", "Django_Allauth", "django.allauth"])
def test_names_are_compared_as_pep_503_says(name: str, tmp_path: Path) -> None:
    found = Requirements(write(tmp_path, {"requirements.txt": "Django-AllAuth==65.0"})).of(name)
    assert found is not None
    assert found.specifier == "==65.0"


def test_files_are_read_once_and_only_when_asked(tmp_path: Path) -> None:
    requirements = Requirements(write(tmp_path, {"requirements.txt": "django==4.2"}))
    (tmp_path / "requirements.txt").write_text("django==5.2")
    first = requirements.of("django")
    (tmp_path / "requirements.txt").write_text("django==6.0")
    assert first is not None
    assert first.specifier == "==5.2"
    assert requirements.of("django") == first

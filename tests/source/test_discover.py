"""The tree under a path: which Python files there are, which are left out, and where imports begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.source.discover import Tree, discover
from tests.projects import project, write


def tree(*paths: str, exclude: tuple[str, ...] = (), **contents: str) -> Tree:
    """The tree of a project that has these files, with `contents` for `.gitignore` files by folder."""
    files = dict.fromkeys(paths, "")
    files.update({f"{folder}/.gitignore".removeprefix("root/"): text for folder, text in contents.items()})
    with project(files) as root:
        return discover(root, exclude)


def paths(*files: str, exclude: tuple[str, ...] = (), **contents: str) -> list[str]:
    return [file.path for file in tree(*files, exclude=exclude, **contents).files]


def test_python_files_are_found_at_any_depth_and_sorted() -> None:
    assert paths("b/c/d.py", "a.py", "b/e.py") == ["a.py", "b/c/d.py", "b/e.py"]


def test_other_files_are_not() -> None:
    assert paths("a.py", "a.pyc", "a.txt", "py", "b.pyi") == ["a.py"]


def test_sizes_are_in_bytes() -> None:
    with project({"a.py": "é = 1\n"}) as root:
        (file,) = discover(root).files
    assert file.size == 7


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/x/a.py",
        "b/__pycache__/a.py",
        ".tox/a.py",
        ".git/hooks/a.py",
        "lib/python3/site-packages/x/a.py",
        "x.egg-info/a.py",
        "build/lib/x/a.py",
        "dist/a.py",
        "migscan-report/a.py",
    ],
)
def test_what_is_not_the_projects_own_is_left_out(path: str) -> None:
    assert paths("a.py", path) == ["a.py"]


@pytest.mark.parametrize("path", ["modules/a.py", "egg/a.py", "builder/a.py", "site/packages/a.py"])
def test_what_is_only_named_alike_is_kept(path: str) -> None:
    assert paths(path) == [path]


def test_a_package_named_build_is_kept() -> None:
    assert paths("build/__init__.py", "build/models.py") == ["build/__init__.py", "build/models.py"]


@pytest.mark.parametrize("name", ["venv", "my-environment"])
def test_a_virtual_environment_is_left_out_whatever_its_name(name: str) -> None:
    assert paths(f"{name}/pyvenv.cfg", f"{name}/a.py", f"{name}/lib/b.py") == []


def test_a_folder_named_env_is_kept_if_it_is_none() -> None:
    assert paths("env/a.py") == ["env/a.py"]


# ---------------------------------------------------------------- ignored


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*_local.py", ["a.py", "b/a.py"]),
        ("b/", ["a.py", "a_local.py"]),
        ("/a.py", ["a_local.py", "b/a.py", "b/b_local.py"]),
        ("# *.py\n\n", ["a.py", "a_local.py", "b/a.py", "b/b_local.py"]),
        ("*.py\n!b_local.py", ["b/b_local.py"]),
    ],
)
def test_what_git_ignores_is_left_out(pattern: str, left: list[str]) -> None:
    files = ("a.py", "a_local.py", "b/a.py", "b/b_local.py")
    assert paths(*files, root=pattern) == left


def test_a_gitignore_counts_from_its_own_folder() -> None:
    assert paths("a.py", "b/a.py", "b/c/a.py", b="/a.py") == ["a.py", "b/c/a.py"]


def test_a_deeper_gitignore_has_the_last_word() -> None:
    assert paths("a_local.py", "b/a_local.py", root="*_local.py", b="!a_local.py") == ["b/a_local.py"]


def test_the_users_patterns_are_written_as_in_gitignore() -> None:
    files = ("a.py", "b/a.py", "b/c.py", "legacy/d.py")
    assert paths(*files, exclude=("/legacy", "b/a.py")) == ["a.py", "b/c.py"]


def test_the_users_patterns_win_over_gitignore() -> None:
    assert paths("a.py", root="!a.py", exclude=("a.py",)) == []


# ---------------------------------------------------------------- odd trees


def test_what_migscan_wrote_itself_is_left_out() -> None:
    made = {
        "docs/reset/PLAN.md": "",
        "docs/reset/placeholder/shop/migrations/0009_squashed.py": "",
        "docs/reset/added.py": "",
        "docs/reset/.migscan-manifest.json": '{"files": {"PLAN.md": [], '
        '"placeholder/shop/migrations/0009_squashed.py": ["a hash"]}, "version": 1}',
        "docs/notes.md": "",
        "other/.migscan-manifest.json": "[" * 100_000,
        "other/notes.md": "",
    }
    with project(made) as root:
        found = discover(root)
    assert [file.path for file in found.files] == ["docs/reset/added.py"]
    assert found.documents == ("docs/notes.md", "other/notes.md")


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.py": ""})
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert [file.path for file in discover(tmp_path).files] == ["a/b.py"]


def test_links_to_files_are_files(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    assert [file.path for file in discover(tmp_path).files] == ["a.py", "b.py"]


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"models.py/a.py": ""})
    (tmp_path / "b.py").symlink_to(tmp_path / "nowhere.py")
    found = discover(tmp_path)
    assert [(item.path, item.reason) for item in found.unreadable] == [
        ("b.py", "broken symbolic link"),
        ("models.py", "is a directory, not a file"),
    ]
    assert [file.path for file in found.files] == ["models.py/a.py"]


def test_a_good_tree_has_nothing_unreadable() -> None:
    assert tree("a.py", "b/c.py", root="x").unreadable == ()


# ---------------------------------------------------------------- packages and roots


def test_packages_are_folders_with_an_init() -> None:
    found = tree("a/__init__.py", "a/b/__init__.py", "c/d.py")
    assert found.packages == {"a", "a/b"}


def test_migration_folders_are_named_so() -> None:
    found = tree("a/migrations/0001.py", "b/migrations/__init__.py", "c/migrate/0001.py")
    assert found.migration_dirs == ("a/migrations", "b/migrations")


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        (["a.py"], ("",)),
        (["a/__init__.py"], ("",)),
        (["src/a/__init__.py", "src/a/b/__init__.py"], ("src", "")),
        (["web/manage.py", "web/a/__init__.py"], ("web", "")),
        (["one/manage.py", "two/deep/manage.py"], ("two/deep", "one", "")),
        (["a/b/c.py"], ("",)),
    ],
)
def test_imports_begin_beside_manage_py_and_above_top_packages(
    files: list[str], roots: tuple[str, ...]
) -> None:
    assert tree(*files).source_roots == roots

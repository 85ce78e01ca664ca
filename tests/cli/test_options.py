"""Options from a file and from flags; a typo is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.errors import UsageError
from analyzer.options import Flags, Options, load


def configured(root: Path, text: str, name: str = "migscan.toml") -> Path:
    (root / name).write_text(text, encoding="utf-8")
    return root


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Options()


def test_a_file_speaks(tmp_path: Path) -> None:
    options = load(
        configured(tmp_path, 'settings = "a.b"\njobs = 3\ncache = false\nall-apps = true\ngraphs = false')
    )
    assert options == Options(settings="a.b", jobs=3, cache=False, all_apps=True, graphs=False)


def test_pyproject_speaks_too(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n[tool.migscan]\nproject = "Shop"\n'
    assert load(configured(tmp_path, text, "pyproject.toml")).project == "Shop"


def test_a_pyproject_of_somebody_else_is_no_matter(tmp_path: Path) -> None:
    assert load(configured(tmp_path, "[tool.ruff]\nunknown = 1", "pyproject.toml")) == Options()


def test_its_own_file_comes_before_pyproject(tmp_path: Path) -> None:
    configured(tmp_path, '[tool.migscan]\nproject = "b"\nsettings = "x"', "pyproject.toml")
    assert load(configured(tmp_path, 'project = "a"')) == Options(project="a")


def test_a_flag_wins_and_excludes_add_up(tmp_path: Path) -> None:
    root = configured(tmp_path, 'settings = "a"\nexclude = ["docs", "old"]')
    options = load(root, Flags(settings="b", exclude=("old", "tmp"), quiet=True))
    assert options == Options(settings="b", exclude=("docs", "old", "tmp"), quiet=True)


def test_a_django_may_be_named_in_a_file_and_by_a_flag(tmp_path: Path) -> None:
    root = configured(tmp_path, 'django-version = "3.2"')
    assert load(root).django_version == "3.2"
    assert load(root, Flags(django_version="5.2")).django_version == "5.2"


def test_paths_in_a_file_count_from_it(tmp_path: Path) -> None:
    root = configured(tmp_path, 'output = "docs/report"\nbaseline = "known.json"')
    assert load(root).output == tmp_path / "docs/report"
    assert load(root).baseline == tmp_path / "known.json"


def test_a_file_of_the_project_has_nothing_started_but_dot(tmp_path: Path) -> None:
    assert load(configured(tmp_path, 'dot = "dot-12.2"')).dot == "dot-12.2"
    for program in ("tools/dot", "/bin/sh", "sh", "../dot"):
        root = configured(tmp_path, f"dot = {program!r}")
        with pytest.raises(UsageError, match="must be Graphviz's dot on PATH"):
            load(root)
    assert load(configured(tmp_path, ""), Flags(dot="tools/dot")).dot == "tools/dot"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("all_apps = true", "migscan.toml: unknown key 'all_apps'; did you mean 'all-apps'?"),
        ("zzz = 1", "migscan.toml: unknown key 'zzz'; known keys: all-apps, apps, baseline, cache,"),
        ('jobs = "two"', "migscan.toml: 'jobs': expected `int`, got `str`"),
        ("exclude = [1]", "migscan.toml: 'exclude[0]': expected `str`, got `int`"),
        ("jobs = -1", "jobs must be 0 (choose) or more, not -1"),
        ("jobs = ", "migscan.toml: not valid TOML: "),
        ("force = true", "migscan.toml: unknown key 'force'"),
        ('django-version = "4"', "django-version must be X.Y, such as 4.2, not '4'"),
        ('django-version = "4.2.7"', "django-version must be X.Y, such as 4.2, not '4.2.7'"),
        (
            "[apps.blog]\nseverty = 1",
            "migscan.toml: unknown key 'apps.blog.severty'; did you mean 'severity'?",
        ),
        ('severity = { MS1 = "bad" }', "migscan.toml: 'severity[...]': invalid enum value 'bad'"),
        ('fail-on = "never"', "migscan.toml: 'fail-on': invalid enum value 'never'"),
        ('output = "/tmp/x"', "migscan.toml: 'output' leads out of the project: /tmp/x"),
        ('baseline = "../known.json"', "migscan.toml: 'baseline' leads out of the project: ../known.json"),
        ("django-version = 4.2", "migscan.toml: 'django-version': expected `str`, got `float`"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(configured(tmp_path, text))
    assert str(caught.value).startswith(message)


def test_a_mistake_in_pyproject_names_its_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"pyproject\.toml: unknown key 'tool\.migscan\.graph'"):
        load(configured(tmp_path, "[tool.migscan]\ngraph = true", "pyproject.toml"))
    with pytest.raises(UsageError, match=r"'tool\.migscan' must be a table"):
        load(configured(tmp_path, "[tool]\nmigscan = 1", "pyproject.toml"))


def test_bytes_that_are_no_utf8_are_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "migscan.toml").write_bytes(b"project = '\xff'")
    with pytest.raises(UsageError, match="not UTF-8"):
        load(tmp_path)


def test_what_to_leave_out_adds_up_and_what_to_select_does_not(tmp_path: Path) -> None:
    root = configured(tmp_path, 'select = ["MS1"]\nignore = ["MS104"]\nextend-select = ["MS2"]')
    options = load(root, Flags(select=("MS3",), ignore=("MS301",), extend_select=("MS4",)))
    assert options.select == ("MS3",)
    assert options.ignore == ("MS104", "MS301")
    assert options.extend_select == ("MS2", "MS4")

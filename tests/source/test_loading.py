"""Which files are parsed, and that neither this choice, nor processes, nor the cache change a result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.analysis import Analysis, analyse
from analyzer.options import Options
from analyzer.source import loading, workers
from analyzer.source.cache import Cache
from analyzer.source.discover import discover
from analyzer.source.loading import Files, select
from analyzer.source.marks import MARKS
from tests.projects import analysed, project, source


def chosen(text: str) -> dict[str, bool]:
    """The files that are parsed at once, and whether with all function bodies."""
    return dict(select(source(text).files))


def test_places_decide_first() -> None:
    found = chosen("""
        # blog/__init__.py
        # blog/apps.py
        # blog/models.py
        # blog/views.py
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        # news/models/__init__.py
        # news/models/page.py
    """)
    assert found == {
        "blog/apps.py": False,
        "blog/models.py": False,
        "blog/migrations/__init__.py": True,
        "blog/migrations/0001_initial.py": True,
        "news/models/__init__.py": False,
        "news/models/page.py": False,
    }


def test_contents_decide_where_places_do_not() -> None:
    found = chosen("""
        # blog/entities.py
        from django.db import models
        class Post(models.Model): pass
        # blog/forms.py
        class PostForm(forms.Form): pass
        # conf/production.py
        INSTALLED_APPS = []
    """)
    assert found == {"blog/entities.py": False, "conf/production.py": False}


def test_heirs_are_followed_from_file_to_file() -> None:
    found = chosen("""
        # a.py
        from django.db import models
        class Base(models.Model): pass
        # b.py
        class Middle(Base): pass
        # c.py
        from b import Middle as Other
        class Last(Other): pass
        # d.py
        class Alone(Another): pass
    """)
    assert sorted(found) == ["a.py", "b.py", "c.py"]


# ---------------------------------------------------------------- nothing changes a result

PARTS = {
    "model": "from django.db import models\nclass {name}(models.Model):\n    at = models.DateField()\n",
    "bare": "from django.db.models import CharField, Model\nclass {name}(Model):\n    at = CharField()\n",
    "abstract": "from django.db import models\nclass {name}(models.Model):\n    at = models.DateField()\n"
    "    class Meta:\n        abstract = True\n",
    "mixin": "from django.db import models\nclass {name}:\n    at = models.DateField()\n",
    "plain": "class {name}:\n    pass\n",
    "heir": "from {module} import {other}\nclass {name}({other}):\n    class Meta:\n        db_table = 'x'\n",
    "dotted": "import {module}\nclass {name}({module}.{other}):\n    pass\n",
    "renamed": "from {module} import {other} as Parent\nclass {name}(Parent):\n    pass\n",
    "assigned": "from {module} import {other}\nParent = {other}\nclass {name}(Parent):\n    pass\n",
    "alias": "from {module} import {other}\n{name} = {other}\n",
    "made": "from {module} import {other}\ndef f():\n    return {other}\nclass {name}(f()):\n    pass\n",
    "function": "from {module} import {other}\ndef {name}():\n    return {other}\n",
    "called": "from {module} import {other}\nclass {name}({other}()):\n    pass\n",
    "wrapped": "from {module} import {other}\nfrom six import with_metaclass\n"
    "class {name}(with_metaclass(type, {other})):\n    pass\n",
    "star": "from {module} import *\nclass {name}({other}):\n    pass\n",
    "forward": "from {module} import *\nfrom {module} import {other}\n",
    "relation": "from django.db import models\nfrom {module} import {other}\nclass {name}(models.Model):\n"
    "    to = models.ForeignKey({other}, models.CASCADE)\n",
    "field": "from {module} import {other}\nfrom django.db import models\n"
    "class {name}(models.ForeignKey):\n    pass\nclass Has{name}(models.Model):\n    to = {name}('self')\n",
    "nested": "from {module} import {other}\nclass Outer{name}:\n    class {name}({other}):\n        pass\n",
    "guarded": "from {module} import {other}\nif True:\n    class {name}({other}):\n        pass\n",
}
PLACES = [
    "a/__init__.py",
    "a/models.py",
    "a/things.py",
    "a/models/page.py",
    "b/models.py",
    "b/base.py",
    "b/utils.py",
    "top.py",
]
CLASSES = ["One", "Two", "Three"]


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """A few small files whose classes inherit from each other in every way there is."""
    places = draw(st.lists(st.sampled_from(PLACES), min_size=2, max_size=5, unique=True))
    files = dict.fromkeys(["a/__init__.py", "b/__init__.py"], "")
    for place in places:
        text = ""
        for name in draw(st.lists(st.sampled_from(CLASSES), min_size=1, max_size=2, unique=True)):
            source = draw(st.sampled_from(places))
            text += PARTS[draw(st.sampled_from(sorted(PARTS)))].format(
                name=name,
                other=draw(st.sampled_from(CLASSES)),
                module=source.removesuffix(".py").removesuffix("/__init__").replace("/", "."),
            )
        files[place] = text
    return files


@contextmanager
def everything_is_parsed() -> Iterator[None]:
    def all_files(files: Files) -> list[tuple[str, bool]]:
        return [(file.path, True) for file in files.tree.files]

    with mock.patch.object(loading, "select", all_files):
        yield


def without_counts(found: Analysis) -> Analysis:
    return replace(found, reading=replace(found.reading, files_read=0))


@settings(deadline=None)
@given(projects())
@example({"b/utils.py": PARTS["model"].format(name="One"), "top.py": "from b.utils import One\n"})
def test_what_is_not_parsed_changes_nothing(files: dict[str, str]) -> None:
    fast = analysed(files)
    with everything_is_parsed():
        slow = analysed(files)
    assert without_counts(fast) == without_counts(slow)


@settings(deadline=None)
@given(projects())
def test_the_cache_changes_nothing(files: dict[str, str]) -> None:
    with project(files) as root:
        runs = [analyse(root, Options(jobs=1, cache=cache)) for cache in (False, True, True)]
    assert runs[0] == runs[1] == runs[2]


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even the smallest project be worth a second process."""
    monkeypatch.setattr(workers, "PARALLEL_FROM", 0)


@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("cache", [False, True])
def test_the_number_of_processes_changes_nothing(cache: bool) -> None:
    files = {
        place: PARTS["model"].format(name=f"Model{number}") + ("broken(" if number == 3 else "")
        for number, place in enumerate(PLACES)
    }
    one, two, many = (analysed(files, jobs=jobs, cache=cache) for jobs in (1, 2, 16))
    assert one == two == many
    assert [finding.code for finding in one.findings if finding.code != "MS005"] == ["MS001"]


def test_small_projects_are_not_worth_a_process() -> None:
    with mock.patch.object(workers, "_Worker") as worker:
        analysed({"a/models.py": PARTS["model"].format(name="One")}, jobs=8)
    worker.assert_not_called()


@pytest.mark.usefixtures("forking")
def test_a_process_that_dies_costs_time_only() -> None:
    with project({"a.py": "x = 1\n", "b.py": "y = 2\n"}) as root:
        files = Files(discover(root), Cache(None))
        with mock.patch.object(workers, "_main", lambda work, share, send: send.close()):
            files.load([("a.py", True), ("b.py", True)], 2, lambda *_: None)
    assert [len(facts.body) for _, facts in files.loaded()] == [1, 1]


def test_a_file_that_cannot_be_read_is_a_problem() -> None:
    with project({"a.py": "x = 1\n"}) as root:
        files = Files(discover(root), Cache(None))
        (root / "a.py").unlink()
        assert [problem.kind for problem in files.facts("a.py").problems] == ["unreadable"]


def test_outlines_grow_into_full_facts_on_demand() -> None:
    files = source("""
        # a.py
        def f():
            return 1
    """).files
    assert not files.facts("a.py").full
    assert files.facts("a.py", full=True).full
    assert files.facts("a.py").full


@given(st.lists(st.sampled_from([*MARKS, b"x = 1\n", b"class A(B): ...\n", b"sys.", b"\xff"]), max_size=6))
def test_words_are_noted_where_they_are(parts: list[bytes]) -> None:
    with project("# a.py\n# b/c.py\n") as root:
        (root / "b/c.py").write_bytes(b"".join(parts))
        files = Files(discover(root), Cache(None))
        for word in MARKS:
            assert files.holding(word) == [path for path in ("a.py", "b/c.py") if word in files.data(path)]

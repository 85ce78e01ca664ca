"""What the catalogue keeps of a module: source text in, kept statements out."""

from __future__ import annotations

import textwrap
import zipfile
from pathlib import Path

import msgspec
import pytest

from analyzer.catalogue.generate import _packages
from analyzer.catalogue.reduce import reduced, reduced_migration, speaks_of_models
from analyzer.source.facts import Assign, Call, ClassDef, FileFacts, FuncDef, If, Import, Ref, Stmt
from analyzer.source.syntax import parse


def kept(text: str, module: str = "shop.models") -> tuple[Stmt, ...]:
    return reduced(parse(textwrap.dedent(text), full=False), module).body


def described(body: tuple[Stmt, ...]) -> list[object]:
    """Statements by the names that they bind, blocks as lists."""
    out: list[object] = []
    for stmt in body:
        match stmt:
            case ClassDef(name=name):
                out.append((name, described(stmt.body)))
            case FuncDef(name=name):
                out.append(name)
            case Assign(targets=(Ref(name), *_)):
                out.append(name)
            case If():
                out.append([described(stmt.body), described(stmt.orelse)])
            case Import():
                out.append("import")
    return out


MODULE = '''
"""Docs."""
import a
from b import c
NAME = "x"
LONG = "{long}"
MANY = [{many}]
FEW = [("a", c("A"))]
PLAIN = f(1)
def helper(): pass
def __getattr__(name): pass
class Thing(c.Model):
    x = c.CharField("x", choices=FEW, help_text="{long}")
    def method(self): pass
    def __init__(self, *args): pass
    class Meta:
        ordering = ["x"]
        constraints = [c.Check(1)]
class SmallField(c.Field):
    def __init__(self, size=1): self.size = size
    def deconstruct(self): return super().deconstruct()
    def other(self): pass
if a:
    class Other(Thing): pass
'''.replace("{long}", "x" * 200).replace("{many}", "1, " * 100)


def test_a_module_keeps_what_models_fields_and_apps_need() -> None:
    assert described(kept(MODULE)) == [
        "import",
        "import",
        "NAME",
        "FEW",
        "PLAIN",
        "__getattr__",
        ("Thing", ["x", ("Meta", ["ordering", "constraints"])]),
        ("SmallField", ["__init__", "deconstruct"]),
        [[("Other", [])], []],
    ]


def test_a_module_of_forms_keeps_its_classes_alone() -> None:
    found = kept(MODULE, "shop.forms")
    assert described(found) == ["import", "import", ("Thing", []), ("SmallField", []), [[("Other", [])], []]]


def test_fields_keep_all_arguments_and_constructors_their_parameters() -> None:
    thing, small = (stmt for stmt in kept(MODULE) if isinstance(stmt, ClassDef))
    (x, _), (init, _) = thing.body, small.body
    assert isinstance(x, Assign)
    assert isinstance(x.value, Call)
    assert dict(x.value.kwargs).keys() == {"choices", "help_text"}
    assert isinstance(init, FuncDef)
    assert (init.params, [name for name, _ in init.defaults]) == (("self", "size"), ["size"])


def test_lines_are_places_that_a_change_elsewhere_does_not_move() -> None:
    one = kept("import a\nclass A(a.Model):\n    x = a.F()\n    y = a.F()\n")
    two = kept("import a\n\n# More\nclass A(a.Model):\n    '''Docs.'''\n\n    x = a.F()\n    y = a.F(\n)\n")
    assert one == two


@pytest.mark.parametrize(
    ("module", "speaks"),
    [
        ("shop.models", True),
        ("shop.fields", True),
        ("shop.forms", False),
        ("shop.admin.views", False),
        ("shop.forms.models", True),
        ("shop.admin.apps", True),
        ("django.forms.fields", False),
        ("shop", True),
    ],
)
def test_a_modules_name_tells_whether_it_may_hold_models(module: str, speaks: bool) -> None:
    assert speaks_of_models(module) is speaks


def test_a_migration_keeps_its_edges() -> None:
    text = """
    from django.conf import settings
    from django.db import migrations, models
    import shop.models
    def seed(apps, editor): pass
    class Migration(migrations.Migration):
        initial = True
        atomic = False
        replaces = [("shop", "0001")]
        dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("a", "b")]
        operations = [migrations.RunPython(seed)]
    """
    found = reduced_migration(parse(textwrap.dedent(text), full=True)).body
    assert described(found) == ["import", "import", ("Migration", ["initial", "replaces", "dependencies"])]


def test_a_wheel_is_read_package_by_package(tmp_path: Path) -> None:
    wheel = tmp_path / "shop-1-py3-none-any.whl"
    files = {
        "shop/__init__.py": "",
        "shop/models.py": "class Thing(Model): pass\n",
        "shop/notes.py": "x = 1\n",
        "shop/rates.py": f"class Rates:\n    table = {list(range(30_000))}\n",
        "shop/steps.py": "class Step(Operation):\n    def state_forwards(self, app, state): state.x = 1\n",
        "shop/tests/models.py": "class Mock(Model): pass\n",
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": "class Migration: dependencies = []\n",
        "tests/models.py": "class Mock(Model): pass\n",
        "shop-1.dist-info/METADATA": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    found = _packages(wheel)
    assert found.keys() == {"shop"}
    assert found["shop"].keys() == {
        "shop",
        "shop.models",
        "shop.steps",
        "shop.migrations",
        "shop.migrations.0001_initial",
    }
    assert described(msgspec.msgpack.decode(found["shop"]["shop.models"], type=FileFacts).body) == [
        ("Thing", [])
    ]
    step = msgspec.msgpack.decode(found["shop"]["shop.steps"], type=FileFacts).body[0]
    assert isinstance(step, ClassDef)
    assert [bool(stmt.body) for stmt in step.body if isinstance(stmt, FuncDef)] == [True]

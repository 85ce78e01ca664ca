"""Code that would run for ever, or fill the memory, if it were run: migscan follows code only so far.

Whatever a project's source says, reading it ends soon, in little memory, and the rest is analysed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.robustness.projects import assert_rest_is_analysed, audit

BOMBS = {
    "big list": "A = [1] * 10**10",
    "big text": "A = 'x' * 10**11",
    "big doubled": "A = [1]\n" + "A = A + A\n" * 60,
    "big doubled in place": "A = ['x']\n" + "A += A\n" * 60,
    "big text doubled": "A = 'x'\n" + "A = A + A\n" * 60,
    "big text formatted": "A = 'x'\n" + "A = f'{A}{A}'\n" * 60,
    "big text by percent": "A = 'x'\n" + "A = '%s%s' % (A, A)\n" * 60,
    "big text by format": "A = 'x'\n" + "A = '{}{}'.format(A, A)\n" * 60,
    "big text by join": "A = 'x'\n" + "A = A.join([A, A, A])\n" * 40,
    "big text by replace": "A = 'xx'\n" + "A = A.replace('x', A)\n" * 10,
    "big tuple of tuples": "A = ()\n" + "A = (A, A)\n" * 200,
    "big dict": "A = {}\n" + "A = {'a': A, 'b': A}\n" * 200,
    "big stars": "A = [1]\n" + "A = [*A, *A]\n" * 60,
    "big width": "A = '%1000000000d' % 1\nB = '{:>1000000000}'.format(1)\nC = f'{1:>1000000000}'",
    "big power": "A = 10 ** 10 ** 10 ** 10",
    "big shift": "A = 1 << 10**12",
    "big power in steps": "A = 10\n" + "A = A ** A\n" * 5,
    "big range": "A = list(range(10**12))",
    "big comprehension": "A = [a + b for a in range(10**6) for b in range(10**6)]",
    "nested loops": "A = []\n"
    + "".join(" " * n + f"for a{n} in range(100):\n" for n in range(9))
    + " " * 9
    + "A.append(1)",
    "long loop": "A = []\nfor a in range(10**10):\n    A.append(a)",
    "while true": "A = []\nwhile True:\n    A.append(1)",
    "growing while it is read": "A = [1]\nfor a in A:\n    A.append(a)",
    "two names": "A = B\nB = A\n",
    "own name": "A = A + A\n",
    "recursion": "def f(a):\n    return f(a + 1)\nA = f(1)",
    "mutual recursion": "def f():\n    return g()\ndef g():\n    return f() + f()\nA = f()",
    "doubling recursion": "def f(n):\n    return f(n - 1) + f(n - 1)\nA = f(60)",
    "calls that double": "def f0(): return ['a']\n"
    + "".join(f"def f{n}(): return f{n - 1}() + f{n - 1}()\n" for n in range(1, 60))
    + "A = f59()",
    "long sum": "A = " + " + ".join(["['a']"] * 3000),
    "long chain of names": "A0 = ['a']\n"
    + "".join(f"A{n} = A{n - 1}\n" for n in range(1, 3000))
    + "A = A2999",
    "long chain of items": "".join(f"A{n} = [a for a in A{n + 1}[0]]\n" for n in range(500))
    + "A500 = [1]\nA = A0",
    "long chain of types": "".join(f"A{n} = A{n + 1}[int]\n" for n in range(500)) + "A500 = list\nA = A0",
    "long chain of ifs": "A = 1\nif A == 1:\n    A = 2\n"
    + "".join(f"elif A == {n}:\n    A = 3\n" for n in range(1500)),
    "many ifs": "A = []\n" + "".join(f"if unknown({n}):\n    A += [{n}]\n" for n in range(60)),
    "format of an attribute": "A = '{0.nothing}'.format('x')\nB = '{0[nothing]}'.format('x')",
    "format of a letter": "A = '%c' % 99999999999",
    "long number": "A = " + "9" * 5000,
    "long number as text": f"A = {'9' * 4000}\nA = A * A\nB = f'{{A}}'\nA = '%s' % A",
    "number beyond a float": "A = 1e300 * " + "9" * 400,
    "many calls": "".join(f"A{n} = unknown({n})\n" for n in range(10_000)) + "A = A0",
    "a name bound often": "A = 1\n" * 50_000,
    "sums of sums": "R = range(999)\nA = sum(map(lambda a: sum(map(lambda b: sum(R), R)), R))",
    "generator": "def g():\n    while True:\n        yield 1\nA = list(g())",
    "lambda": "f = lambda g: g(g)\nA = f(f)",
}
USES = {
    "settings": (
        (
            "config/settings.py",
            """
{bomb}
EXTRA = A
OTHER = EXTRA
INSTALLED_APPS = ['shop', 'odd']
INSTALLED_APPS += A
""",
        ),
    ),
    "models and migrations": (
        (
            "odd/models.py",
            """
{bomb}
from django.db import models

class Odd(models.Model):
    a = models.ForeignKey(A, on_delete=models.CASCADE)

    class Meta:
        db_table = A
""",
        ),
        (
            "odd/migrations/0001_initial.py",
            """
{bomb}
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = A
    operations = A
""",
        ),
    ),
}
MEMORY = 1 << 30
"""Bytes of address space that a run may ask for; a bomb wants thousands of them."""


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_does_not_go_off(project: Path, bomb: str, use: str) -> None:
    for file, text in USES[use]:
        path = project / file
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text.replace("{bomb}", BOMBS[bomb]))
    assert_rest_is_analysed(audit(project, "-j", "1", memory=MEMORY, seconds=20))


CIRCLES = {
    "classes": "class A(B): pass\nclass B(A): pass\n",
    "own base": "class A(A): pass\n",
    "own attribute": "class A(models.Model):\n    b = models.ForeignKey(A.b, models.CASCADE)\n",
    "own import": "from odd.models import A\nclass B(A): pass\n",
    "own star": "from odd.models import *\nfrom odd import *\nclass B(A): pass\n",
    "own module": "import odd.models as m\nclass B(m.m.m.m.A): pass\n",
    "own meta": "class A(models.Model):\n    class Meta(A.Meta): pass\n",
    "own metaclass": "class A(models.Model, metaclass=A): pass\n",
    "own base by attribute": "class A(A.B):\n    class B(A): pass\n",
    "deep inheritance": "class A0(models.Model): pass\n"
    + "".join(f"class A{n}(A{n - 1}): pass\n" for n in range(1, 200)),
    "wide inheritance": "".join(
        f"class A{n}(models.Model):\n    class Meta: abstract = True\n" for n in range(300)
    )
    + f"class A({', '.join(f'A{n}' for n in range(300))}): pass\n",
    "diamonds": "class A0(models.Model):\n    class Meta: abstract = True\n"
    + "".join(
        f"class L{n}(A{n - 1}):\n    class Meta: abstract = True\n"
        f"class R{n}(A{n - 1}):\n    class Meta: abstract = True\n"
        f"class A{n}(L{n}, R{n}):\n    class Meta: abstract = True\n"
        for n in range(1, 60)
    ),
    "bases in no order": "class X(models.Model): pass\nclass Y(X): pass\nclass Z(X, Y): pass\n",
    "own argument": "class K:\n    def __init__(self, a):\n        self.a = a\nA = K(K(A.a).a)\nB = A.a\n"
    "class C(models.Model):\n    c = models.IntegerField(default=A.a)\n",
    "arguments of arguments": "class K:\n    def __init__(self, a):\n        self.a = a\nA0 = K(1)\n"
    + "".join(f"A{n} = K(A{n - 1}.a)\n" for n in range(1, 500))
    + "class C(models.Model):\n    c = models.IntegerField(default=A499.a)\n",
    "own property": "class A(models.TextChoices):\n    X = 'x'\n"
    "    @property\n    def y(self): return A.X.z\n"
    "    @property\n    def z(self): return self.y\n"
    "class C(models.Model):\n    c = models.CharField(default=A.X.y, max_length=9)\n",
    "own constructor": "import enum\nclass A(enum.Enum):\n    X = 1\n"
    "    def __init__(self, x):\n        self.x = self.y\n"
    "    @property\n    def y(self): return self.X.y\n"
    "class C(models.Model):\n    c = models.CharField(default=A.X.x, choices=[(a.x, a.y) for a in A])\n",
    "factory": "def make(b):\n    class A(make(b)): pass\n    return A\nclass B(make(models.Model)): pass\n",
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_a_circle_of_names_ends(project: Path, circle: str) -> None:
    (project / "odd/models.py").write_text("from django.db import models\n" + CIRCLES[circle])
    (project / "odd/__init__.py").write_text("from odd.models import *\n")
    assert_rest_is_analysed(audit(project, "-j", "1", memory=MEMORY, seconds=20))


def test_a_thousand_models_in_one_cycle(project: Path) -> None:
    """Cuts are searched for with bounded effort."""
    count = 1000
    text = "".join(
        f"class A{n}(models.Model):\n"
        f"    a = models.ForeignKey('odd.A{(n + 1) % count}', models.CASCADE, null=True)\n"
        f"    b = models.ForeignKey('odd.A{(n * 7 + 3) % count}', models.CASCADE)\n"
        for n in range(count)
    )
    (project / "odd/models.py").write_text("from django.db import models\n" + text)
    run = audit(project, "-j", "1", seconds=60)
    assert_rest_is_analysed(run)
    assert run.document["cycles"]["models"]


def test_a_history_of_two_thousand_migrations(project: Path) -> None:
    """Longer than Python's own limit of nested calls."""
    folder = project / "odd/migrations"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for number in range(2000):
        before = f"('odd', '{number - 1:04}_step')" if number else ""
        (folder / f"{number:04}_step.py").write_text(
            "from django.db import migrations\nclass Migration(migrations.Migration):\n"
            f"    dependencies = [{before}]\n    operations = []\n"
        )
    assert sys.getrecursionlimit() < 2000
    run = audit(project, "-j", "1", seconds=60)
    assert_rest_is_analysed(run)
    assert ["odd", "1999_step"] in run.document["leaf_nodes"]

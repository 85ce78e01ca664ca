"""Whole projects with many spoilt files each: made from a seed and a number, the same ones every time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from tests.projects import files_of
from tests.robustness.fuzz import grammar, others
from tests.robustness.fuzz.material import Files, Material
from tests.robustness.fuzz.mutations import mutated
from tests.robustness.fuzz.nests import expression, statement
from tests.robustness.fuzz.others import Content, Link, Pipe
from tests.robustness.projects import HEALTHY

NEIGHBOURS = 30
"""Batches that share the modules of one block."""
APP = "fuzz{0}"
MODEL = (
    "from django.db import models\n{0}\nclass Odd{1}(models.Model):\n    a = models.CharField(default={2})\n"
)
MIGRATION = (
    "from django.db import migrations, models\n{0}\ndef f(apps, schema_editor):\n    A = {2}\n"
    "    apps.get_model('shop', 'Maker').objects.create(name={2})\n"
    "class Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial'), {1}]\n"
    "    operations = [migrations.RunPython(f), {2}]\n"
)


@dataclass(frozen=True)
class Input:
    """What stands at a path instead of what was there, or beside it."""

    path: str
    content: Content


@dataclass(frozen=True)
class Batch:
    """A project and the inputs in it."""

    name: str
    base: Files
    inputs: tuple[Input, ...]

    @property
    def configured(self) -> bool:
        """Whether the spoilt files may tell migscan itself how to run, so that it may refuse to."""
        return any(given.path in ("migscan.toml", "pyproject.toml") for given in self.inputs)

    def with_inputs(self, inputs: Sequence[Input]) -> Batch:
        return replace(self, inputs=tuple(inputs))


def batch(seed: int, number: int, materials: Sequence[Material]) -> Batch:
    """The batch of that number."""
    random = Random(f"{seed}:{number}")  # noqa: S311 - reproducible, not secret
    kind = random.random()
    if kind < 0.65:
        made = _spoilt(random, random.choice(materials))
    elif kind < 0.88:
        made = _grown(random, seed * 1000 + number // NEIGHBOURS, random.choice(materials))
    else:
        made = _surrounded(random, random.choice(materials))
    return replace(made, name=f"{seed}:{number}")


def _spoilt(random: Random, material: Material) -> Batch:
    """Files of a real project, spoilt where they stand.  Settings are left alone more often than not."""
    base = material.part(random)
    with_settings = random.random() < 0.2
    paths = [path for path in sorted(base) if base[path] and (with_settings or "settings" not in path)]
    chosen = random.sample(paths, min(len(paths), random.choice((8, 30, 50))))
    inputs = [Input(path, mutated(random, base[path], base[random.choice(paths)])) for path in chosen]
    return Batch("", base, tuple(inputs))


def _grown(random: Random, block: int, material: Material) -> Batch:
    """New apps beside two healthy ones, all installed, of code that a grammar or this folder made up."""
    count = random.choice((20, 40, 60))
    labels = [APP.format(n) for n in range(count)]
    base = _healthy(labels)
    real = sorted(data for path, data in material.files.items() if path.endswith(".py") and data)
    inputs = []
    for label in labels:
        kind = random.random()
        migration = random.random() < 0.5
        if kind < 0.5:
            module = random.choice(grammar.drawn(block)).encode("utf-8", "surrogatepass")
        elif kind < 0.75:
            form = MIGRATION if migration else MODEL
            text = form.format(statement(random), label[4:], expression(random))
            module = text.encode("utf-8", "surrogatepass")
        elif kind < 0.9 and migration:
            module = others.sql_migration(random, "shop")
        else:
            module = mutated(random, random.choice(real), random.choice(real))
        path = random.choice(("models.py", "models.py", "apps.py", "__init__.py", "models/__init__.py"))
        inputs.append(Input(f"{label}/{'migrations/0001_initial.py' if migration else path}", module))
    if random.random() < 0.3:
        text = f"{base['config/settings.py'].decode()}\n{statement(random)}\nA = {expression(random)}\n"
        inputs.append(Input("config/settings.py", text.encode("utf-8", "surrogatepass")))
    return Batch("", base, tuple(inputs))


def _healthy(labels: Sequence[str]) -> Files:
    base = {path: text.encode() for path, text in files_of(HEALTHY).items()}
    base["config/settings.py"] = f"INSTALLED_APPS = {['shop', 'odd', *labels]!r}\n".encode()
    for label in labels:
        base[f"{label}/__init__.py"] = b""
        base[f"{label}/migrations/__init__.py"] = b""
    return base


def _surrounded(random: Random, material: Material) -> Batch:
    """What stands around the code: configuration, lock files, links, pipes, odd names."""
    base = material.part(random) if random.random() < 0.5 else _healthy([])
    paths = sorted(base)
    found: dict[str, Content] = {}
    for _ in range(random.choice((5, 10, 20))):
        kind = random.random()
        if kind < 0.45:
            path, content = others.configuration(random)
            found[path] = content
        elif kind < 0.55:
            path, content = others.options(random)
            found[path] = content
        elif kind < 0.75:
            found[random.choice(paths)] = others.special(random)
        else:
            folder = random.choice(paths).rpartition("/")[0]
            name = f"{folder}/{random.choice(others.ODD_NAMES)}".lstrip("/")
            data = base[random.choice(paths)] or b"import a\n"
            found[name] = data if random.random() < 0.7 else others.special(random)
    return Batch("", base, tuple(Input(path, content) for path, content in found.items()))


def write(root: Path, made: Batch) -> None:
    """Make the project on disk; what was there before is gone afterwards."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    contents: dict[str, Content] = {**made.base, **{given.path: given.content for given in made.inputs}}
    for path in _placeable(contents):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        match contents[path]:
            case Link(place):
                target.symlink_to(place)
            case Pipe():
                os.mkfifo(target)
            case bytes() as data:
                target.write_bytes(data)


def _placeable(contents: dict[str, Content]) -> Iterator[str]:
    """The paths below no other one: where a link stands, there is no folder."""
    for path in sorted(contents):
        above = path.split("/")
        if not any("/".join(above[:n]) in contents for n in range(1, len(above))):
            yield path

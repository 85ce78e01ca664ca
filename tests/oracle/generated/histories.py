"""Generated projects with migrations: Django writes them, hands that are not Django's write some anew."""

from __future__ import annotations

import ast
import importlib.metadata
from dataclasses import replace
from random import Random

from tests.oracle.generated.generate import Generated, generate
from tests.oracle.generated.plan import Dice
from tests.oracle.generated.spelling import respelled
from tests.oracle.generated.truth import Django
from tests.projects import project

Key = tuple[str, str]

VERSION = f"[options]\ninstall_requires = Django=={importlib.metadata.version('django')}\n"
"""What says which Django a project runs with."""

PLACES = ("{name}.history", "{name}.db.migrations", "site_migrations.{label}")
"""Where MIGRATION_MODULES may put an app's migrations."""


def with_history(random: Random, django: Django) -> Generated:
    """A project and its migrations.  Raises Refused where Django cannot write any."""
    dice = Dice(random)
    made = _placed(generate(random, migrated=True), dice)
    with project(made.files) as folder:
        root = folder / made.root if made.root else folder
        labels = django.write(root.resolve(), made.settings, dice.below(2**30))
        files = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.py"))
        }
        keys = {
            path.relative_to(folder.resolve()).as_posix(): (labels[path], path.stem)
            for path in sorted(labels)
        }
    if dice.percent(40):
        _turn(files, keys, dice)
    for path in keys:
        files[path] = respelled(files[path], dice)
    # Only a project that says which Django it runs with has a drift that is decided.
    files["setup.cfg"] = VERSION
    return replace(made, files=files)


def _turn(files: dict[str, str], keys: dict[str, Key], dice: Dice) -> None:
    """Say some dependencies between apps from the other side, by `run_before`."""
    paths = {key: path for path, key in keys.items()}
    for path, key in keys.items():
        tree = ast.parse(files[path])
        listed = _assigned(tree, "dependencies")
        for node in list(listed.elts) if listed is not None else ():
            parent = ast.literal_eval(node) if isinstance(node, ast.Tuple) else ("", "")
            if listed is None or parent not in paths or parent[0] == key[0] or not dice.percent(60):
                continue
            listed.elts.remove(node)
            files[path] = ast.unparse(tree)
            files[paths[parent]] = _before(files[paths[parent]], key)


def _before(text: str, key: Key) -> str:
    """The migration, to run before another one."""
    tree = ast.parse(text)
    listed = _assigned(tree, "run_before")
    if listed is not None:
        listed.elts.append(ast.parse(repr(key), mode="eval").body)
    else:
        migration = next(node for node in tree.body if isinstance(node, ast.ClassDef))
        migration.body[0:0] = ast.parse(f"run_before = [{key!r}]").body
    return ast.unparse(tree)


def _assigned(tree: ast.Module, name: str) -> ast.List | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return node.value if isinstance(node.value, ast.List) else None
    return None


def _placed(made: Generated, dice: Dice) -> Generated:
    """Perhaps the migrations of some apps stand elsewhere."""
    if not dice.percent(25):
        return made
    modules = {
        label: dice.one(PLACES).format(label=label, name=name) for label, name in dice.some(made.apps, 2)
    }
    prefix = f"{made.root}/" if made.root else ""
    path = f"{prefix}{made.settings.replace('.', '/')}.py"
    files = {**made.files, f"{prefix}site_migrations/__init__.py": ""}
    files[path] += f"\nMIGRATION_MODULES = {modules!r}\n"
    return replace(made, files=files)

"""Small changes to the models of a project, as a developer makes them: one at a time, at random.

Every change is text in, text out, at places that Python's own parser gives.
"""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.analysis import Analysis
from analyzer.schema.values import Model

NEW = "mutated"
"""Names that a change brings begin like this."""

TOLD = 6
"""So many lines of a change are told."""


@dataclass(frozen=True)
class Change:
    """One file with a new text; `said` tells what was done where."""

    file: str
    text: str
    said: str


@dataclass(frozen=True)
class Place:
    """A model's class in its file, and the assignments in its body that are its fields."""

    model: Model
    text: str
    node: ast.ClassDef
    fields: tuple[tuple[str, ast.Assign, ast.Call], ...]

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines(keepends=True)


Kind = Callable[[Place, random.Random], str | None]


def changes(root: Path, analysis: Analysis, seed: int) -> Iterator[Change]:
    """Changes without end, the same for the same seed; some leave the text as it was or break it."""
    chance = random.Random(seed)  # noqa: S311 - changes, no secrets
    found = (_place(root, model) for model in _models(analysis))
    places = [place for place in found if place is not None]
    while places:
        place, (name, kind) = chance.choice(places), chance.choice(KINDS)
        text = kind(place, chance)
        if text is not None and text != place.text and compiles(text):
            yield Change(place.model.file, text, f"{name}: {place.model.label} ({told(place.text, text)})")


def told(old: str, new: str) -> str:
    """The lines that a change takes away and brings."""
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]
    told = [f"{line[0]} {line[1:].strip()}" for line in lines if not line.startswith("@@")]
    return " ".join(told[:TOLD]) + (" …" if len(told) > TOLD else "")


def _models(analysis: Analysis) -> Iterator[Model]:
    having = {migration.app for migration in analysis.migrations}
    for model in analysis.models:
        plain = model.own and model.installed is not False and not (model.swapped or model.proxy)
        if plain and model.managed and model.app in having and not model.auto_created and model.file:
            yield model


def _place(root: Path, model: Model) -> Place | None:
    text = (root / model.file).read_text(encoding="utf-8")
    if "from django.db import models" not in text:
        return None
    name = model.label.partition(".")[2]
    names = {field.name for field in model.fields if field.declared_in == model.name}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and node.name == name and abs(node.lineno - model.line) <= 5:
            return Place(model, text, node, tuple(_fields(node, names)))
    return None


def _fields(node: ast.ClassDef, names: set[str]) -> Iterator[tuple[str, ast.Assign, ast.Call]]:
    for stmt in node.body:
        if isinstance(stmt, ast.Assign) and isinstance(stmt.value, ast.Call):
            target = stmt.targets[0]
            if isinstance(target, ast.Name) and target.id in names:
                yield target.id, stmt, stmt.value


def compiles(text: str) -> bool:
    """Whether a text is Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


# ---------------------------------------------------------------- editing


def offset(text: str, line: int, column: int) -> int:
    """The place in a text of a parser's line and column (which counts bytes)."""
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())


def _replaced(place: Place, node: ast.expr, new: str) -> str:
    begin = offset(place.text, node.lineno, node.col_offset)
    end = offset(place.text, node.end_lineno or 0, node.end_col_offset or 0)
    return place.text[:begin] + new + place.text[end:]


def _without(place: Place, stmt: ast.stmt, instead: str = "pass") -> str:
    begin = offset(place.text, stmt.lineno, stmt.col_offset)
    end = offset(place.text, stmt.end_lineno or 0, stmt.end_col_offset or 0)
    return place.text[:begin] + instead + place.text[end:]


def _before(place: Place, stmt: ast.stmt, line: str) -> str:
    """A line put before a statement, indented like it (before its decorators)."""
    first = min([stmt.lineno, *(d.lineno for d in getattr(stmt, "decorator_list", []))])
    lines = place.lines
    lines.insert(first - 1, " " * stmt.col_offset + line + "\n")
    return "".join(lines)


def _inserted(place: Place, line: str) -> str:
    """A line at the end of the class's body."""
    last = place.node.body[-1]
    lines = place.lines
    end = last.end_lineno or 0
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    indented = "".join(" " * last.col_offset + part + "\n" for part in line.split("\n"))
    lines.insert(end, indented)
    return "".join(lines)


# ---------------------------------------------------------------- the kinds of change

ADDED = (
    "models.IntegerField(default=0)",
    "models.CharField('A name', max_length=7, blank=True)",
    "models.DateTimeField(auto_now=True)",
    "models.BooleanField(default=True, db_index=True)",
    "models.ForeignKey('self', models.SET_NULL, null=True, related_name='+')",
    "models.OneToOneField('self', models.CASCADE, null=True, related_name='+')",
    "models.ManyToManyField('self')",
    "models.JSONField(default=dict)",
    "models.SlugField(unique=True, null=True)",
    "models.DecimalField(max_digits=5, decimal_places=2, default='0.00')",
    "models.FileField(upload_to='mutated')",
)


def add_field(place: Place, chance: random.Random) -> str | None:
    return _inserted(place, f"{NEW} = {chance.choice(ADDED)}")


def _a_field(place: Place, chance: random.Random) -> tuple[str, ast.Assign, ast.Call] | None:
    return chance.choice(place.fields) if place.fields else None


def remove_field(place: Place, chance: random.Random) -> str | None:
    field = _a_field(place, chance)
    return _without(place, field[1]) if field else None


def rename_field(place: Place, chance: random.Random) -> str | None:
    field = _a_field(place, chance)
    return _replaced(place, field[1].targets[0], f"{NEW}_{field[0]}") if field else None


VALUES = {
    "null": ("True", "False"),
    "blank": ("True", "False"),
    "max_length": ("17", "max(17, 3)"),
    "default": ("None", "''", "list", "17"),
    "db_index": ("True", "False"),
    "unique": ("True",),
    "editable": ("False", "True"),
    "help_text": ("'Mutated'", "''"),
    "verbose_name": ("'mutated name'",),
    "db_column": ("'mutated'",),
    "choices": ("[('a', 'A'), ('b', 'B')]", "None"),
    "related_name": (f"'{NEW}'", "'+'"),
    "on_delete": ("models.DO_NOTHING", "models.CASCADE", "models.PROTECT"),
    "validators": ("[]",),
    "db_constraint": ("False", "True"),
}
RELATED = ("related_name", "on_delete", "db_constraint")


def change_argument(place: Place, chance: random.Random) -> str | None:
    field = _a_field(place, chance)
    if field is None:
        return None
    name, _, call = field
    known = next((f for f in place.model.fields if f.name == name), None)
    wanted = [key for key in VALUES if key not in RELATED or (known is not None and known.kind is not None)]
    if known is not None and known.kind == "M2M":
        wanted = [
            key for key in wanted if key not in ("on_delete", "null", "unique", "default", "max_length")
        ]
    key = chance.choice(wanted)
    value = chance.choice(VALUES[key])
    for keyword in call.keywords:
        if keyword.arg == key:
            return _replaced(place, keyword.value, value)
    if key in ("on_delete", "verbose_name") and call.args:
        return None
    return _with_argument(place, call, f"{key}={value}")


def _with_argument(place: Place, call: ast.Call, argument: str) -> str:
    end = offset(place.text, call.end_lineno or 0, call.end_col_offset or 0) - 1
    written = place.text[:end].rstrip()
    comma = "" if written.endswith((",", "(")) else ", "
    return f"{written}{comma}{argument}{place.text[end:]}"


def drop_argument(place: Place, chance: random.Random) -> str | None:
    field = _a_field(place, chance)
    droppable = (
        [k for k in field[2].keywords if k.arg not in ("to", "on_delete", "max_length")] if field else []
    )
    if not droppable:
        return None
    keyword = chance.choice(droppable)
    begin = offset(place.text, keyword.lineno, keyword.col_offset)
    end = offset(place.text, keyword.end_lineno or 0, keyword.end_col_offset or 0)
    rest = place.text[end:]
    trimmed = rest.lstrip()
    rest = trimmed[1:].lstrip() if trimmed.startswith(",") else rest
    return place.text[:begin] + rest


CLASSES = {
    "CharField": "TextField",
    "TextField": "CharField",
    "IntegerField": "BigIntegerField",
    "PositiveIntegerField": "IntegerField",
    "BooleanField": "IntegerField",
    "DateTimeField": "DateField",
    "DateField": "DateTimeField",
    "ForeignKey": "OneToOneField",
    "OneToOneField": "ForeignKey",
    "FloatField": "IntegerField",
    "URLField": "TextField",
    "EmailField": "TextField",
    "JSONField": "TextField",
}


def change_class(place: Place, chance: random.Random) -> str | None:
    field = _a_field(place, chance)
    func = field[2].func if field else None
    if isinstance(func, ast.Attribute) and func.attr in CLASSES:
        return _replaced(place, func, f"models.{CLASSES[func.attr]}")
    return None


def change_target(place: Place, chance: random.Random) -> str | None:
    related = [
        f for f in place.fields if any(known.name == f[0] and known.kind for known in place.model.fields)
    ]
    if not related:
        return None
    _, _, call = chance.choice(related)
    given = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "to"), None)
    return _replaced(place, given, chance.choice(("'self'", "'contenttypes.ContentType'"))) if given else None


def _meta(place: Place) -> ast.ClassDef | None:
    found = (s for s in place.node.body if isinstance(s, ast.ClassDef) and s.name == "Meta")
    return next(found, None)


def _options(place: Place, chance: random.Random) -> tuple[tuple[str, str], ...]:
    plain = [
        f[0] for f in place.fields if not any(k.name == f[0] and k.kind == "M2M" for k in place.model.fields)
    ]
    name = chance.choice(plain) if plain else "pk"
    return (
        ("verbose_name", "'mutated thing'"),
        ("verbose_name_plural", "'mutated things'"),
        ("ordering", "['-pk']"),
        ("db_table", "'mutated_table'"),
        ("unique_together", f"[('{name}', 'id')]"),
        ("indexes", f"[models.Index(fields=['{name}'], name='mutated_idx')]"),
        ("indexes", f"[models.Index(fields=['{name}'])]"),
        ("constraints", f"[models.UniqueConstraint(fields=['{name}'], name='mutated_uq')]"),
        ("permissions", "[('mutate', 'Can mutate')]"),
        ("managed", "False"),
        ("get_latest_by", f"'{name}'"),
        ("default_related_name", "'mutated_set'"),
    )


def change_option(place: Place, chance: random.Random) -> str | None:
    key, value = chance.choice(_options(place, chance))
    meta = _meta(place)
    if meta is None:
        return _inserted(place, f"class Meta:\n    {key} = {value}")
    for stmt in meta.body:
        if (
            isinstance(stmt, ast.Assign)
            and isinstance(stmt.targets[0], ast.Name)
            and stmt.targets[0].id == key
        ):
            return _replaced(place, stmt.value, value)
    return _before(place, meta.body[0], f"{key} = {value}")


def drop_option(place: Place, chance: random.Random) -> str | None:
    meta = _meta(place)
    options = [s for s in meta.body if isinstance(s, ast.Assign)] if meta else []
    return _without(place, chance.choice(options)) if options else None


def add_base(place: Place, chance: random.Random) -> str | None:
    if place.node.col_offset or not place.node.bases:
        return None
    first = place.node.bases[0]
    changed = _replaced(place, first, f"MutatedBase, {ast.get_source_segment(place.text, first)}")
    base = "class MutatedBase(models.Model):\n    mutated_base = models.IntegerField(default=1)\n\n"
    base += "    class Meta:\n        abstract = True\n\n\n"
    lines = changed.splitlines(keepends=True)
    line = min([place.node.lineno, *(d.lineno for d in place.node.decorator_list)])
    return "".join([*lines[: line - 1], base, *lines[line - 1 :]])


def remove_model(place: Place, chance: random.Random) -> str | None:
    return None if place.node.col_offset else _without(place, place.node, f"{NEW} = 1")


def rename_model(place: Place, chance: random.Random) -> str | None:
    name = place.node.name
    return place.text.replace(f"class {name}(", f"class Mutated{name}(", 1)


KINDS: Sequence[tuple[str, Kind]] = (
    ("add field", add_field),
    ("remove field", remove_field),
    ("rename field", rename_field),
    ("change argument", change_argument),
    ("change argument", change_argument),
    ("change argument", change_argument),
    ("drop argument", drop_argument),
    ("change class", change_class),
    ("change target", change_target),
    ("change option", change_option),
    ("change option", change_option),
    ("drop option", drop_option),
    ("add base", add_base),
    ("remove model", remove_model),
    ("rename model", rename_model),
)

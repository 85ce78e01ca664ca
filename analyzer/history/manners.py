"""How a migration's class is written, beside what it says: what a regenerated one would not have."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from analyzer.schema.classes import Class, Classes
from analyzer.source.facts import Assign, Evaluate, For, FuncDef, If, Ref, Stmt, Try, With
from analyzer.source.scopes import flatten, heads

SWAPPABLE = "swappable_dependency"
MIGRATION = "django.db.migrations.migration.Migration"
NAMES = frozenset(
    {"dependencies", "operations", "run_before", "replaces", "initial", "atomic", "__doc__", "__slots__"}
)
"""What Django reads of a migration (django.db.migrations.migration.Migration), and what means nothing."""


METHODS = frozenset({"__init__", "apply", "unapply", "mutate_state"})
"""What a migration does itself, where its class defines it."""


class Manner(Struct, frozen=True):
    """`swappable` are the models that its dependencies name by `swappable_dependency`.

    `base` is the dotted path of the class that it inherits from where that is not Django's own;
    `more` are methods of Django's that its body defines anew, and attributes that neither Django nor
    the body itself reads, with their lines.
    """

    swappable: tuple[str, ...] = ()
    base: str = ""
    more: tuple[tuple[str, int], ...] = ()


def manner(classes: Classes, cls: Class, swappable: tuple[str, ...]) -> Manner:
    bases = [base.path for base in classes.bases(cls)]
    others = [path for path in bases if not _is_django(path)]
    body = flatten(cls.node.body)
    used = set(_used(cls.node.body))
    found: dict[str, int] = {}
    for stmt in body:
        match stmt:
            case Assign(targets=targets, line=line):
                names = [target.name for target in targets if isinstance(target, Ref)]
                found.update((name, line) for name in names if name.isidentifier() and name not in used)
            case FuncDef(name=name, line=line) if name in METHODS:
                found[name] = line
            case _:
                pass
    more = tuple((name, line) for name, line in found.items() if name not in NAMES)
    return Manner(swappable, others[0] if others else "", more)


def is_south(classes: Classes, cls: Class) -> bool:
    """Whether a class `Migration` is one of South: it inherits from South's, or, as in its first releases,
    from nothing, and has the method that South calls."""
    ancestry = classes.ancestry(cls)
    if any(path.startswith("south.") for path in ancestry.paths):
        return True
    plain = not ancestry.gaps and not any(_is_django(path) for path in ancestry.paths)
    found = classes.lookup(cls, "forwards") if plain else None
    return found is not None and isinstance(found[1], FuncDef)


def _used(body: tuple[Stmt, ...]) -> Iterator[str]:
    """The names that stand in a class's statements, inside conditions and loops too."""
    for stmt in body:
        match stmt:
            case Assign(value=value) | Evaluate(value=value):
                yield from heads(value)
            case If(test=test, body=inner, orelse=orelse):
                yield from heads(test)
                yield from _used((*inner, *orelse))
            case For(iterable=iterable, body=inner, orelse=orelse):
                yield from heads(iterable)
                yield from _used((*inner, *orelse))
            case With(items=items, body=inner):
                for item, _ in items:
                    yield from heads(item)
                yield from _used(inner)
            case Try(body=inner, handlers=handlers, orelse=orelse, final=final):
                yield from _used((*inner, *(s for one in handlers for s in one.body), *orelse, *final))
            case _:
                pass


def _is_django(path: str) -> bool:
    return path == MIGRATION or (path.startswith("django.db.") and path.endswith("migrations.Migration"))

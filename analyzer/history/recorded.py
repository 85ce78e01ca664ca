"""What migrations were on another revision, and what has become of them since: two versions compared.

Compared is what a migration does to a database.  Comments, formatting, imports, `elidable`, `replaces`
and what no database knows of a field or model (labels, choices, validators …) make no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.source.extract import extract
from analyzer.source.facts import Assign, Call, ClassDef, Expr, FuncDef, Import, Items, Literal, Mapping, Ref
from analyzer.source.scopes import flatten

_SILENT = frozenset(
    {
        *("elidable", "hints", "help_text", "verbose_name", "choices", "validators", "error_messages"),
        *("editable", "blank", "on_delete", "limit_choices_to", "related_name", "related_query_name"),
        *("managers", "serialize"),
    }
)
"""Arguments of operations and fields that no database knows of."""

_OPTIONS = frozenset(
    {
        *("verbose_name", "verbose_name_plural", "ordering", "permissions", "default_permissions"),
        *(
            "get_latest_by",
            "default_manager_name",
            "base_manager_name",
            "select_on_save",
            "default_related_name",
        ),
    }
)
"""Options of models of which the same holds."""

_CODE = ("RunPython", "RunSQL")
_RELATIONS = ("OneToOneField", "ManyToManyField")


class Change(Struct, frozen=True):
    """A file as it was on the revision and as it is now; None where it was not or is not there."""

    path: str
    before: bytes | None
    after: bytes | None


class Earlier(Struct, frozen=True):
    """A file of the same name that was deleted before the revision: by which commit, and what it held."""

    path: str
    commit: str
    data: bytes


class Recorded(Struct, frozen=True):
    """What git knows of the migrations of a project.

    `changes` are those since `revision`, `earlier` what new files' names stood for before, `there` the
    paths that the folders with deleted files had on the revision.
    """

    revision: str
    changes: tuple[Change, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    there: frozenset[str] = frozenset()


class Essence(Struct, frozen=True):
    """What a migration does: to the schema, by its own code, and after which others."""

    schema: object
    code: object
    dependencies: frozenset[Key]
    replaces: frozenset[Key]


def essence(data: bytes) -> Essence | None:
    """What a file's migration does; None where it defines none that can be read."""
    facts = extract(data, full=True)
    cls = next((s for s in facts.body if isinstance(s, ClassDef) and s.name == "Migration"), None)
    if cls is None or facts.problems:
        return None
    given = {
        target.name: stmt.value
        for stmt in flatten(cls.body)
        if isinstance(stmt, Assign)
        for target in stmt.targets
        if isinstance(target, Ref)
    }
    operations = given.get("operations")
    rest = [stmt for stmt in facts.body if not isinstance(stmt, Import) and stmt is not cls]
    rest += [stmt for stmt in cls.body if isinstance(stmt, FuncDef)]
    return Essence(
        schema=_plain(operations, code=False),
        code=(_plain(operations), _plain(given.get("atomic")), tuple(map(_plain, rest))),
        dependencies=frozenset(_keys(given.get("dependencies"))),
        replaces=frozenset(_keys(given.get("replaces"))),
    )


def _keys(value: Expr | None) -> Iterator[Key]:
    for item in value.items if isinstance(value, Items) else ():
        match item:
            case Items(items=(Literal(str() as app), Literal(str() as name))):
                yield app, name
            case _:
                pass


def _plain(value: object, code: bool = True) -> object:
    """A part of a file without lines and without what makes no difference, as comparable values."""
    match value:
        case Call(func=Ref(name), args=args, kwargs=kwargs):
            word = name.rpartition(".")[2]
            if word in _CODE and not code:
                return (word,)
            if word == "AlterModelOptions":
                kwargs = tuple(pair for pair in kwargs if pair[0] != "options")
            labelled = word.endswith("Field") and word not in _RELATIONS and args
            if labelled and isinstance(args[0], Literal):
                args = args[1:]
            kept = sorted((key, _plain(given, code)) for key, given in kwargs if key not in _SILENT)
            return (word, _each(args, code), tuple(kept))
        case Mapping(pairs=pairs):
            told = ((key, inner) for key, inner in pairs if not _is_option(key))
            return ("{}", tuple((_plain(key, code), _plain(inner, code)) for key, inner in told))
        case Ref(name=name):
            return ("name", name.rpartition(".")[2])
        case Literal(value=plain):
            return (type(plain).__name__, repr(plain))
        case tuple():
            return _each(value, code)
        case Struct():
            fields = (name for name in value.__struct_fields__ if name != "line")
            return (type(value).__name__, *(_plain(getattr(value, name), code) for name in fields))
        case _:
            return value


def _is_option(key: Expr | None) -> bool:
    return isinstance(key, Literal) and key.value in _OPTIONS


def _each(values: Iterable[object], code: bool) -> tuple[object, ...]:
    return tuple(_plain(value, code) for value in values)

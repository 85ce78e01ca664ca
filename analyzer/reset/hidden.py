"""Schema that no model makes, as it stands at the end of history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.data.alive import alive
from analyzer.data.extensions import FIELD_TYPES, OPERATOR_CLASSES
from analyzer.data.values import DataOperation, SchemaObject
from analyzer.outcome import Analysis
from analyzer.reset.values import HiddenObject
from analyzer.states.summary import ModelSummary
from analyzer.states.values import Built, Form, Listing

RANK = (
    "extension", "role", "collation", "text search dictionary", "text search configuration", "type", "domain",
    "sequence", "function", "procedure", "aggregate", "table", "partition", "default", "constraint", "index",
    "view", "materialized view", "trigger",
)  # fmt: skip
"""The order in which kinds can be made; others come behind."""

IN_META = {
    "index": "Meta.indexes could",
    "constraint": "Meta.constraints could, unless it is a primary or foreign key",
    "default": "db_default could, from Django 5.0 on",
    "comment": "db_comment and db_table_comment could, from Django 4.2 on",
}


def hidden_objects(analysis: Analysis, ordered: Iterable[DataOperation]) -> tuple[HiddenObject, ...]:
    """What operations made, in the order in which they run, and no later one dropped again."""
    end = _End(analysis)
    return tuple(sorted((end.told(one.made, one.operation, one.remade) for one in alive(ordered)), key=_rank))


def _rank(one: HiddenObject) -> int:
    return RANK.index(one.made.kind) if one.made.kind in RANK else len(RANK)


class _End:
    """The models at the end of history, as far as they need or say hidden schema."""

    def __init__(self, analysis: Analysis) -> None:
        self.needs: dict[str, list[str]] = {}
        self.named: dict[str, str] = {}
        for model in analysis.state.models.values():
            self._read(model)
        ranked = sorted(analysis.models, key=lambda model: (model.managed and not model.proxy, model.own))
        self.tables = {model.db_table.lower(): model.label for model in ranked if model.db_table}

    def _read(self, model: ModelSummary) -> None:
        for field in model.fields.values():
            extension = FIELD_TYPES.get(field.cls)
            if extension is not None:
                said = f"{model.label}.{field.name} ({field.cls})"
                self.needs.setdefault(extension, []).append(said)
        for option in ("indexes", "constraints"):
            for built in _listed(model.options.get(option)):
                name = built.keyword("name")
                said = f"{option[:-2] if option == 'indexes' else option[:-1]} {name} of {model.label}"
                if isinstance(name, str):
                    self.named[name.lower()] = f"Meta.{option} of {model.label}"
                for word in {*_texts(built)} & OPERATOR_CLASSES.keys():
                    self.needs.setdefault(OPERATOR_CLASSES[word], []).append(f"{said} ({word})")
                if built.path.endswith("ExclusionConstraint"):
                    self.needs.setdefault("btree_gist", []).append(said)

    def told(self, made: SchemaObject, operation: DataOperation, remade: int) -> HiddenObject:
        before = self.needs.get(made.name.lower(), []) if made.kind == "extension" else []
        table = self.tables.get(made.table.lower(), made.table)
        behind = [table] if table else []
        if made.kind in ("view", "materialized view", "function", "procedure", "trigger"):
            behind += [label for label in operation.needs if label not in behind]
        if made.kind == "trigger":
            functions = (one.name for one in operation.objects if one.kind == "function")
            behind += [f"function {name}" for name in functions]
        return HiddenObject(
            made, operation, tuple(sorted(set(before))), tuple(behind), self._meta(made), remade
        )

    def _meta(self, made: SchemaObject) -> str:
        if made.kind in ("index", "constraint") and made.name.lower() in self.named:
            return f"{self.named[made.name.lower()]} does"
        return IN_META.get(made.kind, "")


def _listed(form: Form | None) -> Iterator[Built]:
    for item in form.items if isinstance(form, Listing) else ():
        if isinstance(item, Built):
            yield item


def _texts(form: Form) -> Iterator[str]:
    match form:
        case str():
            yield form
        case Listing(items=items):
            for item in items:
                yield from _texts(item)
        case Built(args=args, kwargs=kwargs):
            for item in (*args, *(value for _, value in kwargs)):
                yield from _texts(item)
        case _:
            pass

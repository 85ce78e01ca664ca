"""The options of a model that its migration state keeps: what Meta says, as Meta says it.

Follows django.db.models.options.Options.contribute_to_class (`original_attrs`) and
django.db.migrations.state.ModelState.from_model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.schema.classes import Class
from analyzer.schema.makers import source_of
from analyzer.schema.meta import effective_meta
from analyzer.schema.models import Candidate, Registry
from analyzer.source.facts import Assign, Call, Expr, FuncDef, Ref, Stmt
from analyzer.source.modules import Module
from analyzer.source.names import Defined
from analyzer.states.columns import Columns
from analyzer.states.forms import Former
from analyzer.states.indexes import automatic_name, called, interpolated, is_unnamed, normal
from analyzer.states.unsettled import unsettled
from analyzer.states.values import Built, Form, Listing, Unsure

Version = tuple[int, int]

NAMES: tuple[str, ...] = (
    "verbose_name", "verbose_name_plural", "db_table", "db_table_comment", "ordering", "unique_together",
    "permissions", "get_latest_by", "order_with_respect_to", "db_tablespace", "abstract", "managed", "proxy",
    "swappable", "auto_created", "index_together", "default_permissions", "select_on_save",
    "default_related_name", "required_db_features", "required_db_vendor", "base_manager_name",
    "default_manager_name", "indexes", "constraints",
)  # fmt: skip
"""Options of Meta that a state may keep (django.db.models.options.DEFAULT_NAMES)."""

SINCE: dict[str, Version] = {"db_table_comment": (4, 2)}
UNTIL: dict[str, Version] = {"index_together": (5, 1)}
_WORD = re.compile(rb"[a-z_]+")
TOGETHER = ("unique_together", "index_together")


class OptionReader:
    """Reads what Meta gives a model."""

    def __init__(self, registry: Registry, former: Former) -> None:
        self.registry = registry
        self.classes = registry.classes
        self.former = former
        self.columns = Columns(registry)

    def state(self, candidate: Candidate, private: frozenset[str], table: str) -> dict[str, Form]:
        """The options by name, those of all versions of Django; what source does not decide is `Unsure`.

        `private` are the names of fields that no state keeps.
        """
        meta = effective_meta(self.classes, candidate.cls)
        out: dict[str, Form] = dict(self._written(meta)) if meta is not None else {}
        if candidate.proxy:
            out["proxy"] = True
        if candidate.db_table is not None:
            out.setdefault("db_table", candidate.db_table)  # as a metaclass names it
        for name in TOGETHER:
            if name in out:
                out[name] = together(out[name])
        if out.get("order_with_respect_to") in private:
            del out["order_with_respect_to"]
        for name in ("indexes", "constraints"):
            out[name] = self._named(out.get(name, Listing("list", ())), candidate, table, name == "indexes")
        return out

    def _written(self, meta: Class) -> Iterator[tuple[str, Form]]:
        gaps = [gap for gap in self.classes.ancestry(meta).gaps if not gap.path.startswith("builtins.")]
        doubtful = {
            name: why
            for cls in reversed(self.classes.ancestry(meta).classes)
            for name, why in (*unsettled(self.classes, cls).items(), *self._decorated(cls))
        }
        for name in NAMES:
            found = self.classes.lookup(meta, name)
            if name in doubtful:
                yield name, Unsure(doubtful[name])
            elif found is not None:
                yield name, False if name == "abstract" else self._value(*found)
            elif gaps:
                yield name, Unsure(f"Meta inherits {gaps[0].path}: {gaps[0].why}")

    def _decorated(self, meta: Class) -> Iterator[tuple[str, str]]:
        """The options that decorators of Meta may set: those that they are written with."""
        for decorator in meta.node.decorators if meta.module.own else ():
            path, spoken = self._spoken(decorator, meta.module)
            for name in NAMES:
                if spoken is None or name in spoken:
                    yield name, f"the decorator {path} of its Meta may set it"

    def _spoken(self, decorator: Expr, module: Module) -> tuple[str, frozenset[str] | None]:
        """A decorator's path, and the words of its source; None where that is not at hand."""
        func = decorator.func if isinstance(decorator, Call) else decorator
        if not isinstance(func, Ref):
            return "", None
        found = self.classes.names.resolve(module, func.name)
        if not isinstance(found, Defined) or not isinstance(found.node, FuncDef) or not found.module.path:
            return getattr(found, "path", func.name), None
        data = source_of(self.classes, found.module, found.node.line)
        return found.path, frozenset(word.decode() for word in _WORD.findall(data))

    def _value(self, owner: Class, stmt: Stmt) -> Form:
        if not isinstance(stmt, Assign):
            return Unsure("an option that is a class or function")
        name = stmt.targets[0].name if isinstance(stmt.targets[0], Ref) else ""
        changed = self.classes.changed(owner, name)
        if changed is not None:
            return self.former.value(changed)
        return self.former.expression(
            stmt.value, owner.module, self.classes.scope(owner, stmt.value, stmt.line)
        )

    def _named(self, form: Form, candidate: Candidate, table: str, indexes: bool) -> Form:
        if not isinstance(form, Listing):
            return form if isinstance(form, Unsure) else Unsure("is no list")
        app, model = candidate.app_label, candidate.name
        items = tuple(interpolated(normal(item), app, model) for item in form.items)
        if indexes:
            items = tuple(self._index(item, candidate, table) for item in items)
        return Listing("list", items)

    def _index(self, index: Form, candidate: Candidate, table: str) -> Form:
        if not isinstance(index, Built) or not is_unnamed(index):
            return index
        suffix = self._suffix(index.path)
        if suffix is None:
            return called(index, Unsure(f"the source of {index.path} is not known"))
        columns = self.columns
        return called(
            index, automatic_name(index, table, suffix, lambda name: columns.column(candidate, name))
        )

    def _suffix(self, path: str) -> str | None:
        """What the names that Django makes for indexes of a class end with."""
        cls = self.classes.at(path)
        value = self.classes.constant(cls, "suffix") if cls is not None else None
        return value if isinstance(value, str) else None


def together(form: Form) -> Form:
    """`unique_together` as a set of tuples (django.db.models.options.normalize_together)."""
    if not isinstance(form, Listing):
        return form if isinstance(form, Unsure) else Listing("set", ())
    items = form.items
    if items and not isinstance(items[0], (Listing, Unsure)):
        items = (form,)
    sets = {Listing("tuple", item.items) if isinstance(item, Listing) else item: None for item in items}
    return Listing("set", tuple(sets))


def is_kept(name: str, django: Version) -> bool:
    """Whether a state of that version of Django keeps an option."""
    return django >= SINCE.get(name, (0, 0)) and (name not in UNTIL or django < UNTIL[name])

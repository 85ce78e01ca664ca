"""The columns of a model as Django has made it, and copies of them for a model made after it.

Follows what django-simple-history (`HistoricalRecords.copy_fields`) and django-pghistory
(`core._generate_history_field`) do; which of it happens is data in `catalogue.recipes`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.making import Copying
from analyzer.schema.classes import Class
from analyzer.schema.companions import FIELDS, made_up, nullable, on_delete, plain_path
from analyzer.schema.fields import RELATED, Copy, Declared, FieldClass, Step
from analyzer.schema.meta import effective_meta, text_option
from analyzer.schema.metaclasses import metaclass_fields
from analyzer.schema.models import Candidate, Registry
from analyzer.source.facts import Assign, Expr, Literal, Ref
from analyzer.source.values import Value

RELATIONS = ("FK", "O2O")
ORDER = "django.db.models.fields.proxy.OrderWrt"
AUTOMATIC = ("BigAutoField", "SmallAutoField", "AutoField")
FILES = "django.db.models.fields.files."
KEY: Mapping[str, Value] = {"verbose_name": "ID", "primary_key": True, "auto_created": True}
_SHAPE = frozenset({"to", "null", "on_delete", "primary_key", "parent_link", "unique", "related_name"})


class Extra(Struct, frozen=True):
    """What a request says of copies beside the recipe: the class that files become, the keywords that
    `relations` and `plain` fields are made anew with, those that lose their index, and what is not followed.
    """

    maker: str
    files: str | None = None
    relations: Mapping[str, Value] = {}
    plain: Mapping[str, Value] = {}
    unindexed: frozenset[str] = frozenset()
    why: str = ""

    def after(self, name: str) -> tuple[Step, ...]:
        """The last steps of a copy."""
        return (Step("put", named=(("db_index", False),)),) if name in self.unindexed else ()


def label_of(registry: Registry, declared: Declared, owner: Candidate) -> str | None:
    """The label that a relation of a model points to; None where source does not decide it."""
    target = registry.fields.target(declared)
    if target.cls is not None:
        found = registry.candidate(target.cls)
        return found.label if found is not None else None
    if target.text is None or target.why:
        return None
    if target.text == "self":
        return owner.label
    return target.text if "." in target.text else f"{owner.app_label}.{target.text}"


def columns(registry: Registry, candidate: Candidate, before: int | None = None) -> dict[str, Declared]:
    """A model's own concrete fields, with its links to parents and its automatic key.

    What is added to a class once it is made counts where it stands above the line `before`.
    """
    cls = candidate.cls
    found: dict[str, Declared] = {}
    for name, declared in registry.local_fields(cls).items():
        field = declared
        if _is_late(registry, cls, name, declared, before):
            original = _written(registry, cls, name)
            if original is None:
                continue
            field = original
        if not field.field.hidden and field.field.kind not in ("M2M", "GFK"):
            found[name] = field
    links = [(parent, link) for parent, link in registry.parents(cls) if link is not None]
    for parent, link in links:
        if link not in found and not registry.inherits_name(cls, link):
            found[link] = _link(registry, cls, link, parent, registry.has_primary_key(found))
    if before is not None:
        for added in metaclass_fields(registry, candidate):
            found.setdefault(added.name, added)
    if not links and not registry.has_primary_key(found):
        found["id"] = _plain(registry, "id", automatic_key(registry, candidate), cls, KEY)
    if text_option(registry.classes, effective_meta(registry.classes, cls), "order_with_respect_to"):
        found.setdefault("_order", _plain(registry, "_order", ORDER, cls, {"editable": False}))
    return found


def _link(registry: Registry, cls: Class, name: str, parent: Candidate, has_key: bool) -> Declared:
    """The link to a parent that Django adds, the primary key where there is no other."""
    named: dict[str, Value] = {"on_delete": on_delete("CASCADE"), "auto_created": True, "parent_link": True}
    if not has_key:
        named["primary_key"] = True
    to = (Literal(parent.label),)
    return made_up(registry.fields, name, f"{RELATED}OneToOneField", to, named, cls, cls.node.line)


def _plain(registry: Registry, name: str, cls: str, owner: Class, named: Mapping[str, Value]) -> Declared:
    return made_up(registry.fields, name, plain_path(cls), (), named, owner, owner.node.line)


def _is_late(registry: Registry, cls: Class, name: str, declared: Declared, before: int | None) -> bool:
    """Whether a field is one that something else gave to the class when it was there already."""
    for ancestor in registry.classes.ancestry(cls).classes:
        added = registry.added.get(ancestor.key, {}).get(name)
        if added is declared:
            made_class = ancestor.key in registry.made
            same = declared.owner.module == cls.module
            return not made_class and (before is None or not same or declared.line >= before)
    return False


def _written(registry: Registry, cls: Class, name: str) -> Declared | None:
    """The field of that name as the class or its bases write it."""
    found = registry.classes.lookup(cls, name)
    if found is None or not isinstance(found[1], Assign):
        return None
    return registry.fields.field(name, found[1].value, found[0], found[1].line)


def above(registry: Registry, candidate: Candidate) -> list[Candidate]:
    """A model's concrete ancestors, the nearest first, each once."""
    found: dict[str, Candidate] = {}
    pending = [parent for parent, _ in registry.parents(candidate.cls)]
    while pending:
        parent = pending.pop(0)
        if parent.cls.key not in found:
            found[parent.cls.key] = parent
            pending += [further for further, _ in registry.parents(parent.cls)]
    return list(found.values())


def automatic_key(registry: Registry, candidate: Candidate) -> str:
    """The class of the `id` that Django gives to a model without a primary key."""
    app = candidate.app
    return (app.default_auto_field if app is not None else None) or registry.default_auto_field


def copied(
    registry: Registry, source: Candidate, declared: Declared, copying: Copying, extra: Extra
) -> Declared:
    """A field as the copy of its model has it.

    What it is like for a reader of models stands in its call; `copy` says how its object comes about.
    """
    field = declared.field
    paths = _paths(registry, field)
    before, after = _primary(registry, declared), extra.after(declared.name)
    if field.kind in RELATIONS:
        shown = _copied_relation(registry, source, declared, copying)
        steps = (*before, *_rebuilt(copying, extra.relations, field.kind == "O2O"), *after)
        return replace(shown, maker=extra.maker, copy=Copy(declared, steps, extra.why))
    for path, new in copying.replaced:
        if path in paths:
            chosen = extra.files if extra.files is not None and path.startswith(FILES) else new
            null = registry.fields.argument(declared, "null") is True
            target = plain_path(chosen)
            shown = made_up(
                registry.fields, declared.name, target, (), nullable(null), declared.owner, declared.line
            )
            steps = (*before, Step("turn", target), *_changed(copying), *after)
            if not copying.keeps:
                return _bare(registry, declared, shown, extra)
            return replace(shown, maker=extra.maker, copy=Copy(declared, steps, extra.why))
    call = declared.made.call
    kept = tuple((name, value) for name, value in call.kwargs if name not in ("primary_key", "unique"))
    shown = replace(declared, made=replace(declared.made, call=replace(call, kwargs=kept)))
    own = _changed(copying) if copying.keeps else _rebuilt(copying, extra.plain, False)
    return replace(shown, maker=extra.maker, copy=Copy(declared, (*before, *own, *after), extra.why))


def _primary(registry: Registry, declared: Declared) -> tuple[Step, ...]:
    """What Django makes of a primary key when its model is ready."""
    if not registry.fields.is_primary_key(declared):
        return ()
    return (Step("put", named=(("serialize", False),)),)


def _changed(copying: Copying) -> tuple[Step, ...]:
    """The changes of an object that stays what it is."""
    return (Step("put", named=copying.put), Step("index"))


def _rebuilt(copying: Copying, named: Mapping[str, Value], one_to_one: bool) -> tuple[Step, ...]:
    path = f"{RELATED}ForeignKey" if one_to_one else ""
    return (Step("rebuild", path, tuple(named.items()), written=not copying.keeps),)


def _bare(registry: Registry, declared: Declared, shown: Declared, extra: Extra) -> Declared:
    """A number in place of an automatic key: nothing of it is left but the column."""
    column = registry.fields.argument(declared, "db_column")
    named = {} if column is None else {"db_column": column}
    made = made_up(
        registry.fields, shown.name, shown.field.path, (), named, shown.owner, shown.line, extra.maker
    )
    return made if not extra.why else replace(made, copy=Copy(made, (), extra.why))


def _paths(registry: Registry, field: FieldClass) -> frozenset[str]:
    """The dotted names of a field's class and its ancestors."""
    if field.cls is not None:
        return registry.classes.ancestry(field.cls).paths
    known = next((name for name in AUTOMATIC if field.name.endswith(name)), None)
    return frozenset({field.path, *([f"{FIELDS}{known}"] if known is not None else [])})


def _copied_relation(registry: Registry, source: Candidate, declared: Declared, copying: Copying) -> Declared:
    call = declared.made.call
    label = label_of(registry, declared, source)
    null = copying.null_relations or registry.fields.argument(declared, "null") is True
    args = (Literal(label),) if label is not None else call.args[:1]
    kept = tuple(
        (name, value) for name, value in call.kwargs if name not in _SHAPE or (name == "to" and label is None)
    )
    nullity: tuple[tuple[str, Expr], ...] = (("null", Literal(True)),) if null else ()
    named = (*kept, *nullity, ("on_delete", Ref("<on_delete>")))
    local = (*declared.made.local, ("<on_delete>", on_delete(copying.on_delete)))
    made = replace(declared.made, call=replace(call, args=args, kwargs=named), local=local)
    field = declared.field
    if field.kind == "O2O":
        field = FieldClass("ForeignKey", RELATED + "ForeignKey", "FK", False, None, field.why)
    return replace(declared, field=field, made=made)

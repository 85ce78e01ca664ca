"""The columns of a model as Django has made it, and copies of them for a model made after it.

Follows what django-simple-history (`HistoricalRecords.copy_fields`) and django-pghistory
(`core._generate_history_field`) do; which of it happens is data in `catalogue.recipes`.
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.recipes import Copying
from analyzer.schema.classes import Class
from analyzer.schema.companions import made_up
from analyzer.schema.fields import RELATED, Declared, FieldClass
from analyzer.schema.meta import effective_meta, text_option
from analyzer.schema.metaclasses import metaclass_fields
from analyzer.schema.models import Candidate, Registry
from analyzer.source.facts import Assign, Call, Expr, Literal, Ref
from analyzer.source.values import Made

RELATIONS = ("FK", "O2O")
ORDER = "django.db.models.fields.proxy.OrderWrt"
AUTOMATIC = ("BigAutoField", "SmallAutoField", "AutoField")
DEFAULTS = ("django.db.models.fields.", "django.db.models.fields.files.")
_SHAPE = frozenset({"to", "null", "on_delete", "primary_key", "parent_link", "unique", "related_name"})


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
            named: tuple[tuple[str, Expr], ...] = (("on_delete", Ref("CASCADE")),)
            link_field = made_up(link, "OneToOneField", (Literal(parent.label),), named, cls, cls.node.line)
            found[link] = link_field
    if before is not None:
        for added in metaclass_fields(registry, candidate):
            found.setdefault(added.name, plain(added.name, added.cls, cls, cls.node.line))
    if not links and not registry.has_primary_key(found):
        found["id"] = plain("id", automatic_key(registry, candidate), cls, cls.node.line)
    if text_option(registry.classes, effective_meta(registry.classes, cls), "order_with_respect_to"):
        found.setdefault("_order", plain("_order", ORDER, cls, cls.node.line))
    return found


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
    chosen = (app.default_auto_field if app is not None else None) or registry.default_auto_field
    return chosen.rpartition(".")[2]


def plain(name: str, cls: str, owner: Class, line: int, named: tuple[tuple[str, Expr], ...] = ()) -> Declared:
    """A field that is no relation, of a class of django.db.models or of a dotted path."""
    path = cls if "." in cls else f"{DEFAULTS[0]}{cls}"
    short = cls.rpartition(".")[2]
    call = Call(Ref(short), (), named, line)
    return Declared(
        name, FieldClass(short, path, None, False, None), Made(path, call, owner.module), owner, line
    )


def copied(
    registry: Registry, source: Candidate, declared: Declared, copying: Copying, files: str | None
) -> Declared:
    """A field as the copy of its model has it."""
    field = declared.field
    if field.kind in RELATIONS:
        return _copied_relation(registry, source, declared, copying)
    paths = _paths(registry, field)
    for path, new in copying.replaced:
        if path in paths:
            chosen = files if files is not None and path.startswith(DEFAULTS[1]) else new
            null = registry.fields.argument(declared, "null") is True
            return plain(declared.name, chosen, declared.owner, declared.line, _null(null))
    call = declared.made.call
    kept = tuple((name, value) for name, value in call.kwargs if name not in ("primary_key", "unique"))
    return replace(declared, made=replace(declared.made, call=replace(call, kwargs=kept)))


def _paths(registry: Registry, field: FieldClass) -> frozenset[str]:
    """The dotted names of a field's class and its ancestors."""
    if field.cls is not None:
        return registry.classes.ancestry(field.cls).paths
    known = next((name for name in AUTOMATIC if field.name.endswith(name)), None)
    return frozenset({field.path, *([f"{DEFAULTS[0]}{known}"] if known is not None else [])})


def _copied_relation(registry: Registry, source: Candidate, declared: Declared, copying: Copying) -> Declared:
    call = declared.made.call
    label = label_of(registry, declared, source)
    null = copying.null_relations or registry.fields.argument(declared, "null") is True
    args = (Literal(label),) if label is not None else call.args[:1]
    kept = tuple(
        (name, value) for name, value in call.kwargs if name not in _SHAPE or (name == "to" and label is None)
    )
    named = (*kept, *_null(null), ("on_delete", Ref(copying.on_delete)))
    made = replace(declared.made, call=replace(call, args=args, kwargs=named))
    field = declared.field
    if field.kind == "O2O":
        field = FieldClass("ForeignKey", RELATED + "ForeignKey", "FK", False, None, field.why)
    return replace(declared, field=field, made=made)


def _null(null: bool) -> tuple[tuple[str, Expr], ...]:
    return (("null", Literal(True)),) if null else ()

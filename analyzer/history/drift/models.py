"""Models that only one side has: created, deleted, proxies and unmanaged ones included."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from analyzer.history.drift.sides import Sides, key_of, targets
from analyzer.history.drift.values import Dependency, Step
from analyzer.states.indexes import name_of
from analyzer.states.options import TOGETHER
from analyzer.states.values import EXISTENCE, FieldState, Form, Listing, ModelKey, ModelState

KINDS = {"unique_together": "AlterUniqueTogether", "index_together": "AlterIndexTogether"}
NAMED = {"indexes": "AddIndex", "constraints": "AddConstraint"}
USERS = ("AbstractUser", "AbstractBaseUser")
NEW = "the model is not migrated"
GONE = "the migrations have the model, the source does not"


def created(sides: Sides) -> Iterator[Step]:
    """Operations for models that the migrations do not have (`generate_created_models`, `…_proxies`)."""
    old = sides.old.plain | sides.old.unmanaged
    for found in (sides.new.plain - old, sides.new.unmanaged - old):
        for key in sorted(found, key=lambda key: _swappable_first(sides, key), reverse=True):
            yield from _create(sides, key)
    for key in sorted(sides.new.proxies - sides.old.proxies):
        yield _proxy(sides, key)


def deleted(sides: Sides) -> Iterator[Step]:
    """Operations for models that only the migrations have (`generate_deleted_models`, `…_proxies`)."""
    new = sides.new.plain | sides.new.unmanaged
    users = _through_users(sides)
    back = _relations_to(sides)
    # What points to what decides which fields must go before their models do.
    unread = {doubt.app: doubt.why for key in sides.before for doubt in sides.unread_fields(key)}
    for found in (sides.old.plain - new, sides.old.unmanaged - new):
        for key in sorted(found):
            yield from _delete(sides, key, users, back, unread)
    for key in sorted(sides.old.proxies - sides.new.proxies):
        yield _step(sides, "DeleteModel", key, "", _trace(sides, key), GONE)


def _step(sides: Sides, kind: str, key: ModelKey, field: str, doubt: str, why: str) -> Step:
    """An operation on a model of one side; it is certain where nothing about the model is open."""
    named = sides.clues.of_option(key, "app_label") if key not in sides.before else ""
    open_ = doubt or sides.doubt(key, EXISTENCE) or named
    model = sides.after.get(key)
    state = model.fields.get(field) if model is not None and field else None
    place = (state.file, state.line) if state is not None else sides.place_after(key)
    return Step(
        kind,
        *key,
        field or None,
        certain=not open_,
        why=open_ or why,
        place=place,
        other=sides.place_before(key),
    )


def _swappable_first(sides: Sides, key: ModelKey) -> ModelKey:
    model = sides.after[key]
    bases = {base.rpartition(".")[2] for base in model.bases}
    first = model.options.get("swappable") or ".".join(key) == sides.swappable or bases & set(USERS)
    return (f"___{key[0]}", f"___{key[1]}") if first else key


# ---------------------------------------------------------------- created


def _create(sides: Sides, key: ModelKey) -> Iterator[Step]:
    model = sides.after[key]
    related = {name: field for name, field in model.fields.items() if _is_deferred(sides, field)}
    kept = [field for name, field in model.fields.items() if name not in related]
    yield _new(sides, model, kept, first=True)
    if key in sides.new.unmanaged:
        return
    made = Dependency(*key, None, "create")
    for name in sorted(related):
        step = _step(sides, "AddField", key, name, "", NEW)
        waits = (*sides.waits_for_targets(related[name]), made)
        yield replace(step, waits=waits, targets=frozenset(targets(related[name])))
    all_made = (*(Dependency(*key, name, "create") for name in sorted(related)), made)
    yield from _create_options(sides, key, model, all_made)
    if key in sides.old.proxies:
        yield from _repoint(sides, key)


def _create_options(
    sides: Sides, key: ModelKey, model: ModelState, waits: tuple[Dependency, ...]
) -> Iterator[Step]:
    order = model.options.get("order_with_respect_to")
    if isinstance(order, str):
        step = _step(sides, "AlterOrderWithRespectTo", key, "", "", NEW)
        field = Dependency(*key, order, "create")
        yield replace(step, waits=(field, Dependency(*key, None, "create")), names=frozenset([order]))
    for option, kind in NAMED.items():
        for item in _items(model.options.get(option)):
            name = name_of(item) or ""
            yield replace(_step(sides, kind, key, "", "", name or NEW), waits=waits, called=name)
    for option in TOGETHER:
        together = _items(model.options.get(option))
        if together:
            step = _step(sides, KINDS[option], key, "", "", NEW)
            yield replace(step, waits=waits, names=names_in(together))


def _new(sides: Sides, model: ModelState, fields: list[FieldState], first: bool) -> Step:
    key = model.key
    waits = [Dependency(*key, None, "remove")]
    bases = [key_of(base) for base in model.bases if base.count(".") == 1]
    for base in bases:
        waits.append(Dependency(*base, None, "create"))
        old, new = sides.before.get(base), sides.after.get(base)
        if old is not None and new is not None:
            moved = (old.fields.keys() - new.fields.keys()) & model.fields.keys()
            waits += [Dependency(*base, name, "remove") for name in sorted(moved)]
    parents = [field.target for field in fields if field.target is not None and _is_key(field)]
    waits += [Dependency(*key_of(target), None, "create") for target in parents]
    refers = {*bases, *(target for field in fields for target in targets(field))}
    return replace(
        _step(sides, "CreateModel", key, "", "", NEW),
        waits=tuple(waits),
        targets=frozenset(refers),
        names=frozenset(field.name for field in fields),
        first=first,
    )


def _proxy(sides: Sides, key: ModelKey) -> Step:
    return _new(sides, sides.after[key], [], first=False)


def _repoint(sides: Sides, key: ModelKey) -> Iterator[Step]:
    """Relations to a proxy that became a model of its own are altered too."""
    for other, model in sorted(sides.after.items()):
        for field in model.fields.values():
            if field.target is not None and key_of(field.target) == key:
                step = _step(sides, "AlterField", other, field.name, "", "its target was a proxy")
                waits = (Dependency(*key, None, "create"),)
                yield replace(step, waits=waits, targets=frozenset(targets(field)))


def _is_deferred(sides: Sides, field: FieldState) -> bool:
    """Whether a field is added only once the model is there: relations, but for keys and parent links."""
    kind = field.declared.field.kind
    if kind not in (
        "FK",
        "O2O",
    ):  # one of a package may be no relation by kind and lead somewhere all the same
        return kind == "M2M" or field.target is not None or field.through is not None
    link = sides.deconstructor.fields.argument(field.declared, "parent_link")
    return not _is_key(field) and link is not True and dict(field.changed).get("parent_link") is not True


def _is_key(field: FieldState) -> bool:
    related = field.declared.field.kind in ("FK", "O2O")
    return related and dict(field.changed).get("primary_key") is True


# ---------------------------------------------------------------- deleted


def _delete(
    sides: Sides,
    key: ModelKey,
    users: dict[ModelKey, Dependency],
    back: dict[ModelKey, list[tuple[ModelKey, FieldState]]],
    unread: dict[str, str],
) -> Iterator[Step]:
    model, doubt = sides.before[key], _trace(sides, key)
    for option in TOGETHER:
        if _items(model.options.get(option)):
            yield _step(sides, KINDS[option], key, "", doubt, GONE)
    related = sorted(name for name, field in model.fields.items() if field.declared.field.kind is not None)
    for name in related:
        yield _step(sides, "RemoveField", key, name, doubt or unread.get(key[0], ""), GONE)
    waits: list[Dependency] = []
    for other, field in back.get(key, ()):
        waits.append(Dependency(*other, field.name, "remove"))
        if field.declared.field.kind != "M2M":
            waits.append(Dependency(*other, field.name, "alter"))
    waits += [Dependency(*key, name, "remove") for name in related]
    waits += [users[key]] if key in users else []
    yield replace(_step(sides, "DeleteModel", key, "", doubt, GONE), waits=tuple(dict.fromkeys(waits)))


def _trace(sides: Sides, key: ModelKey) -> str:
    """Why a model may be there all the same; one of another kind that replaces it is no such reason."""
    return "" if key in sides.after else sides.clues.of_model(sides.before[key])


def _through_users(sides: Sides) -> dict[ModelKey, Dependency]:
    return {
        key_of(field.through): Dependency(*key, field.name, "remove")
        for key, model in sorted(sides.before.items())
        for field in model.fields.values()
        if field.through is not None
    }


def _relations_to(sides: Sides) -> dict[ModelKey, list[tuple[ModelKey, FieldState]]]:
    out: dict[ModelKey, list[tuple[ModelKey, FieldState]]] = {}
    for key, model in sorted(sides.before.items()):
        for field in model.fields.values():
            for target in targets(field):
                out.setdefault(target, []).append((key, field))
    return out


# ---------------------------------------------------------------- small things


def _items(form: Form | None) -> tuple[Form, ...]:
    return form.items if isinstance(form, Listing) else ()


def names_in(together: tuple[Form, ...]) -> frozenset[str]:
    """The names of the fields in `unique_together` or `index_together`."""
    return frozenset(name for item in together for name in _items(item) if isinstance(name, str))

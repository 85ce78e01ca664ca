"""Classes of generated projects: bases, Meta, and what their bodies bind."""

from __future__ import annotations

import textwrap

from tests.oracle.generated import fields
from tests.oracle.generated.fields import Promise, Writer
from tests.oracle.generated.imports import refer
from tests.oracle.generated.plan import App, Dice, Klass, Project, Source

NAMES = (
    "Post", "Order", "Branch", "Ticket", "Wallet", "Ledger", "Parcel", "Route", "Offer", "Batch",
    "Stamp", "Badge", "Shelf", "Crate", "Lease", "Claim", "Event", "Track", "Panel", "Quote",
)  # fmt: skip
FIELDS = ("name", "title", "code", "owner", "thing", "group", "state", "created", "amount", "other", "notes")


class ModelShadow:
    """Stands for `models.Model` among the shadows."""


def write_class(
    project: Project, source: Source, app: App | None, kind: str, promise: Promise | None = None
) -> Klass:
    """Add a class to a module."""
    dice = project.dice
    bases = _bases(project, kind)
    if promise is not None:
        bases = [base for base in bases if _label_in_meta(base) is None]
    shadow = _shadow(bases, kind)
    if shadow is None:
        bases, shadow = [], type("Shadow", (ModelShadow,), {})
        kind = "concrete" if kind == "proxy" else kind
    if kind == "proxy" and not any(base.kind in ("concrete", "proxy") for base in bases):
        kind = "concrete"
    written = [refer(dice, source, base) for base in bases]
    name = promise.name if promise else _name(project, kind)
    meta, shadow_meta, own_meta = _meta(project, source, kind, bases, written, promise)
    seen = own_meta if own_meta is not None else getattr(shadow, "Meta", None)
    label = str(getattr(seen, "app_label", None) or (app.label if app else ""))
    name = _free_name(project, source, kind, label, name, promise)
    klass = Klass(name, name, source, kind, shadow, label)
    if shadow_meta is not None:
        shadow.Meta = shadow_meta  # type: ignore[attr-defined]
    klass.concrete = [base for base in bases if base.kind in ("concrete", "proxy")]
    klass.key = any(base.key for base in bases)
    for base in bases:
        if base.kind == "abstract":
            klass.fields |= base.fields
    writer = Writer(project, source, kind, label, name)
    lines = _body(writer, klass, bases, promise)
    if "\n" in meta and kind == "concrete" and dice.percent(8):
        meta += _ordered(writer, klass, lines)
    if meta:
        lines.insert(dice.below(len(lines) + 1), meta)
    if not any(base.is_model for base in bases) or (
        not klass.concrete and kind != "plain" and ModelShadow in shadow.__mro__ and dice.percent(10)
    ):
        written += [] if kind == "plain" else [_model(project, source)]
    header = f"class {name}({', '.join(written)}):" if written else f"class {name}:"
    _place(project, source, klass, header + "\n" + textwrap.indent("\n".join(lines) or "pass", "    "))
    project.classes.append(klass)
    _swap(project, klass, own_meta)
    for owed in writer.promises:
        write_class(project, source, app, "concrete", owed)
    return klass


def _swap(project: Project, klass: Klass, meta: type | None) -> None:
    """Say in the settings what takes the place of a swappable model."""
    setting, dice = getattr(meta, "swappable", None), project.dice
    if setting is None or klass.kind != "concrete":
        return
    klass.importable = False
    if (dice.percent(60) or project.migrated) and setting not in project.values:
        other = klass.full_label if dice.percent(60) else f"{dice.one(project.installed).label}.Item"
        project.values[setting] = repr(other)


def _place(project: Project, source: Source, klass: Klass, block: str) -> None:
    """Put the class into its module: plainly, inside another class, or under a condition."""
    dice, source_name = project.dice, klass.name
    form = dice.below(100)
    if form >= 96 and klass.kind == "concrete":
        source_name = f"{klass.name}Space"
        klass.qualname = f"{source_name}.{klass.name}"
        block = f"class {source_name}:\n{textwrap.indent(block, '    ')}"
    elif form >= 88 and klass.kind in ("concrete", "abstract") and klass.name not in source.bound:
        block = _conditional(project, source, klass, block)
    if klass.kind == "concrete" and klass.importable and dice.percent(4) and "extra" not in klass.fields:
        klass.fields.add("extra")
        extra = f"{fields.django(dice, source, 'CharField')}(max_length=9, null=True)"
        said = dice.one((f'"extra", {extra}', f'name="extra", value={extra}'))
        source.after.append(f"{klass.qualname}.add_to_class({said})")
    source.bound[source_name] = klass if source_name == klass.name else ("class", source_name)
    source.add(block)


def _conditional(project: Project, source: Source, klass: Klass, block: str) -> str:
    dice = project.dice
    model = fields.django(dice, source, "Model")
    char = fields.django(dice, source, "CharField")
    other = f"class {klass.name}({model}):\n    never = {char}(max_length=1)\n"
    inner, other = textwrap.indent(block, "    "), textwrap.indent(other, "    ")
    flag, form = f"HAS_{klass.name.upper()}", dice.below(5)
    if form == 0:
        return f"{flag} = True\n\nif {flag}:\n{inner}\nelse:\n{other}"
    if form == 1:
        return f"if not {model} is None:\n{inner}"
    if form == 2:
        return f"try:\n{inner}\nexcept ImportError:\n{other}"
    if form == 3:
        return f"{flag} = False\n\nif {flag}:\n{other}\nelse:\n{inner}"
    return f"try:\n    import json\nexcept ImportError:\n{other}\nelse:\n{inner}"


def _model(project: Project, source: Source) -> str:
    return fields.django(project.dice, source, "Model")


# ---------------------------------------------------------------- names and bases


def _name(project: Project, kind: str) -> str:
    suffix = {"abstract": "Base", "plain": "Mixin", "proxy": "Proxy", "concrete": ""}[kind]
    return project.dice.one(NAMES) + suffix


def _free_name(
    project: Project, source: Source, kind: str, label: str, name: str, promise: Promise | None
) -> str:
    if promise is not None:
        return name
    wanted, number = name, 2
    same_elsewhere = project.dice.percent(85)

    def taken() -> bool:
        if any(klass.source is source and klass.name == wanted for klass in project.classes):
            return True
        if any(klass.name == wanted for klass in project.classes) and (same_elsewhere or kind == "plain"):
            return True
        return (label, wanted.lower()) in project.taken

    while taken():
        wanted, number = f"{name}{number}", number + 1
    project.taken.add((label, wanted.lower()))
    return wanted


def _bases(project: Project, kind: str) -> list[Klass]:
    dice = project.dice
    known = [klass for klass in project.classes if klass.importable]
    plain = [klass for klass in known if klass.kind == "plain"]
    abstract = [klass for klass in known if klass.kind == "abstract"]
    concrete = [klass for klass in known if klass.kind in ("concrete", "proxy")]
    if kind == "plain":
        return dice.some(plain, 1)
    if kind == "proxy" and concrete:
        chosen = dice.one(concrete)
        same = [klass for klass in concrete if klass is not chosen and klass.real is chosen.real]
        out = [chosen, *(dice.some(same, 1) if dice.percent(15) else [])]
        return [*dice.some([base for base in plain if not base.fields], 1), *out]
    out = dice.some(abstract, 3 if dice.percent(40) else 1)
    if concrete and dice.percent(25 if kind == "concrete" else 6):
        out += dice.some(concrete, 2 if dice.percent(20) else 1)
    if plain and dice.percent(30):
        out += dice.some(plain, 2)
        out = dice.shuffled(out)
    return out


def _label_in_meta(base: Klass) -> str | None:
    return getattr(getattr(base.shadow, "Meta", None), "app_label", None)


def _shadow(bases: list[Klass], kind: str) -> type | None:
    """A plain class with these bases, None where Python finds no method resolution order."""
    shadows = tuple(base.shadow for base in bases)
    if kind != "plain" and not any(base.is_model for base in bases):
        shadows = (*shadows, ModelShadow)
    try:
        return type("Shadow", shadows, {})
    except TypeError:
        return None


# ---------------------------------------------------------------- Meta


def _meta(
    project: Project,
    source: Source,
    kind: str,
    bases: list[Klass],
    written: list[str],
    promise: Promise | None,
) -> tuple[str, type | None, type | None]:
    """(text, what heirs find as `Meta`, what the class itself gets), the last two None without one."""
    dice = project.dice
    if kind == "plain" and not dice.percent(15):
        return "", None, None
    if kind == "concrete" and dice.percent(50):
        return "", None, None
    options: dict[str, object] = {}
    if kind == "abstract":
        options["abstract"] = True
    if kind == "proxy":
        options["proxy"] = True
    if dice.percent(8) and promise is None:
        options["app_label"] = dice.one(project.installed).label
    if kind == "concrete" and dice.percent(15):
        options["db_table"] = f"table_{dice.below(1000)}"
    if dice.percent(8):
        options["managed"] = dice.percent(30)
    if kind == "concrete" and dice.percent(4) and promise is None:
        options["swappable"] = f"SWAP_{dice.below(10)}_MODEL"
    if dice.percent(20):
        options["verbose_name"] = "a name"
    inherited = [(base, expr) for base, expr in zip(bases, written, strict=True) if _has_meta(base)]
    chosen = dice.some(inherited, 2 if dice.percent(20) else 1) if inherited and dice.percent(50) else []
    try:
        shadow = type("Meta", tuple(_meta_of(base) for base, _ in chosen), dict(options))
    except TypeError:
        chosen, shadow = [], type("Meta", (), dict(options))
    if kind == "concrete" and len(chosen) == 1 and not options and dice.percent(50):
        return f"Meta = {chosen[0][1]}.Meta", None, shadow
    header = f"class Meta({', '.join(f'{expr}.Meta' for _, expr in chosen)}):" if chosen else "class Meta:"
    lines = [f"    {name} = {value!r}" for name, value in options.items()] or ["    pass"]
    heirs = shadow if kind in ("abstract", "plain") else None
    return "\n".join([header, *lines]), heirs, shadow


def _has_meta(base: Klass) -> bool:
    return hasattr(base.shadow, "Meta")


def _meta_of(base: Klass) -> type:
    found = base.shadow.Meta  # type: ignore[attr-defined]
    assert isinstance(found, type)
    return found


# ---------------------------------------------------------------- bodies


def _ordered(writer: Writer, klass: Klass, lines: list[str]) -> str:
    """A field to order by, unless a parent has it already, and what Meta says of it."""
    if "placed" in klass.fields or any("placed" in base.fields | base.real.fields for base in klass.concrete):
        return ""
    klass.fields.add("placed")
    key, delete = (fields.django(writer.dice, writer.source, name) for name in ("ForeignKey", "CASCADE"))
    label = writer.dice.one(writer.project.installed).label
    lines.append(f'placed = {key}("{label}.Item", on_delete={delete}, related_name="+")')
    return '\n    order_with_respect_to = "placed"'


def _body(writer: Writer, klass: Klass, bases: list[Klass], promise: Promise | None) -> list[str]:
    dice = writer.dice
    lines: list[str] = []
    clashing = {name for base in klass.concrete for name in base.fields | base.real.fields}
    if promise is not None:
        for name, label in promise.links:
            key, delete = (fields.django(dice, writer.source, n) for n in ("ForeignKey", "CASCADE"))
            lines.append(f'{name} = {key}("{label}", on_delete={delete}, related_name="+")')
            klass.fields.add(name)
    if klass.kind != "proxy":
        for name in dice.some([name for name in FIELDS if name not in clashing], 4):
            lines.append(_field(writer, klass, name))
            klass.binds.add(name)
            klass.fields.add(name)
        lines += _special(writer, klass, bases, clashing)
    hidden = sorted({name for base in bases for name in base.fields} - klass.binds)
    for name in dice.some(hidden, 2) if hidden and dice.percent(30) else []:
        lines.append(_hiding(dice, name))
    if dice.percent(15):
        lines.append('def __str__(self):\n    return "a text"')
    return lines


def _field(writer: Writer, klass: Klass, name: str) -> str:
    dice = writer.dice
    value = fields.relation(writer) if dice.percent(55) else fields.plain(writer)
    note = ": object" if dice.percent(6) else ""
    return f"{name}{note} = {value}"


def _special(writer: Writer, klass: Klass, bases: list[Klass], clashing: set[str]) -> list[str]:
    """Primary keys, parent links and generic foreign keys."""
    dice, source = writer.dice, writer.source
    lines: list[str] = []
    if dice.percent(6) and not {"content_type", "object_id", "content_object"} & (clashing | klass.fields):
        for name, value in fields.generic(writer).items():
            lines.append(f"{name} = {value}")
            klass.fields.add(name)
    if klass.kind == "plain":
        return lines
    through = any(
        base.kind == "abstract" and base.concrete for base in klass.ancestors(writer.project.classes)
    )
    if (
        klass.concrete
        and klass.kind == "concrete"
        and not (clashing & {"base_link"} or through)
        and dice.percent(25)
    ):
        parent = klass.concrete[0].real
        said = dice.one((refer(dice, source, klass.concrete[0]), f'"{parent.full_label}"'))
        func, delete = (fields.django(dice, source, name) for name in ("OneToOneField", "CASCADE"))
        link = dice.one(("parent_link=True", "parent_link=True, primary_key=True", 'related_name="+"'))
        lines.append(f"base_link = {func}({said}, on_delete={delete}, {link})")
        klass.fields.add("base_link")
    elif not klass.key and not klass.concrete and dice.percent(12):
        klass.key = True
        name, made = dice.one((("id", "BigAutoField"), ("id", "UUIDField"), ("slug", "SlugField")))
        lines.append(f"{name} = {fields.django(dice, source, made)}(primary_key=True)")
        klass.fields.add(name)
    if dice.percent(10):
        lines.append('class Kind:\n    SMALL = "s"\n    LARGE = "l"')
    return lines


def _hiding(dice: Dice, name: str) -> str:
    return dice.one(
        (
            f"{name} = None",
            f"{name} = None",
            f"def {name}(self):\n    return 1",
            f"@property\ndef {name}(self):\n    return 1",
            f"{name}: object",
            f'{name} = "a value"',
            f"class {name}:\n    pass",
        )
    )

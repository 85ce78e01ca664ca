"""Fields of generated classes: plain ones, relations, and everything that a target may be written as."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.generated.imports import name_from, refer
from tests.oracle.generated.plan import Constant, Dice, Project, Source

PLAIN = (
    ("CharField", "max_length=20"),
    ("TextField", ""),
    ("IntegerField", "default=0"),
    ("BooleanField", "default=False"),
    ("DateTimeField", "auto_now=True"),
    ("DecimalField", "max_digits=8, decimal_places=2"),
    ("SlugField", ""),
    ("JSONField", "default=dict"),
    ("UUIDField", ""),
)
ON_DELETE = ("CASCADE", "PROTECT", "DO_NOTHING", "RESTRICT")
PACKAGED = (
    ("django.contrib.auth.models", "Group", "auth.Group"),
    ("django.contrib.contenttypes.models", "ContentType", "contenttypes.ContentType"),
)


@dataclass
class Writer:
    """One class being written: where, and under which label its relative targets will be looked up."""

    project: Project
    source: Source
    kind: str
    label: str
    name: str
    promises: list[Promise] = field(default_factory=list)

    @property
    def dice(self) -> Dice:
        return self.project.dice


@dataclass(frozen=True)
class Promise:
    """A model that something points to before it is written; `links` are foreign keys it must have."""

    name: str
    links: tuple[tuple[str, str], ...] = ()


def django(dice: Dice, source: Source, name: str) -> str:
    """An expression for something in `django.db.models`; a module mostly keeps to one way."""
    style = source.bound.get("<style>")
    if not isinstance(style, int) or dice.percent(5):
        style = dice.one((0, 0, 0, 1, 2, 3))
        source.bound["<style>"] = style
    if style == 0 and source.bound.get("models", "django.db.models") == "django.db.models":
        source.bound["models"] = "django.db.models"
        source.add_import("from django.db import models")
        return f"models.{name}"
    if style == 1:
        source.bound["db"] = "django.db.models"
        source.add_import("from django.db import models as db")
        return f"db.{name}"
    if style == 2:
        source.bound["django"] = ("package", "django")
        source.add_import("import django.db.models")
        return f"django.db.models.{name}"
    source.bound[name] = ("django.db.models", name)
    source.add_import(f"from django.db.models import {name}")
    return name


def plain(writer: Writer) -> str:
    dice = writer.dice
    custom = [made for made in writer.project.custom if not made.kind]
    if custom and dice.percent(25):
        made = dice.one(custom)
        return _call(name_from(dice, writer.source, made.source, made.name), made.arguments, _null(writer))
    if dice.percent(8):
        return f"{name_from(dice, writer.source, writer.project.module('common.fields'), 'optional_text')}()"
    name, arguments = dice.one(PLAIN)
    return _call(django(dice, writer.source, name), arguments, _null(writer))


def _null(writer: Writer) -> str:
    dice = writer.dice
    form = dice.below(9)
    if form <= 4:
        return ""
    if form == 8:
        options = writer.project.module("common.values")
        return f"**{name_from(dice, writer.source, options, 'OPTIONAL')}"
    return ("null=True", "null=False", "null=not False, blank=True")[form - 5]


def _call(func: str, *arguments: str) -> str:
    return f"{func}({', '.join(argument for argument in arguments if argument)})"


def relation(writer: Writer) -> str:
    dice = writer.dice
    kind = dice.one(("ForeignKey", "ForeignKey", "OneToOneField", "ManyToManyField"))
    custom = [made for made in writer.project.custom if made.kind]
    if custom and dice.percent(25):
        made = dice.one(custom)
        func = name_from(dice, writer.source, made.source, made.name)
        where = target(writer) if made.needs_target else ""
        return _call(func, where, made.arguments)
    where = target(writer)
    func = django(dice, writer.source, kind)
    if dice.percent(25):
        where = f"to={where}"
    if kind == "ManyToManyField":
        return _call(func, where, through(writer, where), dice.one(("", "blank=True", 'related_name="+"')))
    delete = django(dice, writer.source, dice.one(ON_DELETE))
    null = _null(writer)
    if "null=True" in null and dice.percent(30):
        delete = django(dice, writer.source, "SET_NULL")
    if where.startswith("to=") or dice.percent(70):
        delete = f"on_delete={delete}"
    unique = dice.one(("", "", 'related_name="%(app_label)s_%(class)s_set"', "db_constraint=False"))
    return _call(func, where, delete, null, unique)


def through(writer: Writer, where: str) -> str:
    """A through model, promised to the same app, for a target that is known by its label."""
    dice, text = writer.dice, where.removeprefix("to=").strip("\"'")
    if (
        writer.kind != "concrete"
        or not dice.percent(30)
        or text.count(".") != 1
        or " " in text
        or "{" in text
    ):
        return "symmetrical=False" if text == "self" and dice.percent(50) else ""
    if where.removeprefix("to=")[0] not in "\"'":
        return ""
    name = f"{writer.name}Link"
    if (writer.label, name.lower()) in writer.project.taken:
        return ""
    writer.project.taken.add((writer.label, name.lower()))
    writer.promises.append(Promise(name, (("near", f"{writer.label}.{writer.name}"), ("far", text))))
    said = name if dice.percent(50) else f"{writer.label}.{name}"
    return f'through="{said}"' + (', through_fields=("near", "far")' if dice.percent(40) else "")


# ---------------------------------------------------------------- targets


def target(writer: Writer) -> str:
    """An expression for a model, as a class, a string, a setting, a constant or a call."""
    dice, project = writer.dice, writer.project
    form = dice.below(12)
    if form <= 2:
        known = [
            klass for klass in project.classes if klass.kind in ("concrete", "proxy") and klass.importable
        ]
        if known:
            return refer(dice, writer.source, dice.one(known))
    if form == 3:
        return dice.one(('"self"', "'self'"))
    if form == 4:
        return _user(writer)
    if form == 5 and project.constants:
        return _constant(writer, dice.one(project.constants))
    if form == 6:
        return _computed(writer)
    if form == 7:
        module, name, label = dice.one(PACKAGED)
        if dice.percent(50):
            return f'"{label}"'
        return name_from(dice, writer.source, Source(module), name)
    if form <= 9:
        return f'"{relative(writer)}"'
    label = any_label(project, dice)
    app, _, name = label.partition(".")
    return f'"{app}.{name.lower()}"' if dice.percent(15) else f'"{label}"'


def any_label(project: Project, dice: Dice) -> str:
    """A model of any app, written already or promised."""
    app = dice.one(project.installed)
    written = [
        klass.name
        for klass in project.classes
        if klass.label == app.label and klass.importable and klass.kind in ("concrete", "proxy")
    ]
    return f"{app.label}.{dice.one(['Item', *written])}"


def relative(writer: Writer) -> str:
    """A model's name alone.  In an abstract base it means each heir's own app, which all have an `Item`."""
    if writer.kind != "concrete":
        return "Item"
    same = [
        klass.name
        for klass in writer.project.classes
        if klass.label == writer.label and klass.kind in ("concrete", "proxy") and klass.importable
    ]
    return writer.dice.one(["Item", *same])


def _user(writer: Writer) -> str:
    dice, source = writer.dice, writer.source
    form = dice.below(5)
    if form == 4 and source.knows_user:
        return _call(name_from(dice, source, Source("django.contrib.auth"), "get_user_model"))
    if form == 3:
        return name_from(dice, source, writer.project.module("common.values"), "USER")
    settings = name_from(dice, source, Source("django.conf"), "settings")
    default = ', "auth.User"' if dice.percent(50) else ""
    return f'getattr({settings}, "AUTH_USER_MODEL"{default})' if form == 2 else f"{settings}.AUTH_USER_MODEL"


def _constant(writer: Writer, constant: Constant) -> str:
    outer, _, rest = constant.name.partition(".")
    found = name_from(writer.dice, writer.source, constant.source, outer)
    return f"{found}.{rest}" if rest else found


def _computed(writer: Writer) -> str:
    """A label put together from parts."""
    dice = writer.dice
    app, _, name = any_label(writer.project, dice).partition(".")
    form = dice.below(4)
    if form == 0:
        return f'"{app}" + ".{name}"'
    if form == 1:
        return f'"%s.{name}" % "{app}"'
    local = f"LABEL_{app.upper()}"
    if local not in writer.source.bound:
        writer.source.bound[local] = ("constant", app)
        writer.source.add(f'{local} = "{app}"')
    return f'f"{{{local}}}.{name}"' if form == 2 else f'"{{}}.{name}".format({local})'


def generic(writer: Writer) -> dict[str, str]:
    """The three fields of a generic foreign key."""
    dice, source = writer.dice, writer.source
    func = name_from(dice, source, Source("django.contrib.contenttypes.fields"), "GenericForeignKey")
    key = django(dice, source, "ForeignKey")
    delete = django(dice, source, "CASCADE")
    return {
        "content_type": f'{key}("contenttypes.ContentType", on_delete={delete})',
        "object_id": f"{django(dice, source, 'PositiveIntegerField')}()",
        "content_object": dice.one((f'{func}("content_type", "object_id")', f"{func}()")),
    }

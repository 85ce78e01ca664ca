"""Packages and modules of generated projects: where classes live, and who gives them away."""

from __future__ import annotations

from tests.oracle.generated import fields
from tests.oracle.generated.bodies import write_class
from tests.oracle.generated.fields import Promise
from tests.oracle.generated.imports import place
from tests.oracle.generated.plan import App, Constant, CustomField, Klass, Project, Source

KINDS = ("concrete",) * 9 + ("abstract",) * 5 + ("proxy",) * 3 + ("plain",) * 2


def write_common(project: Project) -> None:
    """A package that is no app: constants, field classes and abstract bases."""
    _values(project)
    _field_classes(project)
    bases = project.source("common.bases")
    for _ in range(project.dice.below(4)):
        write_class(project, bases, None, project.dice.one(("abstract", "abstract", "plain")))
    _give_away(project, bases)


def _values(project: Project) -> None:
    dice, source = project.dice, project.source("common.values")
    source.add_import("from django.conf import settings")
    source.add('OPTIONAL = {"null": True, "blank": True}')
    source.add(f'APP = "{dice.one(project.installed).label}"')
    source.bound.update(settings=("django.conf", "settings"), OPTIONAL="OPTIONAL", APP="APP")
    source.bound.update(USER=("common.values", "USER"), OPTIONAL=("common.values", "OPTIONAL"))
    source.add("USER = settings.AUTH_USER_MODEL")
    for name, value in (("FIRST", "{label}.Item"), ("SECOND", "{label}.item")):
        label = dice.one(project.installed).label
        source.add(f'{name} = "{value.format(label=label)}"')
        source.bound[name] = ("common.values", name)
        project.constants.append(Constant(source, name, label))
    source.add('class Labels:\n    ITEM = f"{APP}.Item"\n    FIRST = FIRST')
    source.bound["Labels"] = ("common.values", "Labels")
    project.constants += [Constant(source, "Labels.ITEM", ""), Constant(source, "Labels.FIRST", "")]


FIELD_CLASSES = (
    ("UpperField", "class UpperField({CharField}):\n    pass", 'max_length=10, default="x"', False, ""),
    (
        "NoteField",
        (
            "class NoteField({TextField}):\n    def __init__(self, *args, **kwargs):\n"
            '        kwargs["null"] = True\n        super().__init__(*args, **kwargs)'
        ),
        "",
        False,
        "",
    ),
    (
        "MemberField",
        (
            "class MemberField({ForeignKey}):\n    def __init__(self, *args, **kwargs):\n"
            '        kwargs["to"] = "{label}.Item"\n        kwargs["null"] = True\n'
            '        kwargs.setdefault("on_delete", {CASCADE})\n        super().__init__(*args, **kwargs)'
        ),
        "",
        False,
        "FK",
    ),
    (
        "LooseField",
        (
            "class LooseField({ForeignKey}):\n    def __init__(self, to, **kwargs):\n"
            "        super().__init__(to, on_delete={SET_NULL}, null=True, **kwargs)"
        ),
        "",
        True,
        "FK",
    ),
    (
        "SoleField",
        (
            "class SoleField({OneToOneField}):\n    def __init__(self, **kwargs):\n"
            '        super().__init__("{label}.Item", on_delete={PROTECT}, **kwargs)'
        ),
        'related_name="+"',
        False,
        "O2O",
    ),
    (
        "DefaultField",
        (
            "class DefaultField({ForeignKey}):\n    def __init__(self, to, on_delete={SET_NULL}, **kwargs):\n"
            "        super().__init__(to, on_delete, null=True, **kwargs)"
        ),
        "",
        True,
        "FK",
    ),
    (
        "GivenField",
        (
            "class GivenField({IntegerField}):\n    def __init__(self, *args, **kwargs):\n"
            '        kwargs["null"] = kwargs.get("null", True)\n        super().__init__(*args, **kwargs)'
        ),
        "",
        False,
        "",
    ),
    (
        "PoppedField",
        (
            "class PoppedField({IntegerField}):\n    def __init__(self, *args, optional=True, **kwargs):\n"
            '        kwargs.setdefault("null", optional)\n        super().__init__(*args, **kwargs)'
        ),
        "optional=False",
        False,
        "",
    ),
    ("ManyField", "class ManyField({ManyToManyField}):\n    pass", "blank=True", True, "M2M"),
    (
        "LazyField",
        (
            "class LazyField({ForeignKey}):\n    def __init__(self, to, **kwargs):\n"
            '        kwargs["null"] = True\n        kwargs.setdefault("on_delete", {SET_NULL})\n'
            "        super().__init__(to, **kwargs)\n\n    def deconstruct(self):\n"
            "        name, path, args, kwargs = super().deconstruct()\n"
            '        del kwargs["null"]\n        return name, path, args, kwargs'
        ),
        "",
        True,
        "FK",
    ),
    (
        "ShortField",
        (
            "class ShortField({CharField}):\n    def __init__(self, *args, size=7, **kwargs):\n"
            '        self.size = size\n        kwargs["max_length"] = size\n'
            "        super().__init__(*args, **kwargs)\n\n    def deconstruct(self):\n"
            "        name, path, args, kwargs = super().deconstruct()\n"
            '        kwargs.pop("max_length", None)\n        kwargs["size"] = self.size\n'
            "        return name, path, args, kwargs"
        ),
        "size=9",
        False,
        "",
    ),
)
REFUSING = frozenset({"SoleField", "LooseField", "DefaultField"})
"""Those that cannot be made again from what they say of themselves, so that no migration can hold them."""


def _field_classes(project: Project) -> None:
    dice, source = project.dice, project.source("common.fields")
    char = fields.django(dice, source, "CharField")
    source.add(f"def optional_text():\n    return {char}(max_length=40, null=True)")
    source.bound["optional_text"] = ("common.fields", "optional_text")
    usable = [made for made in FIELD_CLASSES if not (project.migrated and made[0] in REFUSING)]
    for name, text, arguments, needs_target, kind in dice.some(usable, 4):
        parts = {word: fields.django(dice, source, word) for word in _words(text)}
        label = dice.one(project.installed).label
        source.add(_filled(text, {**parts, "label": label}))
        source.bound[name] = ("common.fields", name)
        project.custom.append(CustomField(source, name, arguments, needs_target, kind))
        if dice.percent(20):
            source.add(f"{name}Alias = {name}")
            source.bound[f"{name}Alias"] = ("common.fields", f"{name}Alias")
            project.custom.append(CustomField(source, f"{name}Alias", arguments, needs_target, kind))
        if dice.percent(20):
            source.add(f"class Near{name}({name}):\n    pass")
            source.bound[f"Near{name}"] = ("common.fields", f"Near{name}")
            project.custom.append(CustomField(source, f"Near{name}", arguments, needs_target, kind))


def _filled(text: str, words: dict[str, str]) -> str:
    for word, said in words.items():
        text = text.replace("{" + word + "}", said)
    return text


def _words(text: str) -> list[str]:
    found = [part.partition("}")[0] for part in text.split("{")[1:]]
    return [word for word in found if word != "label"]


# ---------------------------------------------------------------- apps


def write_app(project: Project, app: App, *, knows_user: bool) -> None:
    """All modules of an app; its `Item` and what was promised with it are among them."""
    dice = project.dice
    if dice.percent(30):
        source = _module(project, app, dice.one(("abstract", "base.parts", "utils")), knows_user)
        for _ in range(1 + dice.below(2)):
            write_class(project, source, app, dice.one(("abstract", "plain")))
    if not app.installed:
        _not_installed(project, app)
    elif dice.percent(45):
        _models_package(project, app, knows_user)
    else:
        _models_module(project, app, knows_user)
    if app.installed and dice.percent(20):
        _late(project, app)
    if app.installed and dice.percent(10):
        _orphan(project, app)
    if app.installed and dice.percent(15):
        _facade(project, app, knows_user)


def _module(project: Project, app: App, name: str, knows_user: bool) -> Source:
    source = project.source(f"{app.name}.{name}", app, package=name == "models.__init__")
    source.knows_user = knows_user
    return source


def _fill(project: Project, app: App, source: Source, most: int, *, item: bool = False) -> None:
    dice = project.dice
    count = dice.below(most + 1)
    at = dice.below(count + 1) if item else -1
    for number in range(count + 1):
        if number == at:
            write_class(project, source, app, "concrete", Promise("Item"))
        if number < count:
            write_class(project, source, app, dice.one(KINDS))


def _models_module(project: Project, app: App, knows_user: bool) -> None:
    dice = project.dice
    models = Source(f"{app.name}.models", app=app, knows_user=knows_user, loading=True)
    _load_user(project, app, models)
    for name in dice.some(("extra", "deep.inner", "domain.entities"), 1 if dice.percent(40) else 0):
        extra = _module(project, app, name, knows_user)
        _fill(project, app, extra, 3)
        _load(project, models, extra)
    project.sources.append(models)
    models.loading = False
    _fill(project, app, models, 5, item=True)
    _give_away(project, models)


def _models_package(project: Project, app: App, knows_user: bool) -> None:
    dice = project.dice
    names = ["core", *dice.some(("people", "things", "links"), 2)]
    package = Source(f"{app.name}.models", package=True, app=app, knows_user=knows_user, loading=True)
    _load_user(project, app, package)
    for name in names:
        source = _module(project, app, f"models.{name}", knows_user)
        _fill(project, app, source, 3, item=name == "core")
        _give_away(project, source)
        _load(project, package, source)
    project.sources.append(package)
    package.loading = False
    if dice.percent(20):
        _fill(project, app, package, 2)


def _load_user(project: Project, app: App, models: Source) -> None:
    for source in app.sources:
        if source.name == f"{app.name}.accounts":
            _load(project, models, source)


def _load(project: Project, package: Source, source: Source) -> None:
    """Import a module, so that its models are registered, and give its classes away in some way."""
    dice = project.dice
    classes = [klass for name, klass in source.exports.items() if source.bound.get(name) is klass]
    classes = classes or [k for k in project.classes if k.source is source and k.qualname == k.name]
    form = dice.below(6)
    where = place(dice, package, source.name)
    if form <= 1 or not classes:
        package.add_import(f"from {where} import *  # noqa")
        listed = source.bound.get("__all__")
        for klass in classes:
            if not isinstance(listed, list) or klass.name in listed:
                _export(package, klass, klass.name)
    elif form == 2:
        above = place(dice, package, source.name.rpartition(".")[0])
        package.add_import(f"from {above} import {source.name.rpartition('.')[2]}  # noqa")
    elif form == 3:
        package.add_import(f"import {source.name}  # noqa")
    else:
        said = [f"{klass.name} as {klass.name}" if dice.percent(20) else klass.name for klass in classes]
        package.add_import(f"from {where} import {', '.join(said)}")
        for klass in classes:
            _export(package, klass, klass.name)


def _export(source: Source, klass: Klass, name: str) -> None:
    if source.bound.get(name, klass) is klass:
        source.bound[name] = klass
        klass.homes = klass.homes or [(klass.source, klass.name)]
        klass.homes.append((source, name))


def _give_away(project: Project, source: Source) -> None:
    """Perhaps an `__all__`, of all or of a part of the classes."""
    dice = project.dice
    classes = [k for k in project.classes if k.source is source and k.qualname == k.name]
    source.exports = {klass.name: klass for klass in classes}
    if not classes or not dice.percent(30):
        return
    listed = [klass.name for klass in classes] if dice.percent(60) else [classes[0].name]
    source.bound["__all__"] = listed
    said = f"__all__ = {listed!r}" if dice.percent(70) else f"__all__ = {tuple(listed)!r}"
    if len(listed) > 1 and dice.percent(30):
        said = f"__all__ = {listed[:1]!r}\n__all__ += {listed[1:]!r}"
    source.after.append(said)


def _facade(project: Project, app: App, knows_user: bool) -> None:
    """A module that only gives away what others define."""
    dice = project.dice
    source = _module(project, app, "api", knows_user)
    models = project.module(f"{app.name}.models")
    for klass in [k for k in project.classes if (models, k.name) in k.homes or k.source is models]:
        if klass.qualname == klass.name and klass.importable:
            alias = f"{klass.name}Api" if dice.percent(50) else klass.name
            suffix = f" as {alias}" if alias != klass.name else ""
            source.add_import(f"from {place(dice, source, models.name)} import {klass.name}{suffix}")
            _export(source, klass, alias)


def _late(project: Project, app: App) -> None:
    """A module with models that only `AppConfig.ready` imports."""
    config = next((source for source in app.sources if "ready" in source.bound), None)
    if config is None:
        return
    late = _module(project, app, "late", knows_user=True)
    known = len(project.classes)
    _fill(project, app, late, 2)
    for klass in project.classes[known:]:
        klass.importable = False
    ways = (f"from {app.name} import late", f"import {app.name}.late", "from . import late")
    config.code[-1] += f"\n\n    def ready(self):\n        {project.dice.one(ways)}  # noqa"


def _orphan(project: Project, app: App) -> None:
    """A module with a model that nothing imports."""
    source = _module(project, app, "orphan", knows_user=True)
    source.add("from django.db import models\n\nclass Orphan(models.Model):\n    pass")


def _not_installed(project: Project, app: App) -> None:
    """Models that Django never sees; only what stands in other modules is used."""
    source = Source(f"{app.name}.models", app=app)
    known = len(project.classes)
    write_class(project, source, app, "concrete", Promise("Item"))
    for klass in project.classes[known:]:
        klass.importable = False
    project.sources.append(source)

"""How one module of a generated project speaks of what another one defines."""

from __future__ import annotations

from tests.oracle.generated.plan import Dice, Klass, Source


def refer(dice: Dice, source: Source, klass: Klass) -> str:
    """An expression for a class in a module; imports it there in one of Python's many ways."""
    if klass.source is source:
        return klass.qualname
    for name, bound in source.bound.items():
        if bound is klass and not dice.percent(10):
            return name
    homes = [(home, name) for home, name in klass.homes if not home.loading]
    home, name = dice.one(homes or [(klass.source, klass.name)])
    if klass.qualname != klass.name:
        outer, _, _ = klass.qualname.partition(".")
        return f"{name_from(dice, source, klass.source, outer)}.{klass.qualname.partition('.')[2]}"
    return name_from(dice, source, home, name, klass)


def name_from(dice: Dice, source: Source, home: Source, name: str, what: object = None) -> str:
    """An expression for `name` of module `home`, imported into `source`."""
    what = what if what is not None else (home.name, name)
    if home is source:
        return name
    form = dice.below(8)
    if form <= 2:
        return _from_import(dice, source, home, name, what)
    if form == 3:
        return _from_import(dice, source, home, name, what, alias=True)
    if form == 4:
        return _starred(dice, source, home, name, what)
    top = home.name.partition(".")[0]
    # Inside one app the package may still be on its way, and then it lacks the attribute.
    if form == 5 and home.app is not source.app and _free(source, top, ("package", top)):
        source.bound[top] = ("package", top)
        source.add_import(f"import {home.name}")
        return f"{home.name}.{name}"
    module = _module(dice, source, home)
    return f"{module}.{name}" if module else _from_import(dice, source, home, name, what)


def _free(source: Source, name: str, what: object) -> bool:
    return source.bound.get(name, what) == what


def _from_import(
    dice: Dice, source: Source, home: Source, name: str, what: object, *, alias: bool = False
) -> str:
    local = name
    if alias or not _free(source, local, what):
        local = f"{name}As"
        while not _free(source, local, what):
            local += "s"
    source.bound[local] = what
    suffix = f" as {local}" if local != name else ""
    source.add_import(f"from {place(dice, source, home.name)} import {name}{suffix}")
    return local


def _starred(dice: Dice, source: Source, home: Source, name: str, what: object) -> str:
    """`from home import *`, if nothing that it brings would hide another name."""
    visible = public_names(home)
    if name not in visible or any(not _free(source, other, bound) for other, bound in visible.items()):
        return _from_import(dice, source, home, name, what)
    source.bound.update(visible)
    source.add_import(f"from {place(dice, source, home.name)} import *")
    return name


def public_names(home: Source) -> dict[str, object]:
    """What a star import of the module brings, as far as the generator cares."""
    listed = home.bound.get("__all__")
    names = {name: bound for name, bound in home.bound.items() if not name.startswith("_")}
    if isinstance(listed, list):
        return {name: bound for name, bound in names.items() if name in listed}
    return names


def _module(dice: Dice, source: Source, home: Source) -> str:
    """A name for the module itself: `from package import module [as m]`, `import package.module as m`."""
    package, _, last = home.name.rpartition(".")
    what = ("module", home.name)
    if not package or package == source.name:
        alias = f"{last}_module"
        if not _free(source, alias, what):
            return ""
        source.add_import(f"import {home.name} as {alias}")
        source.bound[alias] = what
        return alias
    form = dice.below(3)
    local = last if form == 0 else f"{package.rpartition('.')[2]}_{last}"
    if not _free(source, local, what):
        return ""
    source.bound[local] = what
    if form == 2:
        source.add_import(f"import {home.name} as {local}")
    else:
        suffix = f" as {local}" if local != last else ""
        source.add_import(f"from {place(dice, source, package)} import {last}{suffix}")
    return local


def place(dice: Dice, source: Source, module: str) -> str:
    """A module's name after `from`: absolute, or relative where both share a top package."""
    here = source.parent.split(".")
    there = module.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    if not common or dice.percent(50):
        return module
    return "." * (len(here) - common + 1) + ".".join(there[common:])

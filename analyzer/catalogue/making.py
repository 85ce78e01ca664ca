"""How a package makes models for other models: the terms in which `catalogue.recipes` says it.

How a recipe is followed is in `schema.factories`.
"""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

MODEL = "model"
USER = "user"
BESIDE = "beside"

Way = Literal["attribute", "decorator", "call"]
Takes = Literal["field", "keywords", "target"]


class Given(Struct, frozen=True):
    """A value that is not written here: a function by its dotted path ("name"), what an argument of
    the factory or a setting says, else `default`, whether a setting is true ("flag"), the attribute
    that asks ("attribute"), or none ("absent")."""

    kind: Literal["name", "argument", "setting", "flag", "attribute", "absent"]
    name: str = ""
    default: str | bool | None = None


Plain = Union[str, int, bool, None]
Written = Union[Plain, tuple[Union[Plain, tuple[Plain, ...]], ...], Given]
Keywords = tuple[tuple[str, Written], ...]


class Layer(Struct, frozen=True):
    """Keywords by default, and the setting whose call says others."""

    named: Keywords
    setting: str


class Option(Struct, frozen=True):
    """A Meta option of a made model; texts hold the other model's `{verbose_name}`,
    `{verbose_name_plural}` and `{table}`.  The argument `argument` says it instead where it is given.

    It is there where the factory's module defines `since`, and does not define `until`.
    """

    name: str
    value: Plain | tuple[Plain, ...]
    argument: str = ""
    since: str = ""
    until: str = ""


class Part(Struct, frozen=True):
    """A field that a made model has beside those that it copies.

    `field` is a class of django.db.models, or a dotted path.  `target` is MODEL for the model that
    the other one is made for, USER for AUTH_USER_MODEL, BESIDE for the model whose `through` recipe
    this is, else a label.

    `argument` of the factory may say more, by default `setting` does: it `takes` the field itself,
    keywords for it, or its target; where it is None the field is absent.  `instead` maps the class
    that is given there to the field's class.  `flags` map settings to the class that they choose.
    The field is there only where `needs` is given and `unless` is not; `beside` names another
    part and the class that it must have.

    `named` are further keywords, `of_flags` those of a class that a flag chose; those of `since` are
    there where the factory's module defines `Recipe.newer`.
    A field that the argument gives gets those of `given`.  Keywords of an argument
    come after those of `layers` and `named`; where neither names the way back, the argument
    `named_after` and the base class do.
    """

    name: str
    field: str
    target: str = ""
    null: bool = False
    on_delete: str = ""
    primary_key: bool = False
    argument: str = ""
    setting: str = ""
    takes: Takes = "field"
    instead: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    needs: str = ""
    unless: str = ""
    beside: tuple[str, str] | None = None
    named: Keywords = ()
    layers: tuple[Layer, ...] = ()
    of_flags: Keywords = ()
    named_after: str = ""
    given: Keywords = ()
    since: Keywords = ()


class Copying(Struct, frozen=True):
    """How the columns of a model are copied: which, and what becomes of them.

    `parents` copies those of concrete parents too.  `only` and `without` are arguments that name
    fields.  `replaced` maps the ancestor of a field's class to the class of the copy, the first
    that fits; `flags` map settings to the class that files then become.

    A copy that the package `keeps` has the attributes `put` set; others are made anew with the
    keywords of `plain`, as relations always are with those of `relations`.  `unindexed` is the
    argument that names fields whose index goes; with one of the arguments or settings `refused`,
    what the copies are like is not followed.
    """

    parents: bool
    only: str = ""
    without: str = ""
    null_relations: bool = False
    on_delete: str = "DO_NOTHING"
    replaced: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str, str], ...] = ()
    keeps: bool = True
    put: tuple[tuple[str, bool | None], ...] = ()
    plain: tuple[Layer, ...] = ()
    relations: tuple[Layer, ...] = ()
    unindexed: str = ""
    refused: tuple[str, ...] = ()


class Recipe(Struct, frozen=True):
    """A model that a package makes for another one.

    `factory` is the class or function that is called: as a class attribute, as a decorator, or
    with the model as its first argument.  `name` is the made model's: `{model}` stands for the
    other's name, `{fields}` for the copied ones given, `{base}` for the base class in lower case,
    and `{owner}` for what the argument `owner` of the decorator's object says; with `pascal`,
    underscores before a letter vanish.

    `named_by`, `app_by`, `module_by`, `table_by` and `meta_by` are arguments that say it instead,
    as does `table`.  With `fields_by`, unknown keywords are fields.  `base` is the class that it
    inherits; the argument `based_by` or the setting `base_setting` name another or, with `mixed`,
    several more.  `inherits` is an argument that makes it for heirs too.  `plain_class`: the other
    class need be no model.

    `through` is followed for the through models of the many-to-many fields that the argument
    `through_by` or the attribute of that name lists.  `records_by` is an argument that names the
    class of another recipe, which then counts.  `abstract` makes the model abstract unless the
    argument of that name says otherwise.  `place` tells which module the class claims to stand in.
    `positions` are the names of positional arguments, `harmless` those that change no column;
    `hooks` methods whose override changes any.

    `options` are those of Meta, `unread` others that it sets as no name of the module tells: in some
    versions, or beside what it was given.  `newer` is a name that the factory's module has in later
    versions only.  Only of an `exact` recipe are all arguments of fields and all other options known.
    """

    factory: str
    way: Way
    name: str
    base: str
    parts: tuple[Part, ...] = ()
    copying: Copying | None = None
    owner: str = ""
    pascal: bool = False
    plain_class: bool = False
    named_by: str = ""
    app_by: str = ""
    module_by: str = ""
    table: str = ""
    table_by: str = ""
    meta_by: str = ""
    fields_by: bool = False
    based_by: str = ""
    base_setting: str = ""
    mixed: bool = False
    inherits: str = ""
    through_by: str = ""
    through: Recipe | None = None
    records_by: str = ""
    abstract: bool = False
    place: Literal["model", "models", "elsewhere"] = "model"
    positions: tuple[str, ...] = ()
    harmless: frozenset[str] = frozenset()
    hooks: frozenset[str] = frozenset()
    options: tuple[Option, ...] = ()
    unread: tuple[str, ...] = ()
    newer: str = ""
    exact: bool = False


class TagModel(Struct, frozen=True):
    """A model that a relation field makes as its own target where none is given.

    `name` holds the model's and the field's name; the base is that of the first of `options`
    that is given as true, else `base`, unless the argument `based_by` names it.  Concrete models with
    such a field inherit `mixin` before all else, abstractly.
    """

    field: str
    name: str
    base: str
    options: tuple[tuple[str, str], ...] = ()
    based_by: str = ""
    mixin: str = ""

"""What Django's own field classes make of their arguments: constructors and `deconstruct` as data.

Source: the `__init__` and `deconstruct` methods in django.db.models.fields, .related, .files, .json,
.generated, django.contrib.postgres.fields and django.contrib.gis.db.models.fields.  An argument that
has the value under `omitted` is left out of migrations; `initial` is what a field has where nothing
is given; `forced` what it has whatever is given; what is under `never` is not written at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Plain = str | int | float | bool | None


class Always(Struct, frozen=True):
    """No value is left out."""


class Rule(Struct, frozen=True):
    """One class: `params` are positional arguments in order (empty: as the base class has them)."""

    params: tuple[str, ...] = ()
    initial: Mapping[str, Plain] = {}
    forced: Mapping[str, Plain] = {}
    omitted: Mapping[str, Plain | Always] = {}
    never: frozenset[str] = frozenset()


FIELDS = "django.db.models.fields."
RELATED = FIELDS + "related."
POSTGRES = "django.contrib.postgres.fields."
GIS = "django.contrib.gis.db.models.fields."
TAGGIT = "taggit.managers.TaggableManager"
ALWAYS = Always()

BASE: Mapping[str, Plain] = {
    "verbose_name": None,
    "primary_key": False,
    "max_length": None,
    "unique": False,
    "blank": False,
    "null": False,
    "db_index": False,
    "editable": True,
    "serialize": True,
    "unique_for_date": None,
    "unique_for_month": None,
    "unique_for_year": None,
    "choices": None,
    "help_text": "",
    "db_column": None,
    "db_comment": None,
    "db_tablespace": None,
    "auto_created": False,
    "error_messages": None,
}
"""What every field has, and leaves out of migrations, where nothing is given."""

NEVER = frozenset({"name", "rel", "symmetrical", "swappable"})
"""Arguments that migrations never have."""

BASE_PARAMS = (
    "verbose_name",
    "name",
    "primary_key",
    "max_length",
    "unique",
    "blank",
    "null",
    "db_index",
    "rel",
    "default",
    "editable",
    "serialize",
    "unique_for_date",
    "unique_for_month",
    "unique_for_year",
    "choices",
    "help_text",
    "db_column",
    "db_tablespace",
    "auto_created",
    "validators",
    "error_messages",
    "db_comment",
    "db_default",
)


def _both(**values: Plain) -> Rule:
    """What a field has where nothing is given, and then leaves out."""
    return Rule(initial=values, omitted=values)


def _fixed(**values: Plain) -> Rule:
    """What a field has whatever is given, and always leaves out."""
    return Rule(forced=values, omitted=values)


def _rule(params: tuple[str, ...], **values: Plain) -> Rule:
    return Rule(params=params, initial=values, omitted=values)


_AUTO = _fixed(blank=True)
_DATED = _rule(("verbose_name", "name", "auto_now", "auto_now_add"), auto_now=False, auto_now_add=False)
_PLACE = Rule(
    ("verbose_name", "srid", "spatial_index"),
    {"srid": 4326, "spatial_index": True},
    {},
    {"srid": ALWAYS, "spatial_index": True},
)
_BOUNDS = _both(default_bounds="[)")

COLUMNS = tuple(f"field {number}" for number in range(1, 33))
"""Names for the positional arguments of a composite key, which has none; databases allow no more."""

RULES: Mapping[str, Rule] = {
    FIELDS + "Field": Rule(BASE_PARAMS, BASE, {}, BASE),
    FIELDS + "AutoField": _AUTO,
    FIELDS + "BigAutoField": _AUTO,
    FIELDS + "SmallAutoField": _AUTO,
    FIELDS + "AutoFieldMixin": _AUTO,
    FIELDS + "BinaryField": _both(editable=False),
    FIELDS + "CharField": _both(db_collation=None),
    FIELDS + "TextField": _both(db_collation=None),
    FIELDS + "DateField": _DATED,
    FIELDS + "TimeField": _DATED,
    FIELDS + "DecimalField": _rule(
        ("verbose_name", "name", "max_digits", "decimal_places"), max_digits=None, decimal_places=None
    ),
    FIELDS + "EmailField": Rule(initial={"max_length": 254}, omitted={"max_length": ALWAYS}),
    FIELDS + "FilePathField": _rule(
        ("verbose_name", "name", "path", "match", "recursive", "allow_files", "allow_folders"),
        path="", match=None, recursive=False, allow_files=True, allow_folders=False, max_length=100,
    ),
    FIELDS + "IPAddressField": _fixed(max_length=15),
    FIELDS + "GenericIPAddressField": Rule(
        ("verbose_name", "name", "protocol", "unpack_ipv4"),
        {"protocol": "both", "unpack_ipv4": False},
        {"max_length": 39},
        {"protocol": "both", "unpack_ipv4": False, "max_length": 39},
    ),
    FIELDS + "NullBooleanField": _fixed(null=True, blank=True),
    FIELDS + "SlugField": _both(max_length=50, db_index=True, allow_unicode=False),
    FIELDS + "URLField": _rule(("verbose_name", "name"), max_length=200),
    FIELDS + "UUIDField": Rule(("verbose_name",), {}, {"max_length": 32}, {"max_length": 32}),
    FIELDS + "json.JSONField": _rule(
        ("verbose_name", "name", "encoder", "decoder"), encoder=None, decoder=None
    ),
    FIELDS + "files.FileField": Rule(
        ("verbose_name", "name", "upload_to", "storage"),
        {"upload_to": "", "storage": None, "max_length": 100},
        {},
        {"upload_to": ALWAYS, "storage": None, "max_length": 100},
    ),
    FIELDS + "files.ImageField": _rule(
        ("verbose_name", "name", "width_field", "height_field"), width_field=None, height_field=None
    ),
    FIELDS + "generated.GeneratedField": Rule(
        forced={"editable": False, "blank": True, "primary_key": False},
        omitted={"editable": False, "blank": True},
    ),
    FIELDS + "composite.CompositePrimaryKey": Rule(
        COLUMNS,
        forced={"editable": False, "blank": True, "primary_key": True},
        omitted={"editable": False, "blank": True, "primary_key": True},
    ),
    RELATED + "RelatedField": _both(related_name=None, related_query_name=None, limit_choices_to=None),
    RELATED + "ForeignObject": Rule(
        ("to", "on_delete", "from_fields", "to_fields", "rel", "related_name", "related_query_name",
         "limit_choices_to", "parent_link", "swappable"),
        {"parent_link": False},
        {},
        {"parent_link": False},
    ),
    RELATED + "ForeignKey": _rule(
        ("to", "on_delete", "related_name", "related_query_name", "limit_choices_to", "parent_link",
         "to_field", "db_constraint"),
        db_index=True, db_constraint=True, to_field=None,
    ),
    RELATED + "OneToOneField": Rule(("to", "on_delete", "to_field"), {}, {"unique": True}, {"unique": True}),
    RELATED + "ManyToManyField": _rule(
        ("to", "related_name", "related_query_name", "limit_choices_to", "symmetrical", "through",
         "through_fields", "db_constraint", "db_table", "swappable"),
        db_table=None, db_constraint=True, through=None, through_fields=None,
    ),
    POSTGRES + "array.ArrayField": Rule(("base_field", "size"), {"size": None}, {}, {"size": ALWAYS}),
    POSTGRES + "ranges.ContinuousRangeField": _BOUNDS,
    # What its tags point to follows from `through`.
    TAGGIT: Rule(
        ("verbose_name", "help_text", "through", "blank", "related_name", "to", "ordering", "manager"),
        {
            "verbose_name": "Tags",
            "help_text": "A comma-separated list of tags.",
            "through": "taggit.taggeditem",
        },
        {"null": True, "serialize": False},
        {"null": True, "serialize": False, "through": ALWAYS},
        frozenset({"to", "related_name", "ordering", "manager"}),
    ),
    GIS + "BaseSpatialField": _PLACE,
    GIS + "GeometryField": _rule(("verbose_name", "dim", "geography"), dim=2, geography=False),
}  # fmt: skip
"""By the class's dotted path; a field follows the rules of all its ancestors, the nearest first."""

_RULED = (FIELDS, POSTGRES, GIS, TAGGIT)


def is_ruled(path: str) -> bool:
    """Whether the code of a field class is what the rules say: Django's own classes, and a few others."""
    return path.startswith(_RULED)


def is_left_out(name: str, value: object, omitted: Mapping[str, Plain | Always]) -> bool:
    """Whether an argument with that value is not written: `1` is no `True` here."""
    usual = omitted.get(name, ALWAYS)
    same_type = isinstance(value, bool) == isinstance(usual, bool)
    return not isinstance(usual, Always) and same_type and value == usual


class Behaviour(Struct, frozen=True):
    """The rules of a class and its ancestors as one."""

    params: tuple[str, ...]
    initial: Mapping[str, Plain]
    forced: Mapping[str, Plain]
    omitted: Mapping[str, Plain | Always]
    never: frozenset[str]


def behaviour(paths: tuple[str, ...]) -> Behaviour | None:
    """What a class with these ancestors (itself first) does; None if it is no field."""
    rules = [RULES[path] for path in paths if path in RULES]
    if FIELDS + "Field" not in paths or not rules:
        return None
    initial: dict[str, Plain] = {}
    forced: dict[str, Plain] = {}
    omitted: dict[str, Plain | Always] = {}
    for rule in reversed(rules):
        initial |= rule.initial
        forced |= rule.forced
        omitted |= rule.omitted
    never = NEVER.union(*(rule.never for rule in rules))
    return Behaviour(next(rule.params for rule in rules if rule.params), initial, forced, omitted, never)

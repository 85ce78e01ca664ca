"""Models that packages make for other models: data, one recipe a way to ask for one.

How a recipe is followed is in `schema.factories`; nothing here names a model of a project.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

MODEL = "model"
USER = "user"
BESIDE = "beside"

Way = Literal["attribute", "decorator", "call"]
Takes = Literal["field", "keywords", "target"]


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


class Copying(Struct, frozen=True):
    """How the columns of a model are copied: which, and what becomes of them.

    `parents` copies those of concrete parents too.  `only` and `without` are arguments that name
    fields.  `replaced` maps the ancestor of a field's class to the class of the copy, the first
    that fits; `flags` map settings to the class that files then become.
    """

    parents: bool
    only: str = ""
    without: str = ""
    null_relations: bool = False
    on_delete: str = "DO_NOTHING"
    replaced: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str, str], ...] = ()


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


_FIELDS = "django.db.models.fields."

_NUMBERS = (
    (_FIELDS + "BigAutoField", "BigIntegerField"),
    (_FIELDS + "AutoFieldMixin", "IntegerField"),
    (_FIELDS + "AutoField", "IntegerField"),
)

_HISTORY_ID = Part(
    "history_id", "AutoField", primary_key=True, argument="history_id_field",
    flags=(("SIMPLE_HISTORY_HISTORY_ID_USE_UUID", "UUIDField"),),
)  # fmt: skip

_HISTORY_COPY = Copying(
    parents=True,
    without="excluded_fields",
    null_relations=True,
    replaced=(
        *_NUMBERS,
        (_FIELDS + "proxy.OrderWrt", "IntegerField"),
        (_FIELDS + "files.FileField", "TextField"),
    ),
    flags=(("SIMPLE_HISTORY_FILEFIELD_TO_CHARFIELD", _FIELDS + "files.FileField", "CharField"),),
)

_THROUGH_HISTORY = Recipe(
    factory="simple_history.models.HistoricalRecords",
    way="attribute",
    name="Historical{model}",
    base="simple_history.models.HistoricalChanges",
    copying=_HISTORY_COPY,
    parts=(
        replace(_HISTORY_ID, name="m2m_history_id"),
        Part("history", "ForeignKey", BESIDE, on_delete="DO_NOTHING"),
    ),
    named_by="custom_model_name",
    app_by="app",
    based_by="m2m_bases",
    mixed=True,
)

_HISTORY = Recipe(
    factory="simple_history.models.HistoricalRecords",
    way="attribute",
    name="Historical{model}",
    base="simple_history.models.HistoricalChanges",
    copying=_HISTORY_COPY,
    parts=(
        _HISTORY_ID,
        Part("history_date", "DateTimeField"),
        Part(
            "history_change_reason", "CharField", null=True, argument="history_change_reason_field",
            flags=(("SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD", "TextField"),),
        ),
        Part("history_type", "CharField"),
        Part("history_relation", "ForeignKey", MODEL, on_delete="DO_NOTHING", needs="related_name"),
        Part(
            "history_user", "ForeignKey", USER, null=True, on_delete="SET_NULL", argument="user_model",
            takes="target", unless="history_user_id_field",
        ),
        Part(
            "history_user_id", "IntegerField", argument="history_user_id_field",
            needs="history_user_id_field",
        ),
    ),
    named_by="custom_model_name",
    app_by="app",
    table_by="table_name",
    based_by="bases",
    mixed=True,
    inherits="inherit",
    through_by="m2m_fields",
    through=_THROUGH_HISTORY,
    place="elsewhere",
    positions=("verbose_name", "verbose_name_plural", "bases"),
    harmless=frozenset(
        {
            "verbose_name", "verbose_name_plural", "user_related_name", "get_user", "cascade_delete_history",
            "history_user_getter", "history_user_setter", "use_base_model_db", "user_db_constraint",
            "no_db_index", "excluded_field_kwargs", "history_manager", "historical_queryset", "related_name",
            "m2m_bases",
        }
    ),
    hooks=frozenset(
        {
            "copy_fields", "create_history_model", "fields_included", "finalize", "get_extra_fields",
            "get_history_model_name", "get_meta_options", "contribute_to_class",
        }
    ),
)  # fmt: skip

_REGISTERED_HISTORY = Recipe(
    factory="simple_history.register",
    way="call",
    name=_HISTORY.name,
    base=_HISTORY.base,
    records_by="records_class",
    module_by="app",
    positions=("model", "app", "manager_name", "records_class", "table_name"),
    harmless=frozenset({"manager_name"}),
)

_TRANSLATION = Recipe(
    factory="parler.models.TranslatedFields",
    way="attribute",
    name="{model}Translation",
    base="parler.models.TranslatedFieldsModel",
    parts=(Part("master", "parler.fields.TranslationsForeignKey", MODEL, null=True, on_delete="CASCADE"),),
    table="{table}_translation",
    meta_by="meta",
    fields_by=True,
    positions=("meta",),
    hooks=frozenset({"contribute_to_class", "__init__"}),
)

_PGHISTORY_ARGUMENTS = frozenset({"append_only", "level", "attrs"})

_EVENT = Recipe(
    factory="pghistory.core.track",
    way="decorator",
    name="{model}{fields}_{base}",
    pascal=True,
    base="pghistory.models.Event",
    copying=Copying(
        parents=False,
        only="fields",
        without="exclude",
        replaced=_NUMBERS,
    ),
    parts=(
        Part(
            "pgh_obj", "ForeignKey", MODEL, on_delete="DO_NOTHING", argument="obj_field",
            setting="PGHISTORY_OBJ_FIELD", takes="keywords",
        ),
        Part(
            "pgh_context", "ForeignKey", "pghistory.Context", null=True, on_delete="DO_NOTHING",
            argument="context_field", setting="PGHISTORY_CONTEXT_FIELD", takes="keywords",
            instead=(("ContextJSONField", "JSONField"),),
        ),
        Part(
            "pgh_context_id", "UUIDField", null=True, argument="context_id_field",
            setting="PGHISTORY_CONTEXT_ID_FIELD", takes="keywords", beside=("pgh_context", "JSONField"),
        ),
    ),
    named_by="model_name",
    app_by="app_label",
    meta_by="meta",
    based_by="base_model",
    base_setting="PGHISTORY_BASE_MODEL",
    place="models",
    harmless=frozenset({"append_only", "level", "related_name"}),
)  # fmt: skip

_EVENT_BASE = Recipe(
    factory="pghistory.core.create_event_model",
    way="call",
    name=_EVENT.name,
    pascal=True,
    base=_EVENT.base,
    copying=_EVENT.copying,
    parts=_EVENT.parts,
    named_by=_EVENT.named_by,
    app_by=_EVENT.app_by,
    meta_by=_EVENT.meta_by,
    based_by=_EVENT.based_by,
    base_setting=_EVENT.base_setting,
    place=_EVENT.place,
    abstract=True,
    positions=("tracked_model",),
    harmless=_EVENT.harmless,
)

_SETTINGS = Recipe(
    factory="hierarkey.models.Hierarkey.add",
    way="decorator",
    name="{model}_{owner}Store",
    owner="attribute_name",
    base="hierarkey.models.BaseHierarkeyStoreModel",
    parts=(Part("object", "ForeignKey", MODEL, on_delete="CASCADE"),),
    harmless=frozenset({"cache_namespace", "parent_field"}),
    positions=("cache_namespace", "parent_field"),
)

_GLOBAL_SETTINGS = Recipe(
    factory="hierarkey.models.Hierarkey.set_global",
    way="decorator",
    name=_SETTINGS.name,
    owner=_SETTINGS.owner,
    base=_SETTINGS.base,
    plain_class=True,
    harmless=_SETTINGS.harmless,
    positions=_SETTINGS.positions,
)

RECIPES: tuple[Recipe, ...] = (
    _HISTORY,
    _REGISTERED_HISTORY,
    _TRANSLATION,
    _EVENT,
    _EVENT_BASE,
    _SETTINGS,
    _GLOBAL_SETTINGS,
)


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


TAG_MODELS: tuple[TagModel, ...] = (
    TagModel(
        "django_tagulous.models.fields.BaseTagField",
        "Tagulous_{model}_{field}",
        "django_tagulous.models.models.TagModel",
        (("tree", "django_tagulous.models.models.TagTreeModel"),),
        "to_base",
        "django_tagulous.models.tagged.TaggedModel",
    ),
    TagModel(
        "tagulous.models.fields.BaseTagField",
        "Tagulous_{model}_{field}",
        "tagulous.models.models.TagModel",
        (("tree", "tagulous.models.models.TagTreeModel"),),
        "to_base",
        "tagulous.models.tagged.TaggedModel",
    ),
)

"""Models that packages make for other models: data, one recipe a way to ask for one.

What its terms mean is in `catalogue.making`; nothing here names a model of a project.
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.making import (
    BESIDE,
    MODEL,
    USER,
    Copying,
    Given,
    Keywords,
    Layer,
    Option,
    Part,
    Recipe,
    TagModel,
)

_FIELDS = "django.db.models.fields."
_DO_NOTHING = Given("name", "django.db.models.deletion.DO_NOTHING")

_NUMBERS = (
    (_FIELDS + "BigAutoField", "BigIntegerField"),
    (_FIELDS + "AutoFieldMixin", "IntegerField"),
    (_FIELDS + "AutoField", "IntegerField"),
)

_UUID: Keywords = (("default", Given("name", "uuid.uuid4")), ("editable", False))

_HISTORY_ID = Part(
    "history_id", "AutoField", primary_key=True, argument="history_id_field",
    flags=(("SIMPLE_HISTORY_HISTORY_ID_USE_UUID", "UUIDField"),), of_flags=_UUID,
    given=(("primary_key", True), ("editable", False)),
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
    put=(("auto_now", False), ("auto_now_add", False), ("db_collation", None)),
    relations=(
        Layer(
            (
                ("db_constraint", False), ("related_name", "+"), ("null", True), ("blank", True),
                ("primary_key", False), ("db_index", True), ("serialize", True), ("unique", False),
                ("on_delete", _DO_NOTHING),
            ),
            "",
        ),
    ),
    unindexed="no_db_index",
    refused=("excluded_field_kwargs",),
)  # fmt: skip

_NEWER = "HistoricForeignKey"

_HISTORY_ARGUMENTS = frozenset(
    {
        "verbose_name", "verbose_name_plural", "user_related_name", "get_user", "cascade_delete_history",
        "history_user_getter", "history_user_setter", "use_base_model_db", "user_db_constraint", "bases",
        "no_db_index", "excluded_field_kwargs", "history_manager", "historical_queryset", "related_name",
        "m2m_bases", "m2m_fields", "inherit", "table_name", "user_model", "history_change_reason_field",
        "history_user_id_field",
    }
)  # fmt: skip
"""Arguments of HistoricalRecords that do not say whether a model is made, nor what it is called."""

_THROUGH_HISTORY = Recipe(
    factory="simple_history.models.HistoricalRecords",
    way="attribute",
    name="Historical{model}",
    base="simple_history.models.HistoricalChanges",
    copying=_HISTORY_COPY,
    parts=(
        replace(_HISTORY_ID, name="m2m_history_id"),
        Part("history", "ForeignKey", BESIDE, on_delete="DO_NOTHING", named=(("db_constraint", False),)),
    ),
    named_by="custom_model_name",
    app_by="app",
    based_by="m2m_bases",
    mixed=True,
    harmless=_HISTORY_ARGUMENTS,
    options=(Option("verbose_name", "{made}"),),
    newer=_NEWER,
    exact=True,
)

_HISTORY = Recipe(
    factory="simple_history.models.HistoricalRecords",
    way="attribute",
    name="Historical{model}",
    base="simple_history.models.HistoricalChanges",
    copying=_HISTORY_COPY,
    parts=(
        _HISTORY_ID,
        Part(
            "history_date", "DateTimeField",
            since=(("db_index", Given("flag", "SIMPLE_HISTORY_DATE_INDEX", default=True)),),
        ),
        Part(
            "history_change_reason", "CharField", null=True, argument="history_change_reason_field",
            flags=(("SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD", "TextField"),),
            named=(("max_length", 100),), of_flags=(("null", True),),
        ),
        Part(
            "history_type", "CharField",
            named=(("max_length", 1), ("choices", (("+", "Created"), ("~", "Changed"), ("-", "Deleted")))),
        ),
        Part(
            "history_relation", "ForeignKey", MODEL, on_delete="DO_NOTHING", needs="related_name",
            named=(("related_name", Given("argument", "related_name")), ("db_constraint", False)),
        ),
        Part(
            "history_user", "ForeignKey", USER, null=True, on_delete="SET_NULL", argument="user_model",
            takes="target", unless="history_user_id_field",
            named=(
                ("related_name", Given("argument", "user_related_name", default="+")),
                ("db_constraint", Given("argument", "user_db_constraint", default=True)),
            ),
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
    options=(
        Option("ordering", ("-history_date", "-history_id")),
        Option("get_latest_by", ("history_date", "history_id"), since=_NEWER),
        Option("get_latest_by", "history_date", until=_NEWER),
        Option("verbose_name", "historical {verbose_name}", argument="verbose_name"),
        Option(
            "verbose_name_plural", "historical {verbose_name_plural}",
            argument="verbose_name_plural", since=_NEWER,
        ),
    ),
    newer=_NEWER,
    exact=True,
    positions=("verbose_name", "verbose_name_plural", "bases"),
    harmless=_HISTORY_ARGUMENTS,
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
    parts=(
        Part(
            "master", "parler.fields.TranslationsForeignKey", MODEL, null=True, on_delete="CASCADE",
            named=(("related_name", Given("attribute")), ("editable", False)),
        ),
    ),
    table="{table}_translation",
    meta_by="meta",
    fields_by=True,
    positions=("meta",),
    hooks=frozenset({"contribute_to_class", "__init__"}),
    options=(
        Option("verbose_name", "{verbose_name} Translation"),
        Option("default_permissions", ()),
    ),
    unread=("unique_together", "constraints"),
    exact=True,
)  # fmt: skip

_EVENT_PLAIN = Layer(
    (
        ("primary_key", False), ("unique", False), ("db_index", False), ("unique_for_date", None),
        ("unique_for_month", None), ("unique_for_year", None),
    ),
    "PGHISTORY_FIELD",
)  # fmt: skip

_EVENT_RELATIONS = (
    _EVENT_PLAIN,
    Layer((("related_name", "+"), ("related_query_name", "+")), "PGHISTORY_RELATED_FIELD"),
    Layer(
        (("on_delete", _DO_NOTHING), ("db_index", True), ("db_constraint", False)),
        "PGHISTORY_FOREIGN_KEY_FIELD",
    ),
)

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
        keeps=False,
        plain=(_EVENT_PLAIN,),
        relations=_EVENT_RELATIONS,
        refused=("PGHISTORY_EXCLUDE_FIELD_KWARGS",),
    ),
    parts=(
        Part(
            "pgh_obj", "ForeignKey", MODEL, on_delete="DO_NOTHING", argument="obj_field",
            setting="PGHISTORY_OBJ_FIELD", takes="keywords", layers=_EVENT_RELATIONS,
            named=(("related_name", Given("absent")), ("related_query_name", Given("absent"))),
            named_after="fields",
        ),
        Part(
            "pgh_context", "ForeignKey", "pghistory.Context", null=True, on_delete="DO_NOTHING",
            argument="context_field", setting="PGHISTORY_CONTEXT_FIELD", takes="keywords",
            instead=(("ContextJSONField", "pghistory.utils.JSONField"),), layers=_EVENT_RELATIONS,
            named=(("null", True), ("related_query_name", Given("absent"))),
        ),
        Part(
            "pgh_context_id", "UUIDField", null=True, argument="context_id_field",
            setting="PGHISTORY_CONTEXT_ID_FIELD", takes="keywords", beside=("pgh_context", "JSONField"),
            layers=(_EVENT_PLAIN,), named=(("null", True),),
        ),
    ),
    named_by="model_name",
    app_by="app_label",
    meta_by="meta",
    based_by="base_model",
    base_setting="PGHISTORY_BASE_MODEL",
    place="models",
    harmless=frozenset({"append_only", "level", "related_name"}),
    newer="InsertEvent",
    exact=True,
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
    newer=_EVENT.newer,
    exact=True,
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

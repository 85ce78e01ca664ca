"""What packages do to models that their source does not show at the class: data, one line a fact."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

RENAMED: Mapping[str, str] = {
    "tagulous": "django_tagulous",
    "django.contrib.comments": "django_comments",
    "django.contrib.contenttypes.generic": "django.contrib.contenttypes.fields",
}
"""Packages and modules that only stand for another one, or are called so by now, with all that is in them."""

TARGETS: Mapping[str, str] = {
    "filer.fields.file.FilerFileField": "filer.File",
    "filer.fields.image.FilerImageField": "filer.Image",
    "filer.fields.folder.FilerFolderField": "filer.Folder",
}
"""Field classes whose target is computed from settings with a default: the default, by dotted path."""

CONSTANTS: Mapping[str, tuple[str, str]] = {
    "django.conf.settings.AUTH_USER_MODEL": ("AUTH_USER_MODEL", "auth.User"),
    "django.conf.settings.FILER_IMAGE_MODEL": ("FILER_IMAGE_MODEL", "filer.Image"),
    "social_django.models.USER_MODEL": ("AUTH_USER_MODEL", "auth.User"),
    "guardian.compat.user_model_label": ("AUTH_USER_MODEL", "auth.User"),
    "oauth2_provider.settings.oauth2_settings.APPLICATION_MODEL": (
        "OAUTH2_PROVIDER_APPLICATION_MODEL",
        "oauth2_provider.Application",
    ),
    "oauth2_provider.settings.oauth2_settings.ACCESS_TOKEN_MODEL": (
        "OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL",
        "oauth2_provider.AccessToken",
    ),
    "oauth2_provider.settings.oauth2_settings.REFRESH_TOKEN_MODEL": (
        "OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL",
        "oauth2_provider.RefreshToken",
    ),
    "oauth2_provider.settings.oauth2_settings.ID_TOKEN_MODEL": (
        "OAUTH2_PROVIDER_ID_TOKEN_MODEL",
        "oauth2_provider.IDToken",
    ),
    "oauth2_provider.settings.oauth2_settings.GRANT_MODEL": (
        "OAUTH2_PROVIDER_GRANT_MODEL",
        "oauth2_provider.Grant",
    ),
}
"""Settings that Django and packages fill in, and names computed from settings: (the setting, its default)."""

_IMAGE = ("WAGTAILIMAGES_IMAGE_MODEL", "wagtailimages.Image")

MODEL_CALLS: Mapping[str, tuple[str, str]] = {
    "djstripe.settings.djstripe_settings.get_subscriber_model_string": ("DJSTRIPE_SUBSCRIBER_MODEL", ""),
    "wagtail.documents.get_document_model_string": ("WAGTAILDOCS_DOCUMENT_MODEL", "wagtaildocs.Document"),
    "wagtail.images.get_image_model_string": _IMAGE,
    "wagtailmetadata.utils.get_image_model_string": _IMAGE,
}
"""Functions of packages that return a setting which names a model: (the setting, its default, else the
user's model)."""

MANAGER_MAKERS: Mapping[str, str] = {
    "django_scopes.ScopedManager": "_manager_class",
    "django_scopes.manager.ScopedManager": "_manager_class",
}
"""Functions of packages that make a manager of a class inside them: the argument, their first, that
names the class which that inherits, by default Django's own manager."""

SWAPPER: Mapping[str, str] = {
    "swapper.swappable_setting": "setting",
    "swapper.get_model_name": "label",
    "swapper.load_model": "label",
    "swapper.is_swapped": "swapped",
    "swapper.dependency": "dependency",
    "swapper.split": "split",
}
"""Functions of django-swapper: what each makes of the app label and name of a swappable model."""

MPTT_FIELDS = {
    "left_attr": "lft",
    "right_attr": "rght",
    "tree_id_attr": "tree_id",
    "level_attr": "level",
}
"""Fields that the metaclass of django-mptt adds: the name in `class MPTTMeta` to the default name."""


class Added(Struct, frozen=True):
    """Fields that a base class's metaclass adds to the first concrete heir.

    `names` maps the option inside `class <options>` to the default name of the field; those of
    `indexed` have an index.
    """

    field_class: str
    options: str
    names: dict[str, str]
    indexed: tuple[str, ...] = ()


ADDED_FIELDS: Mapping[str, Added] = {
    "mptt.models.MPTTModel": Added("PositiveIntegerField", "MPTTMeta", MPTT_FIELDS, ("tree_id_attr",)),
}


REGISTERED: Mapping[str, str] = {"mptt.register": "mptt.models.MPTTModel"}
"""Functions that make the model they are called with an heir of a base class of ADDED_FIELDS; their
keywords are its options."""


class LanguageColumns(Struct, frozen=True):
    """How a package adds a column for each language to the fields that registered options name.

    `registers` are the functions and methods that take a model and its options, whose attribute
    `fields` lists the fields, where one of `apps` is installed.  `languages` are the settings that
    list them, `switch` the one that turns all of it off, `spelled` what some are called in a column's
    name.  All are null but those of the class `never_null`.
    """

    apps: tuple[str, ...]
    registers: tuple[str, ...]
    fields: str
    languages: tuple[str, ...]
    switch: str
    field: str
    never_null: str
    spelled: tuple[tuple[str, str], ...]
    depth: int = 40


LANGUAGE_COLUMNS = LanguageColumns(
    ("modeltranslation", "wagtail_modeltranslation"),
    (
        "modeltranslation.translator.Translator.register",
        "modeltranslation.translator.register",
        "modeltranslation.decorators.register",
    ),
    "fields",
    ("MODELTRANSLATION_LANGUAGES", "LANGUAGES"),
    "MODELTRANSLATION_ENABLE_REGISTRATIONS",
    "Translation{}",
    "django.db.models.fields.BooleanField",
    (("id", "ind"),),
)


CALLED_BASES: Mapping[str, str] = {"cms.utils.mptree.get_tree_base": "treebeard.mp_tree.MP_Node"}
"""Functions that choose a base class: the class that they return unless a setting says otherwise."""

PLAIN_CLASSES = frozenset(
    {
        "abc.ABC",
        "django_stubs_ext.db.models.TypedModelMeta",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
    }
)
"""Classes of the language and for type checkers that bring nothing with them, as `object` does."""

PLAIN_BASES = frozenset({"django_prometheus.models.ExportModelOperationsMixin"})
"""Functions of packages that make classes which bring models nothing but methods."""


class FieldDecorator(Struct, frozen=True):
    """A function that makes the decorated one a field which is not editable.

    `name` is how the field's class is called then, where not as before; `own` are the keywords that
    are not the field's.
    """

    name: str = ""
    own: frozenset[str] = frozenset()


_DENORMALIZED = FieldDecorator("DenormDBField", frozenset({"skip", "only"}))
FIELD_DECORATORS: Mapping[str, FieldDecorator] = {
    "computedfields.models.computed": FieldDecorator(),
    "computedfields.resolver.active_resolver.computed": FieldDecorator(),
    "denorm.denormalized": _DENORMALIZED,
    "denorm.fields.denormalized": _DENORMALIZED,
}

TYPED: Mapping[str, str] = {"typedmodels.models.TypedModel": "type"}
"""Base classes that make an heir of a concrete heir a proxy which tells rows apart by this field."""

TABLES: Mapping[str, str] = {"fluent_contents.models.db.ContentItem": "contentitem_{}"}
"""Base classes whose metaclass changes the table that Django would name: what it is then called."""


PREFIXED_SETTINGS: Mapping[str, str] = {
    "account": "account.conf",
    "avatar": "avatar.conf",
    "compressor": "compressor.conf",
    "django_measurement": "django_measurement.conf",
    "djcelery_email": "djcelery_email.conf",
    "image_cropping": "image_cropping.config",
    "imagekit": "imagekit.conf",
    "push_notifications": "push_notifications.conf",
}
"""Modules in which packages give their settings defaults (django-appconf), by the app that they are."""


class Default(Struct, frozen=True):
    """An argument that a field class works out from data that are not read: what it is.

    Not where one of the arguments `unless` is given, or where one of the `settings` is set.
    """

    argument: str
    value: int
    unless: tuple[str, ...]
    settings: tuple[str, ...]


WORKED_OUT: Mapping[str, Default] = {
    "django_countries.fields.CountryField": Default(
        "max_length",
        2,
        ("multiple", "countries"),
        ("COUNTRIES_OVERRIDE",),
    ),
}
"""Arguments that field classes give themselves, by the class."""


class Link(Struct, frozen=True):
    """A relation that a base class's metaclass gives to every concrete heir that lacks it.

    `bases` are the classes of which one is written as the heir's base.  `target` is "user" for
    AUTH_USER_MODEL, "attribute NAME" for the class that this attribute of the heir names, else one
    of the bases of the model in the heir's own module that is meant; so is `through`.  Nothing is
    added before the module has an heir of each of `together`.  `named` are further keywords.
    """

    bases: tuple[str, ...]
    name: str
    field: str
    target: str
    null: bool = False
    through: str = ""
    together: tuple[str, ...] = ()
    named: tuple[tuple[str, str | bool], ...] = ()


def _organization(kind: str) -> tuple[str, ...]:
    return (
        f"organizations.abstract.AbstractOrganization{kind}",
        f"organizations.base.Organization{kind}Base",
    )


_ORGANIZATION, _MEMBER = _organization(""), _organization("User")
_OWNER, _INVITATION = _organization("Owner"), _organization("Invitation")
_ALL = (_ORGANIZATION[0], _MEMBER[0], _OWNER[0], _INVITATION[0])

_BY_CLASS = "%(app_label)s_%(class)s"


def _called(related_name: str) -> tuple[tuple[str, str | bool], ...]:
    return (("related_name", related_name),)


LINKS: tuple[Link, ...] = (
    Link(("edx_rbac.models.UserRoleAssignment",), "role", "ForeignKey", "attribute role_class"),
    Link(
        _ORGANIZATION, "users", "ManyToManyField", "user",
        through=_MEMBER[0], together=_ALL, named=_called(_BY_CLASS),
    ),
    Link(_MEMBER, "user", "ForeignKey", "user", together=_ALL, named=_called(_BY_CLASS)),
    Link(
        _MEMBER, "organization", "ForeignKey", _ORGANIZATION[0],
        together=_ALL, named=_called("organization_users"),
    ),
    Link(_OWNER, "organization_user", "OneToOneField", _MEMBER[0], together=_ALL),
    Link(_OWNER, "organization", "OneToOneField", _ORGANIZATION[0], together=_ALL, named=_called("owner")),
    Link(
        _INVITATION, "invited_by", "ForeignKey", "user",
        together=_ALL, named=_called(f"{_BY_CLASS}_sent_invitations"),
    ),
    Link(
        _INVITATION, "invitee", "ForeignKey", "user",
        null=True, together=_ALL, named=(("blank", True), *_called(f"{_BY_CLASS}_invitations")),
    ),
    Link(
        _INVITATION, "organization", "ForeignKey", _ORGANIZATION[0],
        together=_ALL, named=_called("organization_invites"),
    ),
)  # fmt: skip


PARENT_LINKS: Mapping[str, str] = {"cms.models.pluginmodel.CMSPlugin": _BY_CLASS}
"""Classes whose metaclass makes the link of an heir to its parent, and how that names the way back."""


class BaseField(Struct, frozen=True):
    """A field that a package adds to its own abstract class, under a name that a setting may change.

    Its module imports the names in `imports` and none of those in `lacks`, which tells the version.
    """

    base: str
    name: str
    setting: str
    field: str
    null: bool = False
    named: tuple[tuple[str, str | bool], ...] = ()
    imports: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


_CASCADED, _INDEXED = ("DELETED_BY_CASCADE_FIELD_NAME",), ("ProtectedError",)

BASE_FIELDS: tuple[BaseField, ...] = (
    BaseField(
        "safedelete.models.SafeDeleteModel",
        "deleted",
        "SAFE_DELETE_FIELD_NAME",
        "DateTimeField",
        True,
        (("editable", False), ("db_index", True)),
        imports=_INDEXED,
    ),
    BaseField(
        "safedelete.models.SafeDeleteModel",
        "deleted",
        "SAFE_DELETE_FIELD_NAME",
        "DateTimeField",
        True,
        (("editable", False),),
        lacks=_INDEXED,
    ),
    BaseField(
        "safedelete.models.SafeDeleteModel",
        "deleted_by_cascade",
        "SAFE_DELETE_CASCADED_FIELD_NAME",
        "BooleanField",
        named=(("editable", False), ("default", False)),
        imports=_CASCADED,
    ),
)


class Companion(Struct, frozen=True):
    """A field that another field brings along; `name` holds the other's name as `{}`.

    An argument `named_by` of the other gives another name, `without` leaves it out; `null` None means
    as the other.  `named` are further keywords; `why` is set where there are more, which are not known.
    """

    name: str
    field: str
    null: bool | None = False
    named_by: str = ""
    named: tuple[tuple[str, str | bool], ...] = ()
    why: str = ""
    without: str = ""


COMPANIONS: Mapping[str, tuple[Companion, ...]] = {
    "djmoney.models.fields.MoneyField": (
        Companion(
            "{}_currency", "djmoney.models.fields.CurrencyField", None, "currency_field_name",
            why="currencies are given to it that the other field and settings choose",
        ),
    ),
    "markupfield.fields.MarkupField": (
        Companion(
            "{}_markup_type", "CharField", why="the other field's arguments say which types there are",
        ),
        Companion(
            "_{}_rendered", "TextField", None, named=(("editable", False),),
            why="its default is that of the other field",
        ),
    ),
    "markitup.fields.MarkupField": (
        Companion(
            "_{}_rendered", "TextField", named=(("editable", False), ("blank", True)),
            without="no_rendered_field",
        ),
    ),
    "model_utils.fields.SplitField": (
        Companion("_{}_excerpt", "TextField", named=(("editable", False),)),
    ),
}  # fmt: skip
"""Fields that a field of this class adds to its model (`contribute_to_class`)."""

COMPANION_TABLES: Mapping[str, str] = {"mezzanine.generic.fields.BaseGenericRelation": "fields"}
"""Field classes that add the fields of a dict in this attribute, `%s` in a key being their own name."""

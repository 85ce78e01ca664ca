"""What packages do to models that their source does not show at the class: data, one line a fact."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

TARGETS: Mapping[str, str] = {
    "filer.fields.file.FilerFileField": "filer.File",
    "filer.fields.image.FilerImageField": "filer.Image",
    "filer.fields.folder.FilerFolderField": "filer.Folder",
}
"""Field classes whose target is computed from settings with a default: the default, by dotted path."""

CONSTANTS: Mapping[str, tuple[str, str]] = {
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
"""Names that packages compute from a setting: (the setting, its default)."""

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

    `names` maps the option inside `class <options>` to the default name of the field.
    """

    field_class: str
    options: str
    names: dict[str, str]


ADDED_FIELDS: Mapping[str, Added] = {
    "mptt.models.MPTTModel": Added("PositiveIntegerField", "MPTTMeta", MPTT_FIELDS),
}


class Link(Struct, frozen=True):
    """A relation that a base class's metaclass gives to every concrete heir that lacks it.

    `target` is "user" for AUTH_USER_MODEL, "attribute NAME" for the class that this attribute of
    the heir names, else the base of the model in the heir's own module that is meant; so is
    `through`.
    """

    base: str
    name: str
    field: str
    target: str
    null: bool = False
    through: str = ""


_ORGANIZATIONS = "organizations.abstract.AbstractOrganization"

LINKS: tuple[Link, ...] = (
    Link("edx_rbac.models.UserRoleAssignment", "role", "ForeignKey", "attribute role_class"),
    Link(_ORGANIZATIONS, "users", "ManyToManyField", "user", through=f"{_ORGANIZATIONS}User"),
    Link(f"{_ORGANIZATIONS}User", "user", "ForeignKey", "user"),
    Link(f"{_ORGANIZATIONS}User", "organization", "ForeignKey", _ORGANIZATIONS),
    Link(f"{_ORGANIZATIONS}Owner", "organization_user", "OneToOneField", f"{_ORGANIZATIONS}User"),
    Link(f"{_ORGANIZATIONS}Owner", "organization", "OneToOneField", _ORGANIZATIONS),
    Link(f"{_ORGANIZATIONS}Invitation", "invited_by", "ForeignKey", "user"),
    Link(f"{_ORGANIZATIONS}Invitation", "invitee", "ForeignKey", "user", null=True),
    Link(f"{_ORGANIZATIONS}Invitation", "organization", "ForeignKey", _ORGANIZATIONS),
)


MODEL_MAKERS: Mapping[str, str] = {
    "pghistory.core.track": "{}Event",
    "pghistory.track": "{}Event",
    "hierarkey.models.Hierarkey.add": "{}_SettingsStore",
    "hierarkey.models.Hierarkey.set_global": "{}_SettingsStore",
}
"""Decorators that make models which are not followed, a method's by its class: the model's usual name."""


class Companion(Struct, frozen=True):
    """A field that another field brings along; `name` holds the other's name as `{}`."""

    name: str
    field: str
    null: bool = False


COMPANIONS: Mapping[str, tuple[Companion, ...]] = {
    "djmoney.models.fields.MoneyField": (Companion("{}_currency", "CurrencyField"),),
    "model_utils.fields.SplitField": (Companion("_{}_excerpt", "TextField"),),
}
"""Fields that a field of this class adds to its model (`contribute_to_class`)."""

COMPANION_TABLES: Mapping[str, str] = {"mezzanine.generic.fields.BaseGenericRelation": "fields"}
"""Field classes that add the fields of a dict in this attribute, `%s` in a key being their own name."""

HISTORY = "simple_history.models.HistoricalRecords"
TRANSLATION = "parler.models.TranslatedFields"
TRANSLATION_BASES = ("parler.models.TranslatedFieldsModel", "parler.models.TranslatedFieldsModelMixin")
"""Attributes whose class makes a model for the model that has them."""

HISTORY_FIELDS: tuple[tuple[str, str, bool], ...] = (
    ("history_id", "AutoField", False),
    ("history_date", "DateTimeField", False),
    ("history_change_reason", "CharField", True),
    ("history_type", "CharField", False),
)
"""What django-simple-history adds to its copy of a model: name, class, null."""

COPIED_AS: Mapping[str, str] = {
    "AutoField": "IntegerField",
    "SmallAutoField": "IntegerField",
    "BigAutoField": "BigIntegerField",
    "FileField": "TextField",
    "ImageField": "TextField",
}
"""Field classes that django-simple-history replaces in its copy (`transform_field`)."""

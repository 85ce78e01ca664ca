"""Earlier versions of a project's models: random changes to a state of Django's, one step back in time.

Runs inside Django's process.  What a step takes away, the migrations from that version on will add.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Lower

from tests.oracle.generated.plan import Dice

Key = tuple[str, str]

PLAIN: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (models.CharField, {"max_length": 40}),
    (models.TextField, {"blank": True}),
    (models.IntegerField, {"default": 3}),
    (models.BooleanField, {"default": False}),
    (models.DateTimeField, {"auto_now_add": True}),
    (models.DateField, {"default": dt.date(2020, 1, 2)}),
    (models.DecimalField, {"max_digits": 9, "decimal_places": 3}),
    (models.JSONField, {"default": dict}),
    (models.UUIDField, {"default": uuid.uuid4, "editable": False}),
    (models.DurationField, {"default": dt.timedelta(days=1)}),
    (models.EmailField, {"unique": True, "null": True}),
    (models.SlugField, {"choices": [("a", "A"), ("b", "B")], "default": "a"}),
    (models.FileField, {"upload_to": "files/%Y"}),
    (models.PositiveSmallIntegerField, {"validators": [MinValueValidator(2)], "null": True}),
    (models.GenericIPAddressField, {"protocol": "IPv4", "null": True}),
    (models.BinaryField, {"default": b"x"}),
    (models.FloatField, {"db_default": 1.5}),
)
COMMON: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("null", (True, False)),
    ("blank", (True, False)),
    ("verbose_name", ("a field", "another field")),
    ("help_text", ("help", "")),
    ("db_column", ("a_column", "another_column")),
    ("db_index", (True, False)),
    ("unique", (True, False)),
    ("db_comment", ("a comment",)),
    ("editable", (False, True)),
)
RELATED: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("null", (True, False)),
    ("on_delete", (models.CASCADE, models.PROTECT, models.DO_NOTHING)),
    ("related_name", ("+", "%(app_label)s_%(class)s_others", "things_of")),
    ("db_constraint", (True, False)),
    ("limit_choices_to", ({"pk__gt": 1},)),
    ("related_query_name", ("thing_of",)),
    ("to", ()),
)
MANY: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("blank", (True, False)),
    ("related_name", ("+", "many_of")),
    ("db_table", ("a_table_between",)),
    ("to", ()),
)
NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")
TITLES = ("Alpha", "Beta", "GammaRay", "Delta")


class Backwards:
    """Random steps back from one state, in place.  `labels` are the apps that may be changed."""

    def __init__(self, state: ProjectState, dice: Dice, labels: tuple[str, ...], kept: Key) -> None:
        self.state = state
        self.dice = dice
        self.labels = labels
        self.kept = kept

    def step(self) -> str:
        """One change; its name, or "" where there was nothing for it to change."""
        change = self.dice.one(STEPS)
        own = [key for key in sorted(self.state.models) if key[0] in self.labels]
        if not own:
            return ""
        model = self.state.models[self.dice.one(own)]
        return change.__name__ if change(self, model) else ""

    # ------------------------------------------------------------ fields

    def _plain_names(self, model: ModelState) -> list[str]:
        """Fields that nothing else depends on."""
        return [
            name
            for name, field in model.fields.items()
            if not field.primary_key and not getattr(field.remote_field, "parent_link", False)
        ]

    def _free(self, model: ModelState, names: tuple[str, ...]) -> str:
        number, name = 1, self.dice.one(names)
        while f"{name}{number}" in model.fields:
            number += 1
        return f"{name}{number}"

    def remove_field(self, model: ModelState) -> bool:
        names = self._plain_names(model)
        if not names:
            return False
        name = self.dice.one(names)
        for key in ("unique_together", "index_together"):
            if key in model.options:
                model.options[key] = {group for group in model.options[key] if name not in group}
        if model.options.get("order_with_respect_to") == name:
            return False
        del model.fields[name]
        return True

    def add_field(self, model: ModelState) -> bool:
        if model.options.get("proxy"):
            return False
        model.fields[self._free(model, NAMES)] = self._field(model)
        return True

    def _field(self, model: ModelState) -> Any:
        dice, form = self.dice, self.dice.below(10)
        if form >= 8:
            own = [m for key, m in sorted(self.state.models.items()) if key[0] in self.labels]
            other = dice.one(own)
            names = self._plain_names(other)
            if names:
                return other.fields[dice.one(names)].clone()
        if form >= 6:
            target = self._target(model)
            return dice.one(
                (
                    models.ForeignKey(target, models.CASCADE, related_name="+"),
                    models.ForeignKey(target, models.SET_NULL, null=True, related_name="+"),
                    models.OneToOneField(target, models.PROTECT, related_name="+"),
                )
            )
        if form == 5:
            return models.ManyToManyField(self._target(model), related_name="+")
        cls, kwargs = dice.one(PLAIN)
        return cls(**kwargs)

    def _target(self, model: ModelState) -> str:
        keys = [
            key
            for key, other in sorted(self.state.models.items())
            if not other.options.get("swappable") and not other.options.get("proxy")
        ]
        own = [key for key in keys if key[0] in self.labels]
        app, name = self.dice.one(own if own and self.dice.percent(70) else keys)
        return "self" if (app, name) == (model.app_label, model.name_lower) else f"{app}.{name}"

    def alter_field(self, model: ModelState) -> bool:
        names = self._plain_names(model)
        if not names:
            return False
        name = self.dice.one(names)
        field = model.fields[name]
        _, _, args, kwargs = field.deconstruct()
        pool = MANY if field.many_to_many else RELATED if field.remote_field else COMMON
        for key, values in self.dice.some(pool, 2):
            kwargs[key] = self.dice.one(values) if values else self._target(model)
        if "max_length" in kwargs and self.dice.percent(50):
            kwargs["max_length"] = 55
        model.fields[name] = type(field)(*args, **kwargs)
        return True

    def retype_field(self, model: ModelState) -> bool:
        names = self._plain_names(model)
        if not names:
            return False
        model.fields[self.dice.one(names)] = self._field(model)
        return True

    def rename_field(self, model: ModelState) -> bool:
        names = self._plain_names(model)
        if not names:
            return False
        self.state.rename_field(
            model.app_label, model.name_lower, self.dice.one(names), self._free(model, NAMES)
        )
        if model.options.get("unique_together"):  # Django leaves lists of lists
            model.options["unique_together"] = {tuple(group) for group in model.options["unique_together"]}
        return True

    # ------------------------------------------------------------ models

    def rename_model(self, model: ModelState) -> bool:
        key = (model.app_label, model.name_lower)
        if key == self.kept or model.options.get("swappable"):
            return False
        new = self._free_title(model.app_label)
        for other in self.state.models.values():
            other.bases = tuple(
                f"{key[0]}.{new}".lower() if isinstance(base, str) and base.lower() == ".".join(key) else base
                for base in other.bases
            )
        self.state.rename_model(model.app_label, model.name, new)
        return True

    def _free_title(self, app: str) -> str:
        number, title = 1, self.dice.one(TITLES)
        while (app, f"{title}{number}".lower()) in self.state.models:
            number += 1
        return f"{title}{number}"

    def remove_model(self, model: ModelState) -> bool:
        key = (model.app_label, model.name_lower)
        if key == self.kept:
            return False
        del self.state.models[key]
        return True

    def add_model(self, model: ModelState) -> bool:
        """A model that is gone today: a plain one, a proxy, or a child of another one."""
        dice, app = self.dice, self.dice.one(self.labels)
        name, label = self._free_title(app), f"{model.app_label}.{model.name_lower}"
        form = dice.below(4)
        swapped = bool(model.options.get("swappable"))
        if form == 3 and not swapped:
            made = ModelState(app, name, [], {"proxy": True}, bases=(label,))
        elif form == 2 and not swapped and not model.options.get("proxy"):
            link = models.OneToOneField(
                label, models.CASCADE, parent_link=True, primary_key=True, auto_created=True, serialize=False
            )
            fields = [(f"{model.name_lower}_ptr", link), ("more", models.TextField())]
            made = ModelState(app, name, fields, {}, bases=(label,))
        else:
            key = models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
            made = ModelState(app, name, [("id", key)], {}, managers=[])
            for _ in range(dice.below(3)):
                made.fields[self._free(made, NAMES)] = self._field(made)
        self.state.models[app, name.lower()] = made
        return True

    def move_model(self, model: ModelState) -> bool:
        """The model was in another app, and had the table that it has now."""
        app = self.dice.one(self.labels)
        key, moved = (model.app_label, model.name_lower), (app, model.name_lower)
        if key == self.kept or moved in self.state.models or model.options.get("swappable"):
            return False
        del self.state.models[key]
        options = {"db_table": f"{key[0]}_{key[1]}", **model.options}
        fields = [(name, field.clone()) for name, field in model.fields.items()]
        self.state.models[moved] = ModelState(
            app, model.name, fields, options, model.bases, list(model.managers)
        )
        for other in list(self.state.models.values()):
            for name, field in other.fields.items():
                if field.remote_field and _label(field.remote_field.model, other) == key:
                    _, _, args, kwargs = field.deconstruct()
                    kwargs["to"] = f"{app}.{model.name_lower}"
                    other.fields[name] = type(field)(*args, **kwargs)
        return True

    # ------------------------------------------------------------ options

    def option(self, model: ModelState) -> bool:
        names = [name for name, field in model.fields.items() if not field.many_to_many]
        one: tuple[str, tuple[Any, ...]] = self.dice.one(
            (
                ("verbose_name", ("a thing", "a model")),
                ("verbose_name_plural", ("things",)),
                ("ordering", (["pk"], ["-pk"], *([name] for name in names[:2]))),
                ("get_latest_by", tuple(names[:2])),
                ("default_permissions", (("add",), ())),
                ("permissions", ([("can_do", "Can do")],)),
                ("default_related_name", ("those",)),
                ("base_manager_name", ("objects",)),
                ("db_table", ("old_table", "older_table")),
                ("db_table_comment", ("a comment",)),
                ("managed", (False,)),
                ("select_on_save", (True,)),
                ("required_db_vendor", ("sqlite",)),
            )
        )
        if model.options.get("proxy") and one[0].startswith("db_table"):
            return False
        if one[0] in model.options and (not one[1] or self.dice.percent(50)):
            del model.options[one[0]]
        elif one[1]:
            model.options[one[0]] = self.dice.one(one[1])
        return True

    def together(self, model: ModelState) -> bool:
        names = [name for name, field in model.fields.items() if not field.many_to_many]
        if model.options.get("unique_together"):
            del model.options["unique_together"]
            return True
        if len(names) < 2:
            return False
        model.options["unique_together"] = {tuple(names[:2])}
        return True

    def index(self, model: ModelState) -> bool:
        name = self._indexed(model)
        if name is None:
            return False
        label = f"{model.app_label[:5]}_{model.name_lower[:8]}"
        made: list[Any] = [
            models.Index(fields=[name], name=f"{label}_{name[:6]}_i"),
            models.Index(fields=[f"-{name}", "pk"], name=f"{label}_two_i"),
            models.Index(Lower(name), name=f"{label}_low_i"),
            models.Index(fields=[name], name=f"{label}_some_i", condition=models.Q(pk__gt=3)),
        ]
        return self._item(model, "indexes", made)

    def constraint(self, model: ModelState) -> bool:
        name = self._indexed(model)
        if name is None:
            return False
        label = f"{model.app_label[:5]}_{model.name_lower[:8]}"
        made: list[Any] = [
            models.UniqueConstraint(fields=[name], name=f"{label}_{name[:6]}_u"),
            models.CheckConstraint(condition=models.Q(pk__gte=models.F("pk")), name=f"{label}_c"),
            models.CheckConstraint(condition=~models.Q(pk=0) | models.Q(pk__gt=5), name=f"{label}_c"),
            models.UniqueConstraint(
                fields=[name], condition=models.Q(pk__gt=1), name=f"{label}_{name[:6]}_u"
            ),
        ]
        return self._item(model, "constraints", made)

    def _indexed(self, model: ModelState) -> str | None:
        names = [name for name, field in model.fields.items() if not field.many_to_many]
        return None if model.options.get("proxy") or not names else self.dice.one(names)

    def _item(self, model: ModelState, option: str, made: list[Any]) -> bool:
        """Add one, take one away, rename one or put another in its place."""
        known, form = list(model.options.get(option, ())), self.dice.below(4)
        item = self.dice.one(made)
        if form == 1 and known:
            known.pop(self.dice.below(len(known)))
        elif form == 2 and known:
            at = self.dice.below(len(known))
            known[at] = known[at].clone()
            known[at].name = f"{known[at].name[:20]}_x"
        else:
            known = [*(other for other in known if other.name != item.name), item]
        model.options[option] = known
        return True

    def ordered(self, model: ModelState) -> bool:
        if model.options.get("order_with_respect_to"):
            del model.options["order_with_respect_to"]
            return True
        names = [n for n in self._plain_names(model) if model.fields[n].many_to_one]
        if not names or model.options.get("ordering"):
            return False
        model.options["order_with_respect_to"] = self.dice.one(names)
        return True

    def manager(self, model: ModelState) -> bool:
        if model.managers:
            model.managers = []
            return True
        from django.contrib.auth.models import UserManager

        model.managers = [(self.dice.one(("objects", "people")), UserManager())]
        return True


def _label(target: Any, model: ModelState) -> Key:
    text = target if isinstance(target, str) else target._meta.label
    app, _, name = text.rpartition(".")
    return (app or model.app_label, name.lower())


STEPS: tuple[Callable[[Backwards, ModelState], bool], ...] = (
    *(Backwards.remove_field,) * 6,
    *(Backwards.add_field,) * 5,
    *(Backwards.alter_field,) * 6,
    *(Backwards.retype_field,) * 2,
    *(Backwards.rename_field,) * 4,
    *(Backwards.rename_model,) * 3,
    *(Backwards.remove_model,) * 3,
    *(Backwards.add_model,) * 3,
    Backwards.move_model,
    *(Backwards.option,) * 4,
    *(Backwards.together,) * 2,
    *(Backwards.index,) * 3,
    *(Backwards.constraint,) * 3,
    Backwards.ordered,
    Backwards.manager,
)

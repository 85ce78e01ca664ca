"""Fields: which class they are of, of which kind, and what their class decides for them."""

from __future__ import annotations

import pytest

from tests.projects import analysed
from tests.schema.blog import field, fields, relation

POST = "class Post(models.Model):\n    it = {}\n"


def made(expression: str, before: str = "") -> str:
    return f"{before}\n{POST.format(expression)}"


@pytest.mark.parametrize(
    ("expression", "name", "kind"),
    [
        ("models.CharField(max_length=10)", "CharField", None),
        ("models.ForeignKey(Place, models.CASCADE)", "ForeignKey", "FK"),
        ("models.OneToOneField(Place, models.CASCADE)", "OneToOneField", "O2O"),
        ("models.ManyToManyField(Place)", "ManyToManyField", "M2M"),
        ("models.fields.related.ForeignKey(Place, models.CASCADE)", "ForeignKey", "FK"),
    ],
)
def test_the_class_of_a_field_decides_its_kind(expression: str, name: str, kind: str | None) -> None:
    found = field(made(expression))
    assert (found.cls, found.kind) == (name, kind)


@pytest.mark.parametrize(
    ("before", "expression", "name", "kind"),
    [
        ("class Key(models.ForeignKey): pass", "Key(Place, models.CASCADE)", "Key", "FK"),
        ("class Key(models.ForeignKey): pass\nclass Other(Key): pass", "Other(Place, 1)", "Other", "FK"),
        ("class Slug(models.SlugField): pass", "Slug()", "Slug", None),
        ("class Raw(models.Field): pass", "Raw()", "Raw", None),
        ("from django.db.models import ForeignKey as FK", "FK(Place, models.CASCADE)", "ForeignKey", "FK"),
        ("Key = models.ForeignKey", "Key(Place, models.CASCADE)", "ForeignKey", "FK"),
        ("def key(to):\n    return models.ForeignKey(to, models.CASCADE)", "key(Place)", "ForeignKey", "FK"),
        ("from gone import MoneyField", "MoneyField()", "MoneyField", None),
        ("from gone import ParentalKey", "ParentalKey(Place, models.CASCADE)", "ParentalKey", "FK"),
    ],
)
def test_custom_fields_are_known_by_their_ancestors_or_else_by_their_name(
    before: str, expression: str, name: str, kind: str | None
) -> None:
    found = field(made(expression, before))
    assert (found.cls, found.kind) == (name, kind)


@pytest.mark.parametrize(
    ("before", "expression", "name", "why"),
    [
        ("", "models.ForeignKey[Place, Place](Place, models.CASCADE)", "ForeignKey", ""),
        ("", "models.CharField['str', 'str'](max_length=3)", "CharField", ""),
        ("Key = models.ForeignKey", "Key[Place](Place, models.CASCADE)", "ForeignKey", ""),
        ("Key = models.ForeignKey[Place]", "Key(Place, models.CASCADE)", "ForeignKey", ""),
        ("class Key(models.ForeignKey): pass", "Key[Place](Place, models.CASCADE)", "Key", ""),
        (
            "class Key(models.ForeignKey):\n    def __class_getitem__(cls, to): return cls",
            "Key[Place](Place, models.CASCADE)",
            "Key",
            "",
        ),
        (
            "class Key(models.ForeignKey):\n    def __class_getitem__(cls, to): return partial(cls, to)",
            "Key[Place](Place, models.CASCADE)",
            "Key",
            "what `__class_getitem__` of blog.models.Key gives is not known",
        ),
    ],
)
def test_types_behind_the_name_of_a_field_class_do_not_change_it(
    before: str, expression: str, name: str, why: str
) -> None:
    found = field(made(expression, before))
    assert (found.cls, found.why) == (name, why)


@pytest.mark.parametrize(
    "expression",
    [
        "1",
        "len([])",
        "models.Manager()",
        "Helper()",
        "models.CharField",
        "forms.CharField()",
        "gone.something()",
        "property(lambda self: 1)",
        "models.Q()",
        "GenericRelation('blog.Post')",
    ],
)
def test_other_attributes_are_no_fields(expression: str) -> None:
    before = (
        "from django import forms\nfrom django.contrib.contenttypes.fields import GenericRelation\n"
        "import gone\nclass Helper: pass"
    )
    assert fields(made(expression, before)) == {"id": "AutoField"}


@pytest.mark.parametrize(
    ("expression", "null"),
    [
        ("models.CharField()", False),
        ("models.CharField(null=True)", True),
        ("models.CharField(null=False)", False),
        ("models.CharField(blank=True)", False),
        ("models.CharField(null=YES)", True),
        ("models.CharField(**OPTIONS)", True),
        ("Empty()", True),
        ("Empty(null=False)", False),
    ],
)
def test_null_is_as_given_or_as_the_class_sets_it(expression: str, null: bool) -> None:
    before = """
YES = True
OPTIONS = {"null": True}
class Empty(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("null", True)
        super().__init__(*args, **kwargs)
"""
    assert field(made(expression, before)).null is null


@pytest.mark.parametrize(
    "body",
    [
        "kwargs['to'] = 'core.Place'\n        super().__init__(*args, **kwargs)",
        "kwargs.setdefault('to', 'core.Place')\n        super().__init__(*args, **kwargs)",
        "kwargs.update({'to': 'core.Place'})\n        super().__init__(*args, **kwargs)",
        "super().__init__(to='core.Place', *args, **kwargs)",
        "super(Key, self).__init__(to='core.Place', **kwargs)",
        "models.ForeignKey.__init__(self, to='core.Place', **kwargs)",
        "options = {'to': 'core.Place'}\n        options.update(kwargs)\n        super().__init__(**options)",
    ],
)
def test_a_class_may_fix_the_target(body: str) -> None:
    before = f"""
class Key(models.ForeignKey):
    def __init__(self, *args, **kwargs):
        {body}
"""
    assert relation(made("Key(on_delete=models.CASCADE)", before)).target == "core.Place"


def test_a_given_target_wins_over_a_default() -> None:
    before = """
class Key(models.ForeignKey):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("to", "core.Place")
        super().__init__(*args, **kwargs)
"""
    assert relation(made("Key(to='self', on_delete=models.CASCADE)", before)).target == "blog.Post"


# ---------------------------------------------------------------- the automatic key


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pass", {"id": "AutoField"}),
        ("x = models.CharField()", {"id": "AutoField", "x": "CharField"}),
        ("x = models.CharField(primary_key=True)", {"x": "CharField"}),
        ("x = models.OneToOneField(Place, models.CASCADE, primary_key=True)", {"x": "OneToOneField"}),
        ("id = models.UUIDField(primary_key=True)", {"id": "UUIDField"}),
        ("x = models.CharField(primary_key=False)", {"id": "AutoField", "x": "CharField"}),
    ],
)
def test_a_model_without_a_primary_key_gets_one(line: str, found: dict[str, str]) -> None:
    assert fields(f"class Post(models.Model):\n    {line}\n") == found


def test_the_automatic_key_is_what_app_or_settings_choose() -> None:
    from tests.schema.blog import model

    setting = 'DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n'
    config = (
        "from django.apps import AppConfig\nclass BlogConfig(AppConfig):\n    name = 'blog'\n"
        "    default_auto_field = 'django.db.models.SmallAutoField'\n"
    )
    post = "class Post(models.Model): pass\n"
    assert [f.cls for f in model(post, settings=setting).fields] == ["BigAutoField"]
    assert [f.cls for f in model(post, settings=setting, apps=config).fields] == ["SmallAutoField"]


def test_a_field_knows_where_it_is_written() -> None:
    found = field("class Post(Stamped): pass\n", "at")
    assert (found.declared_in, found.file, found.line) == ("core.models.Stamped", "core/models.py", 4)


def test_a_field_class_may_set_an_argument_in_a_dict_of_keywords() -> None:
    text = """
class Fallback:
    def __init__(self, *args, **kwargs):
        options = dict(blank=True, null=True)
        options.update(kwargs)
        super().__init__(*args, **options)
class Choice(Fallback, models.BooleanField): pass
class Post(models.Model):
    it = Choice()
"""
    assert field(text).null is True


def test_a_field_whose_class_a_function_chooses() -> None:
    text = """
def picture():
    return models.ImageField
class Post(models.Model):
    it = picture()(null=True)
"""
    assert (field(text).cls, field(text).null) == ("ImageField", True)


def test_a_field_that_an_unknown_function_is_given_is_taken_for_its_result_and_said_to_be() -> None:
    found = analysed(
        """
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        from elsewhere import marked
        class Post(models.Model):
            title = marked(models.CharField(max_length=9, null=True))
            parent = marked(models.ForeignKey("self", models.CASCADE), 1)
        """
    )
    fields = {field.name: field for field in found.models[0].fields}
    assert (fields["title"].cls, fields["title"].null) == ("CharField", True)
    (relation,) = found.relations
    assert (relation.target, relation.certain) == ("blog.Post", False)
    assert relation.why == "what `marked(…)` makes of the field is not known"
    assert {unknown.what for unknown in found.unknown} == {"blog.models.Post.title", "blog.Post.parent"}


def test_several_fields_may_be_set_at_once() -> None:
    body = "class Post(models.Model):\n    it, other = models.TextField(), models.CharField(max_length=3)\n"
    assert fields(body) == {"id": "AutoField", "it": "TextField", "other": "CharField"}


def test_a_function_may_return_several_fields() -> None:
    text = """
SIZES = ((1, "small"),)
def choice_and_other(choices, size=9):
    field = models.CharField(max_length=size, choices=choices, null=True)
    other = models.CharField(max_length=80)
    return field, other
class Post(models.Model):
    KINDS = (("a", "A"),)
    it, it_other = choice_and_other(KINDS, 3)
    (size, _) = choice_and_other(choices=SIZES)[:2]
"""
    assert fields(text) == {"id": "AutoField", "it": "CharField", "it_other": "CharField"}
    assert field(text).null is True


def test_a_decorator_that_makes_a_field_of_a_function() -> None:
    text = """
from computedfields.models import ComputedFieldsModel, computed
from denorm import denormalized
class Post(ComputedFieldsModel):
    @computed(models.CharField(max_length=9), depends=[("self", ["id"])])
    def title(self): ...
    @denormalized(models.ForeignKey, to="core.Place", on_delete=models.CASCADE, null=True)
    def it(self): ...
    @property
    def plain(self): ...
"""
    assert fields(text) == {"id": "AutoField", "title": "CharField", "it": "DenormDBField"}
    assert (field(text).null, field(text).why) == (True, "")


def test_what_an_unknown_decorator_makes_of_a_field_is_said_to_be_unknown() -> None:
    text = """
from elsewhere import kept
class Post(models.Model):
    @kept(models.CharField, max_length=9)
    def it(self): ...
    @kept(print)
    def other(self): ...
"""
    assert fields(text) == {"id": "AutoField", "it": "CharField"}
    assert field(text).why == "what `kept(…)` makes of the field is not known"

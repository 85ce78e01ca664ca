"""What `makemigrations` would still write: fields, models and options that differ."""

from __future__ import annotations

import pytest

from tests.history.drifts import BIG, created, drift, written

TITLE = "('title', models.CharField(max_length=10))"
POST = created("Post", TITLE)
MODEL = "class Post(models.Model):\n    title = models.CharField(max_length=10)\n"


def post(*lines: str, field: str = "title = models.CharField(max_length=10)") -> str:
    """The model Post with more lines in its body."""
    return "class Post(models.Model):\n" + "".join(f"    {line}\n" for line in (field, *lines))


# ---------------------------------------------------------------- fields


def test_no_drift_is_proved_field_by_field() -> None:
    found = drift(MODEL, POST)
    assert (found.differences, found.fields, found.equal, found.undecided) == ((), 2, 2, ())


@pytest.mark.parametrize(
    ("field", "operations"),
    [
        ("title = models.CharField(max_length=11)", ["AlterField post.title"]),
        ("title = models.TextField()", ["AlterField post.title"]),
        ("title = models.ManyToManyField('self')", ["AddField post.title", "RemoveField post.title"]),
        ("name = models.CharField(max_length=10)", ["AddField post.name", "RemoveField post.title"]),
        ("title = models.CharField(max_length=unknown())", ["AlterField? post.title"]),
        ("title = models.CharField('t', unknown(), max_length=9)", ["AlterField post.title"]),
    ],
)
def test_fields_that_differ(field: str, operations: list[str]) -> None:
    assert written(post(field=field), POST) == operations


def test_a_difference_names_both_places_and_says_what_differs() -> None:
    (found,) = drift(post(field="title = models.CharField(max_length=11)"), POST).differences
    assert (found.file, found.line) == ("blog/models.py", 3)
    assert (found.other_file, found.other_line) == ("blog/migrations/0001_initial.py", 6)
    assert found.why == "differs in max_length"


def test_what_source_does_not_decide_is_said_to_be_uncertain_and_why() -> None:
    (found,) = drift(post(field="title = models.CharField(max_length=unknown())"), POST).differences
    assert not found.certain
    assert found.why.startswith("max_length: ")


def test_a_field_that_only_its_name_tells_from_a_removed_one_may_be_renamed() -> None:
    added, removed = drift(post(field="name = models.CharField(max_length=10)"), POST).differences
    assert "renamed from `title`" in added.why
    assert "renamed to `name`" in removed.why


def test_the_automatic_key_differs_when_the_setting_does() -> None:
    assert written(MODEL, POST, settings="DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'") == [
        "AlterField post.id"
    ]


def test_a_field_that_a_condition_adds_is_uncertain_where_it_is_missing_and_open_where_it_differs() -> None:
    inside = ["if unknown():", "    extra = models.TextField()"]
    assert written(post(*inside), POST) == ["AddField? post.extra"]
    known = created("Post", TITLE, "('extra', models.CharField(max_length=1))")
    found = drift(post(*inside), known)
    assert ([u.field for u in found.undecided], found.differences) == (["extra"], ())


def test_a_model_with_an_unknown_base_may_have_the_fields_that_only_the_migrations_have() -> None:
    models = f"from nowhere import Base\n{MODEL.replace('models.Model', 'Base, models.Model')}"
    found = drift(models, created("Post", TITLE, "('extra', models.TextField())"))
    assert found.differences == ()
    assert (found.fields, found.equal) == (3, 0)
    assert {u.field for u in found.undecided} == {"id", "title", "extra"}


def test_relations_are_compared_by_label() -> None:
    operations = (
        created("Tag"),
        created("Post", "('tag', models.ForeignKey('blog.tag', on_delete=models.CASCADE))"),
    )
    models = """
class Tag(models.Model): pass
class Post(models.Model):
    tag = models.ForeignKey({}, models.CASCADE)
"""
    assert written(models.format("Tag"), *operations) == []
    assert written(models.format("'auth.User'"), *operations) == ["AlterField post.tag"]


@pytest.mark.parametrize(
    ("django", "operations"),
    [("3.2", []), ("4.0", ["AlterField post.others", "AlterField post.owner"])],
)
def test_until_django_4_names_of_the_way_back_are_compared_as_bound(
    django: str, operations: list[str]
) -> None:
    migrated = created(
        "Post",
        "('others', models.ManyToManyField(related_name='_blog_post_others_+', to='auth.User'))",
        "('owner', models.ForeignKey('auth.User', models.CASCADE, related_name='blog_post'))",
    )
    models = """
class Post(models.Model):
    others = models.ManyToManyField("auth.User", related_name="+")
    owner = models.ForeignKey("auth.User", models.CASCADE, related_name="%(app_label)s_%(class)s")
"""
    assert written(models, migrated, django=django) == operations


@pytest.mark.parametrize(("django", "operations"), [("3.2", []), ("4.0", ["AlterField post.tag"])])
def test_until_django_4_the_name_of_the_key_that_is_pointed_to_is_not_compared(
    django: str, operations: list[str]
) -> None:
    relation = "('tag', models.ForeignKey('blog.Tag', models.CASCADE, to_field='id'))"
    models = """
class Tag(models.Model): pass
class Post(models.Model):
    tag = models.ForeignKey(Tag, models.CASCADE)
"""
    assert written(models, created("Tag"), created("Post", relation), django=django) == operations


def test_another_field_that_is_pointed_to_is_compared() -> None:
    name = "('name', models.CharField(max_length=9, unique=True))"
    relation = "('tag', models.ForeignKey('blog.Tag', models.CASCADE, to_field='name'))"
    models = """
class Tag(models.Model):
    name = models.CharField(max_length=9, unique=True)
class Post(models.Model):
    tag = models.ForeignKey(Tag, models.CASCADE)
"""
    assert written(models, created("Tag", name), created("Post", relation), django="3.2") == [
        "AlterField post.tag"
    ]


@pytest.mark.parametrize(("django", "operations"), [("5.1", []), ("5.2", ["AlterField post.tags"])])
def test_through_fields_are_told_since_django_5_2(django: str, operations: list[str]) -> None:
    migrated = (
        created("Tag"),
        created("Tagging"),
        created("Post", "('tags', models.ManyToManyField('blog.Tag', through='blog.Tagging'))"),
    )
    models = """
class Tag(models.Model): pass
class Tagging(models.Model): pass
class Post(models.Model):
    tags = models.ManyToManyField(Tag, through=Tagging, through_fields=("post", "tag"))
"""
    assert written(models, *migrated, django=django) == operations


@pytest.mark.parametrize(
    ("django", "operations"),
    [
        ("1.11", ["AddField post.body", "AlterField? post.visible"]),
        (">=1.11,<4.0", ["AddField post.body", "AlterField? post.visible"]),
        ("2.1", ["AddField post.body", "AlterField post.visible"]),
    ],
)
def test_before_django_2_1_only_what_is_made_and_what_goes_is_certain(
    django: str, operations: list[str]
) -> None:
    migrated = created("Post", "('visible', models.BooleanField(default=True))")
    models = """
class Post(models.Model):
    visible = models.BooleanField(editable=False, default=True)
    body = models.TextField(default="")
"""
    assert sorted(written(models, migrated, django=django)) == operations


# ---------------------------------------------------------------- apps


def test_an_app_without_a_migrations_package_has_no_drift() -> None:
    models = (
        "# other/__init__.py\n# other/models.py\nfrom django.db import models\nclass A(models.Model): pass\n"
    )
    settings = f"INSTALLED_APPS += ['other']\n{BIG}"
    assert written(MODEL, POST, settings=settings, more=models) == []
    package = f"{models}# other/migrations/__init__.py\n"
    assert written(MODEL, POST, settings=settings, more=package) == ["CreateModel a"]
    helper = f"{package}# other/migrations/helpers.py\nX = 1\n"
    assert written(MODEL, POST, settings=settings, more=helper) == []


def test_an_app_whose_migrations_are_switched_off_has_no_drift() -> None:
    assert written("", POST, settings="MIGRATION_MODULES = {'blog': None}") == []


def test_an_app_that_is_not_installed_has_no_drift() -> None:
    more = (
        "# other/__init__.py\n# other/models.py\nfrom django.db import models\nclass A(models.Model): pass\n"
    )
    assert written(MODEL, POST, more=f"{more}# other/migrations/__init__.py\n") == []


# ---------------------------------------------------------------- versions


def test_what_only_some_possible_versions_would_write_is_not_certain() -> None:
    models = """
class Post(models.Model):
    title = models.CharField(max_length=11)
    owner = models.ForeignKey("auth.User", models.CASCADE, related_name="%(class)s")
"""
    owner = "('owner', models.ForeignKey('auth.User', models.CASCADE, related_name='post'))"
    found = written(models, created("Post", TITLE, owner), django=">=3.2,<5")
    assert found == ["AlterField? post.owner", "AlterField post.title"]
    assert written(models, created("Post", TITLE, owner), django=">=4.0") == [
        "AlterField post.owner",
        "AlterField post.title",
    ]


def test_the_automatic_key_is_another_one_since_django_6() -> None:
    key = "('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID'))"
    operation = f"migrations.CreateModel('Post', [{key}, {TITLE}]),"
    settings = "LANGUAGES = []"
    assert written(MODEL, operation, django=">=5.2,<6", settings=settings) == []
    assert written(MODEL, operation, django=">=5.2", settings=settings) == ["AlterField? post.id"]


# ---------------------------------------------------------------- models


def test_a_new_model_is_one_operation_with_all_that_belongs_to_it() -> None:
    models = """
class Tag(models.Model): pass
class Post(models.Model):
    tag = models.ForeignKey(Tag, models.CASCADE)
    many = models.ManyToManyField(Tag, related_name="x")
    class Meta:
        unique_together = ("tag", "id")
        indexes = [models.Index(fields=["tag"])]
        constraints = [models.UniqueConstraint(fields=["tag"], name="u")]
"""
    assert written(models) == ["CreateModel post", "CreateModel tag"]
    older = ["AlterUniqueTogether post", "CreateModel post", "CreateModel tag"]
    assert written(models, django="5.0") == ["AddConstraint post", *older]
    assert written(models, django="4.1") == ["AddConstraint post", "AddIndex post", *older]


def test_models_that_need_each_other_get_a_field_later() -> None:
    models = """
class A(models.Model):
    b = models.ForeignKey("B", models.CASCADE)
class B(models.Model):
    a = models.ForeignKey("A", models.CASCADE)
"""
    assert written(models) == ["AddField a.b", "CreateModel a", "CreateModel b"]


def test_a_model_that_is_gone_goes_with_its_fields() -> None:
    tag = created("Tag", "('owner', models.ForeignKey('auth.User', models.CASCADE))")
    assert written(MODEL, POST, tag) == ["DeleteModel tag"]
    user = created("User", "('tag', models.ForeignKey('blog.Tag', models.CASCADE))")
    assert written(MODEL, POST, tag, user) == ["DeleteModel tag", "DeleteModel user", "RemoveField user.tag"]


@pytest.mark.parametrize(
    "more",
    [
        "# blog/extra.py\nfrom nowhere import Base\nclass Tag(Base): pass\n",
        "# blog/extra.py\nTag = type('Tag', (object,), {})\n",
        "# blog/extra.py\nfrom blog.make import made\nTag = made('Abstract')\n",
    ],
)
def test_a_model_for_which_something_of_its_name_is_found_may_be_there(more: str) -> None:
    assert written(MODEL, POST, created("Tag"), more=more) == ["DeleteModel? tag"]


def test_a_class_of_its_name_that_is_no_model_says_nothing() -> None:
    more = "# blog/extra.py\nclass Base: pass\nclass Tag(Base): pass\n"
    assert written(MODEL, POST, created("Tag"), more=more) == ["DeleteModel tag"]


def test_a_model_that_a_decorator_may_make_may_be_there() -> None:
    models = f"from nowhere import track\n@track\n{MODEL}"
    assert written(models, POST, created("PostEvent")) == ["DeleteModel? postevent"]


HISTORY = "from simple_history.models import HistoricalRecords\n"
HISTORICAL = """
    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
    ('title', models.CharField({title})),
    ('history_id', models.AutoField(primary_key=True, serialize=False)),
    ('history_date', models.DateTimeField(db_index=True)),
    ('history_change_reason', models.CharField(max_length=100, null=True)),
    ('history_type', models.CharField(
        choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
    ('history_user', models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name='+',
        to=settings.AUTH_USER_MODEL)),
"""
HISTORICAL_OPTIONS = """{
    'verbose_name': 'historical post', 'verbose_name_plural': 'historical posts',
    'ordering': ('-history_date', '-history_id'), 'get_latest_by': ('history_date', 'history_id'),
}"""


def test_a_product_is_compared_field_by_field() -> None:
    models = HISTORY + post("title = models.CharField(max_length=9)\n    history = HistoricalRecords()")
    before = created("Post", "('title', models.CharField(max_length=9))")
    assert written(models, before) == ["CreateModel historicalpost"]
    same = HISTORICAL.format(title="max_length=9")
    assert written(models, before, created("HistoricalPost", same, options=HISTORICAL_OPTIONS)) == []
    shorter = HISTORICAL.format(title="max_length=5")
    assert written(models, before, created("HistoricalPost", shorter, options=HISTORICAL_OPTIONS)) == [
        "AlterField? historicalpost.title"
    ]


def test_a_model_in_a_condition_that_is_not_decided_is_uncertain() -> None:
    models = "if unknown():\n    class Post(models.Model): pass\n"
    assert written(models) == ["CreateModel? post"]


def test_proxies_come_and_go() -> None:
    proxy = "migrations.CreateModel('Short', [], options={'proxy': True}, bases=('blog.post',)),"
    model = f"{MODEL}class Short(Post):\n    class Meta: proxy = True\n"
    assert written(model, POST) == ["CreateModel short"]
    assert written(MODEL, POST, proxy) == ["DeleteModel short"]
    assert written(model, POST, proxy) == []


def test_a_proxy_that_becomes_a_model_is_deleted_and_created() -> None:
    proxy = "migrations.CreateModel('Short', [], options={'proxy': True}, bases=('blog.post',)),"
    assert written(f"{MODEL}class Short(models.Model): pass\n", POST, proxy) == [
        "CreateModel short",
        "DeleteModel short",
    ]


def test_an_unmanaged_model_that_becomes_managed_changes_an_option_only() -> None:
    unmanaged = created("Post", TITLE, options="{'managed': False}")
    assert written(MODEL, unmanaged) == ["AlterModelOptions post"]
    assert written(post("class Meta: managed = False"), POST) == ["AlterModelOptions post"]
    assert written(post("class Meta: managed = False", field="x = models.TextField()"), unmanaged) == []


# ---------------------------------------------------------------- migrations that leave something open


def test_an_operation_that_is_not_understood_makes_its_model_uncertain() -> None:
    models = post(field="title = models.CharField(max_length=11)")
    assert written(models, POST, "migrations.AlterField('post', 'title', unknown()),") == [
        "AlterField? post.title"
    ]
    assert written(models, POST, "unknown(),") == ["AlterField? post.title"]


FORMER = """
from django.contrib.auth.models import Group
class Post(models.Model):
    {body}
    class Meta:
        {option}
"""
LIMITED = "groups = models.ManyToManyField(Group, limit_choices_to={'name': 'a'})"
GROUPS = "('groups', models.ManyToManyField(to='auth.Group'))"
FLAG = "flag = models.BooleanField(default=False, blank=True)"


@pytest.mark.parametrize(
    ("body", "option", "field", "django", "row"),
    [
        (LIMITED, "pass", GROUPS, ("1.11", "2.0"), "AlterField post.groups"),
        (
            FLAG,
            "pass",
            "('flag', models.BooleanField(default=False))",
            ("2.0", "2.1"),
            "AlterField post.flag",
        ),
        (
            "a = models.IntegerField()",
            "default_related_name = 'all_posts'",
            "('a', models.IntegerField())",
            ("2.0", "2.1"),
            "AlterModelOptions post",
        ),
    ],
)
def test_what_former_versions_did_not_tell(
    body: str, option: str, field: str, django: tuple[str, str], row: str
) -> None:
    models, state = FORMER.format(body=body, option=option), created("Post", field)
    former, since = (written(models, state, django=version) for version in django)
    assert [found for found in former if "id" not in found] == []
    assert [found.replace("?", "") for found in since if "id" not in found] == [row]

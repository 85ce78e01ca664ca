"""Histories to replay: the operations of an app's migrations, one text a migration, APP for its label."""

from __future__ import annotations

HEAD = """

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import migrations, models
from django.db.models import CASCADE, SET_NULL, F, Q
from django.db.models.functions import Lower
from helpers import NamedField, Mixin, Owned
"""

HELPERS = """
from django.conf import settings
from django.db import migrations, models

class NamedField(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 80)
        kwargs["null"] = True
        super().__init__(*args, **kwargs)

class Mixin: pass

class Owned(models.Model):
    class Meta:
        abstract = True

class AddNote(migrations.AddField):
    def __init__(self, model_name):
        super().__init__(model_name, "note", models.TextField(default=""), preserve_default=False)

class Quietly(migrations.RemoveField):
    def database_forwards(self, *args): pass

class Check(migrations.operations.base.Operation):
    def state_forwards(self, app_label, state): pass

class Loudly(migrations.AlterField):
    def state_forwards(self, app_label, state):
        print("it changes")
        super().state_forwards(app_label, state)

class Wrapped(migrations.operations.base.Operation):
    def __init__(self, vendor, *, operations):
        self.vendor = vendor
        self.operations = list(operations)

    def state_forwards(self, app_label, state):
        for one in self.operations:
            one.state_forwards(app_label, state)

class InDatabaseOnly(migrations.SeparateDatabaseAndState):
    def __init__(self, operations):
        super().__init__(database_operations=operations)

class InStateOnly(migrations.SeparateDatabaseAndState):
    def __init__(self, operations):
        super().__init__(None, operations)

class Base(migrations.Migration):
    operations = [migrations.CreateModel("Thing", [("id", models.AutoField(primary_key=True))])]

def numbered(names):
    return [migrations.AddField("post", name, models.IntegerField(null=True)) for name in names]

def sized(size):
    operations = []
    for number in range(size):
        operations.append(migrations.AddField("post", f"n{number}", models.IntegerField(default=number)))
    if size > 1:
        operations += [migrations.RemoveField("post", "n1")]
    return operations
"""

POST = """[migrations.CreateModel(
    name="Post",
    fields=[
        ("id", models.AutoField(primary_key=True)),
        ("title", models.CharField(max_length=10, unique=True)),
        ("body", models.TextField(null=True)),
        ("author", models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE)),
        ("parent", models.ForeignKey("self", CASCADE, null=True)),
    ],
)]"""

TAG = """[
    migrations.CreateModel("Tag", [("id", models.AutoField(primary_key=True))]),
    migrations.CreateModel("Tagging", [
        ("id", models.AutoField(primary_key=True)),
        ("tag", models.ForeignKey("APP.Tag", CASCADE)),
        ("post", models.ForeignKey(to="APP.post", on_delete=CASCADE, to_field="title")),
        ("one", models.OneToOneField("Post", CASCADE, null=True, related_name="+")),
    ]),
    migrations.AddField("Post", "tags", models.ManyToManyField("APP.Tag", through="APP.Tagging")),
    migrations.AddField("post", "more", models.ManyToManyField(to="tag", related_name="+")),
]"""

INDEXES = """[
    migrations.AddIndex("post", models.Index(fields=["title"], name="by_title")),
    migrations.AddIndex("Post", models.Index(Lower("title"), name="by_lower")),
    migrations.AddConstraint("post", models.CheckConstraint(condition=Q(title__gt=""), name="filled")),
    migrations.AddConstraint("post", models.UniqueConstraint(fields=["title"], name="once")),
]"""

HISTORIES: dict[str, list[str]] = {
    "create": [POST, TAG],
    "create_options": [
        """[migrations.CreateModel("Item", [("id", models.AutoField(primary_key=True)), ("a", NamedField())],
            options={"ordering": ["a"], "db_table": "x", "unique_together": {("a", "id")}, "managed": False,
                     "indexes": [models.Index(fields=["a"], name="by_a")], "verbose_name": "it"},
            bases=(Mixin, models.Model), managers=[("objects", UserManager())])]""",
        """[migrations.CreateModel("Part", [("item_ptr", models.OneToOneField("APP.item", CASCADE,
                parent_link=True, primary_key=True))], bases=("APP.item",)),
            migrations.CreateModel("Other", [], options={"proxy": True}, bases=("APP.Part",)),
            migrations.CreateModel("Mixed", [("id", models.AutoField(primary_key=True))],
                bases=(Owned, Mixin))]""",
    ],
    "create_again": [
        POST,
        "[migrations.CreateModel('post', [('id', models.BigAutoField(primary_key=True))])]",
    ],
    "delete": [POST, TAG, "[migrations.DeleteModel('TAGGING'), migrations.DeleteModel(name='Tag')]"],
    "rename_model": [
        POST,
        TAG,
        "[migrations.RenameModel('post', 'Article'), migrations.RenameModel('Tag', 'Word')]",
    ],
    "rename_through": [POST, TAG, "[migrations.RenameModel(old_name='Tagging', new_name='Link')]"],
    "rename_twice": [
        POST,
        "[migrations.RenameModel('Post', 'Text'), migrations.RenameModel('Text', 'Page')]",
        "[migrations.AddField('page', 'next', models.ForeignKey('APP.Page', SET_NULL, null=True))]",
    ],
    "table": [
        POST,
        "[migrations.AlterModelTable('post', 'posts')]",
        "[migrations.AlterModelTable('post', None)]",
    ],
    "comment": [POST, "[migrations.AlterModelTableComment('post', table_comment='all of them')]"],
    "options": [
        POST,
        """[migrations.AlterModelOptions("post", {"ordering": ["title"], "verbose_name": "a post"}),
            migrations.AlterModelTable("post", "posts"),
            migrations.AlterModelOptions(name="post", options={"get_latest_by": "id", "abstract": False})]""",
    ],
    "managers": [POST, "[migrations.AlterModelManagers('post', [('people', UserManager())])]"],
    "no_managers": [
        (
            "[migrations.CreateModel('A', [('id', models.AutoField(primary_key=True))],"
            " managers=[('objects', UserManager())])]"
        ),
        "[migrations.AlterModelManagers(name='a', managers=[])]",
    ],
    "together": [
        POST,
        (
            "[migrations.AlterUniqueTogether('post', {('title', 'body')}),"
            " migrations.AlterIndexTogether(name='post',"
            " index_together=[['title', 'author'], ('body', 'id')])]"
        ),
    ],
    "together_flat": [POST, "[migrations.AlterUniqueTogether('post', ('title', 'body'))]"],
    "together_none": [
        POST,
        "[migrations.AlterUniqueTogether('post', {('title', 'body')})]",
        "[migrations.AlterUniqueTogether(name='post', unique_together=set([]))]",
    ],
    "together_gone": [POST, "[migrations.AlterUniqueTogether('post', None)]"],
    "order": [
        POST,
        "[migrations.AlterOrderWithRespectTo('post', 'author')]",
        "[migrations.AlterOrderWithRespectTo(name='post', order_with_respect_to=None)]",
    ],
    "add_field": [
        POST,
        """[migrations.AddField("post", "a", models.IntegerField(default=1), preserve_default=False),
            migrations.AddField("post", "b", models.IntegerField(default=1)),
            migrations.AddField(
                model_name="POST", name="c", field=NamedField(blank=True), preserve_default=True),
            migrations.AddField(
                "post", "d", models.OneToOneField(settings.AUTH_USER_MODEL, CASCADE), False)]""",
    ],
    "remove_field": [
        POST,
        (
            "[migrations.AlterUniqueTogether('post', {('title', 'body')}),"
            " migrations.RemoveField('Post', 'body'),"
            " migrations.RemoveField(model_name='post', name='parent')]"
        ),
    ],
    "alter_field": [
        POST,
        """[migrations.AlterField("post", "body", models.TextField(default=""), preserve_default=False),
            migrations.AlterField("Post", "title", models.ForeignKey("auth.Group", CASCADE, null=True)),
            migrations.AlterField(model_name="post", name="author", field=models.IntegerField())]""",
    ],
    "rename_field": [
        POST,
        TAG,
        (
            "[migrations.AlterUniqueTogether('post', {('title', 'body')}),"
            " migrations.AlterIndexTogether('post', {('body', 'title')}),"
            " migrations.AddIndex('post', models.Index(fields=['title'], name='by_title')),"
            " migrations.RenameField('post', 'title', 'name')]"
        ),
    ],
    "rename_field_twice": [
        POST,
        TAG,
        "[migrations.RenameField('post', 'title', 'name'), migrations.RenameField('POST', 'name', 'Name')]",
    ],
    "indexes": [
        POST,
        INDEXES,
        "[migrations.RemoveIndex('post', 'by_lower'), migrations.RemoveConstraint('post', 'filled')]",
    ],
    "rename_index": [
        POST,
        INDEXES,
        (
            "[migrations.AlterIndexTogether('post', {('body', 'title'), ('id', 'title')}),"
            " migrations.RenameIndex('post', 'titled', old_name='by_title'),"
            " migrations.RenameIndex(model_name='post', new_name='both', old_fields=('body', 'title'))]"
        ),
    ],
    "alter_constraint": [
        POST,
        INDEXES,
        (
            "[migrations.AlterConstraint('post', 'filled', models.CheckConstraint("
            "condition=Q(title__gt='a'), name='filled'))]"
        ),
    ],
    "separate": [
        POST,
        """[migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RemoveField("post", "body")],
            state_operations=[migrations.AddField("post", "note", models.TextField(null=True))]),
            migrations.SeparateDatabaseAndState([migrations.DeleteModel("Post")], []),
            migrations.SeparateDatabaseAndState(state_operations=[
                migrations.SeparateDatabaseAndState(
                    state_operations=[migrations.RemoveField("post", "body")]),
                migrations.SeparateDatabaseAndState([migrations.DeleteModel("Post")])]),
            migrations.SeparateDatabaseAndState(database_operations=[
                migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Post")])])]""",
    ],
    "sql": [
        POST,
        """[migrations.RunSQL("select 1", None, [migrations.RemoveField("post", "body")]),
            migrations.RunSQL("select 1", state_operations=[migrations.RemoveField("post", "parent")]),
            migrations.RunPython(lambda apps, editor: None)]""",
    ],
    "custom": [
        POST,
        """[AddNote("post"), Quietly("post", "parent"), Check(),
            Wrapped("x", operations=[migrations.AddField("post", "extra", models.IntegerField(null=True))]),
            Loudly("post", "body", models.IntegerField()),
            InDatabaseOnly([migrations.DeleteModel("Post")]),
            InStateOnly([migrations.RemoveField("post", "title")])]""",
    ],
    "inherited": ["Base.operations", "Base.operations + [migrations.RenameModel('Thing', 'Stuff')]"],
    "computed": [
        POST,
        "numbered(['a', 'b']) + sized(3)",
        "[migrations.RemoveField('post', name) for name in ('a', 'b') if name != 'b']",
        "[*numbered([f'x{i}' for i in range(2)])]",
    ],
    "generic": [
        (
            "[migrations.CreateModel('A', [('id', models.UUIDField(primary_key=True)),"
            " ('kind', models.ForeignKey('contenttypes.ContentType', CASCADE)),"
            " ('groups', models.ManyToManyField('auth.Group', related_name='+'))])]"
        )
    ],
}
"""By label."""

Version = tuple[int, int]

SINCE: dict[str, Version] = {"rename_index": (4, 1), "comment": (4, 2), "alter_constraint": (5, 2)}
"""Histories of operations that Django has only since a version."""

CONDITION: Version = (5, 1)
"""Since this version a check's `check` is called `condition`."""


def labels_of(django: Version) -> list[str]:
    """The histories that a version has the operations for."""
    return sorted(label for label in HISTORIES if django >= SINCE.get(label, django))


def files(django: Version = (5, 2)) -> dict[str, str]:
    """A project with an app for every history that a version of Django can run."""
    labels = labels_of(django)
    out = {
        "settings.py": "INSTALLED_APPS = "
        + repr(["django.contrib.auth", "django.contrib.contenttypes", *labels]),
        "helpers.py": HELPERS,
        "requirements.txt": f"Django=={django[0]}.{django[1]}\n",
    }
    for label in labels:
        out[f"{label}/__init__.py"] = out[f"{label}/migrations/__init__.py"] = ""
        for number, text in enumerate(HISTORIES[label], 1):
            before = f"('{label}', 'm{number - 1}')," if number > 1 else ""
            before += "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"
            body = text.replace("APP", label)
            if django < CONDITION:
                body = body.replace("CheckConstraint(condition=", "CheckConstraint(check=")
            out[f"{label}/migrations/m{number}.py"] = (
                f"{HEAD}from helpers import *\n\nclass Migration(migrations.Migration):\n"
                f"    dependencies = [{before}]\n    operations = {body}\n"
            )
    return out

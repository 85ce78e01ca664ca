"""Seeds that a function's body does not show: helpers, closures, commands, signals."""

from __future__ import annotations

import pytest

from tests.data.shop import forward, migration, operations, python

HELPERS = """
    # shop/seeds.py
    NAMES = ["new", "old"]
    def seed(Tag, names=NAMES):
        for name in names:
            Tag.objects.get_or_create(name=name)
    class Seeds:
        kind = "tag"
        def __init__(self, Tag):
            self.Tag = Tag
        def run(self):
            self.Tag.objects.create(name=self.kind)
        @staticmethod
        def plain(Tag):
            Tag.objects.create(name="x")
    def touch(rows):
        for row in rows:
            row.save()
"""
COMMAND = """
    # shop/management/__init__.py
    # shop/management/commands/__init__.py
    # shop/management/commands/load_tags.py
    from django.core.management.base import BaseCommand
    from shop.models import Tag
    class Command(BaseCommand):
        def handle(self, *args, **options):
            Tag.objects.create(name="x")
    # shop/management/commands/all_at_once.py
    from django.core.management.base import BaseCommand
    from shop.models import Tag
    class Command(BaseCommand):
        def execute(self, *args, **options):
            Tag.objects.create(name="x")
    # shop/management/commands/nothing.py
    from django.core.management.base import BaseCommand
    class Command(BaseCommand):
        def handle(self, *args, **options):
            pass
"""


@pytest.mark.parametrize(
    ("signature", "call", "verdict"),
    [
        ("Tag, names=('a',)", "seed(Tag)", "seed"),
        ("Tag, names=()", "seed(Tag)", "noop"),
        ("Tag, names=()", "seed(Tag, ('a',))", "seed"),
        ("Tag, names=()", "seed(Tag, names=('a',))", "seed"),
        ("Tag, *, names=()", "seed(Tag)", "noop"),
        ("Tag, names=()", "seed(Tag, **unknown())", "seed"),
    ],
)
def test_a_parameter_that_is_not_given_is_its_default(signature: str, call: str, verdict: str) -> None:
    helper = f"def seed({signature}):\n    for name in names:\n        Tag.objects.create(name=name)\n"
    assert python(f"from unknown import unknown\n{helper}{forward(call)}").verdict == verdict


def test_a_default_of_a_nested_function_sees_the_names_around_it() -> None:
    body = (
        "words = ['a']\ndef seed(names=words):\n    for name in names:\n        Tag(name=name).save()\nseed()"
    )
    assert python(forward(body)).verdict == "seed"


def test_a_lambda_has_defaults() -> None:
    body = "seed = lambda name='a': Tag.objects.create(name=name)\nseed()"
    assert python(forward(body)).verdict == "seed"


@pytest.mark.parametrize(
    ("imported", "body", "verdict"),
    [
        ("from shop.seeds import seed", "seed(Tag)", "seed"),
        ("from shop import seeds", "seeds.seed(Tag, ['x'])", "seed"),
        ("import shop.seeds", "shop.seeds.seed(Tag)", "seed"),
        ("from shop.seeds import Seeds", "Seeds(Tag).run()", "seed"),
        ("from shop.seeds import Seeds", "Seeds.plain(Tag)", "seed"),
        ("from shop.seeds import touch", "touch(Tag.objects.all())", "one-time"),
        ("from shop.seeds import gone", "gone(Tag)", "unknown"),
        ("from shop.nowhere import seed", "seed(Tag)", "unknown"),
        ("", "from shop.seeds import seed\nseed(Tag)", "seed"),
    ],
)
def test_helpers_of_other_modules_are_followed(imported: str, body: str, verdict: str) -> None:
    assert python(f"{imported}\n{forward(body)}", HELPERS).verdict == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("call_command('loaddata', 'tags.json')", "seed"),
        ("call_command('load_tags')", "seed"),
        ("call_command('all_at_once')", "seed"),
        ("call_command('nothing')", "noop"),
        ("call_command('update_index')", "one-time"),
        ("call_command('createcachetable')", "schema"),
        ("call_command('of_some_package')", "unknown"),
        ("call_command(name)", "unknown"),
    ],
)
def test_commands_are_followed_into_handle(body: str, verdict: str) -> None:
    imported = "from django.core.management import call_command\n"
    assert python(imported + forward(body), COMMAND).verdict == verdict


CLOSURE = """
def make(name):
    def run(apps, _):
        apps.get_model("shop", "Tag").objects.create(name=name)
    return run
"""
PARTIAL = """
from functools import partial
def run(apps, _, name):
    apps.get_model("shop", name).objects.create()
"""
CALLABLE = """
class Run:
    def __call__(self, apps, _):
        apps.get_model("shop", "Tag").objects.create()
"""
STATIC = """
class Runs:
    @staticmethod
    def run(apps, _):
        apps.get_model("shop", "Tag").objects.create()
"""


@pytest.mark.parametrize(
    ("code", "argument", "verdict"),
    [
        (CLOSURE, "make('x')", "seed"),
        (PARTIAL, "partial(run, name='Tag')", "seed"),
        (CALLABLE, "Run()", "seed"),
        (STATIC, "Runs.run", "seed"),
        ("", "lambda apps, _: apps.get_model('shop', 'Tag').objects.create()", "seed"),
        ("", "lambda apps, _: None", "noop"),
        ("", "migrations.RunPython.noop", "noop"),
        ("def run(apps, _):\n    pass", "run", "noop"),
        ("def run(apps, _):\n    print('done')", "run", "noop"),
        ("", "gone", "unknown"),
    ],
)
def test_whatever_stands_for_the_function(code: str, argument: str, verdict: str) -> None:
    (found,) = operations(migration(code, f"migrations.RunPython({argument})"))
    assert found.verdict == verdict


def test_functions_of_the_class_body() -> None:
    text = """
        # shop/migrations/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration):
            def forward(apps, schema_editor):
                apps.get_model("shop", "Tag").objects.create(name="x")
            operations = [migrations.RunPython(forward)]
    """
    (found,) = operations(text)
    assert (found.verdict, found.forward) == ("seed", "forward")


def test_generators_carry_rows() -> None:
    code = """
def tags(Tag, names):
    for name in names:
        yield Tag(name=name)

"""
    assert python(code + forward("Tag.objects.bulk_create(tags(Tag, ['x']))")).verdict == "seed"
    rows = "Tag.objects.bulk_create(tags(Tag, Shop.objects.values_list('name')))"
    assert python(code + forward(rows)).verdict == "one-time"


def test_handlers_of_post_migrate_run_after_all_migrations() -> None:
    code = """
from django.db.models.signals import post_migrate, pre_save
def seed(sender, **kwargs):
    Tag.objects.create(name="x")

"""
    assert python(code + forward("post_migrate.connect(seed)")).verdict == "seed"
    assert python(code + forward("pre_save.connect(seed)")).verdict == "noop"


def test_permissions_are_rows_that_others_may_want_at_once() -> None:
    code = "from django.contrib.auth.management import create_permissions\n"
    alone = forward("for config in apps.get_app_configs():\n    create_permissions(config, apps=apps)")
    granted = alone + "\n    for shop in Shop.objects.all():\n        shop.permissions.add(1)"
    assert python(code + alone).verdict == "seed"
    assert python(code + granted).verdict == "mixed"


def test_content_types_come_by_themselves() -> None:
    code = "from django.contrib.contenttypes.management import create_contenttypes\n"
    assert python(code + forward("create_contenttypes(None)")).verdict == "one-time"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("from django.core.cache import cache\ncache.clear()", "one-time"),
        ("from shop.tasks import rebuild\nrebuild.delay()", "one-time"),
        ("from celery import current_app\ncurrent_app.send_task('x')", "one-time"),
        ("import somewhere\nsomewhere.do_it()", "unknown"),
        ("import somewhere\nname = somewhere.read()", "noop"),
    ],
)
def test_what_is_no_business_of_the_database(body: str, verdict: str) -> None:
    assert python(forward(body)).verdict == verdict


def test_real_models_and_their_own_methods() -> None:
    models = """
        # shop/tags.py
        from django.db import models
        class Tags(models.Manager):
            def defaults(self):
                self.create(name="x")
        class Tag(models.Model):
            objects = Tags()
            @classmethod
            def seed(cls):
                cls.objects.get_or_create(name="x")
            @classmethod
            def clean_up(cls):
                cls.objects.all().delete()
    """
    code = "from shop.tags import Tag as Real\n"
    assert python(code + forward("Real.seed()"), models).verdict == "seed"
    assert python(code + forward("Real.objects.defaults()"), models).verdict == "seed"
    assert python(code + forward("Real.clean_up()"), models).verdict == "one-time"


def test_containers_filled_elsewhere_are_not_empty() -> None:
    code = "REGISTRY = {}\ndef register(name):\n    REGISTRY[name] = 1\nregister('x')\n"
    assert (
        python(code + forward("for name in REGISTRY:\n    Tag.objects.create(name=name)")).verdict == "seed"
    )
    inside = (
        "class Names:\n    def __init__(self):\n        self.all = []\n    def add(self, name):\n"
        "        self.all.append(name)\nNAMES = Names()\nNAMES.add('x')\n"
    )
    assert python(inside + forward("for name in NAMES.all:\n    Tag.objects.create()")).verdict == "seed"
    assert python(forward("names = []\nfor name in names:\n    Tag.objects.create()")).verdict == "noop"


def test_sequences_are_put_where_rows_left_them() -> None:
    body = """
        from django.core.management.color import no_style
        from django.db import connection
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [Tag]):
                cursor.execute(statement)
    """
    assert python(forward(body)).verdict == "one-time"


TASKS = """
    # shop/tasks.py
    from celery import shared_task
    from shop.models import Shop, Tag
    @shared_task
    def tidy(limit=10):
        for tag in Tag.objects.all()[:limit]:
            tag.save()
    @shared_task(bind=True)
    def fill(self, name):
        Tag.objects.create(name=name)
    @shared_task
    def idle():
        pass
"""


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("from shop.tasks import idle\nidle.delay()", "one-time"),
        ("from shop.tasks import tidy\ntidy.delay(5)", "one-time"),
        ("from shop.tasks import fill\nfill.delay('x')", "seed"),
        ("from shop.tasks import fill\nfill.apply_async(args=['x'], countdown=5)", "seed"),
        ("from shop.tasks import fill\nfill.apply_async(kwargs={'name': 'x'})", "seed"),
    ],
)
def test_a_task_of_the_project_does_what_its_function_does(body: str, verdict: str) -> None:
    found = python(forward(body), TASKS)
    assert found.verdict in (verdict, "mixed") if verdict == "seed" else found.verdict == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("from vendor import config\nconfig.COLOUR = 'red'", "unknown"),
        ("from vendor import config\nsetattr(config, 'COLOUR', 'red')", "unknown"),
        ("from constance import config\nconfig.COLOUR = 'red'", "seed"),
        ("from constance import config\nsetattr(config, 'COLOUR', 'red')", "seed"),
        ("from django.conf import settings\nsettings.COLOUR = 'red'", "noop"),
        ("class Here:\n    pass\nhere = Here()\nsetattr(here, 'n', 'x')\nTag(name=here.n).save()", "seed"),
    ],
)
def test_setting_what_a_package_holds(body: str, verdict: str) -> None:
    assert python(forward(body)).verdict == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("Tag.objects.load_everything()", "unknown"),
        ("Tag.objects.update_search_vectors()", "one-time"),
        ("Tag.objects.all().rebuild_paths()", "one-time"),
        ("found = Tag.objects.published()", "noop"),
        ("Tag.objects.filter(name='x').publish()", "one-time"),
        ("Tag.objects.clear_cache()", "noop"),
        (
            "try:\n    Shop.objects.get(pk=1)\nexcept Shop.DoesNotExist as error:\n    error.add_note('x')",
            "noop",
        ),
        (
            "try:\n    print(1)\nexcept (KeyError, ValueError) as error:\n    error.add_note('x')\n    raise",
            "noop",
        ),
    ],
)
def test_methods_that_are_not_known(body: str, verdict: str) -> None:
    assert python(forward(body)).verdict == verdict


FACTORIES = """
    # shop/factories.py
    import elsewhere
    from factory.django import DjangoModelFactory
    class TagFactory(DjangoModelFactory):
        active = True
        def own(self):
            pass
    class Mapping(dict):
        pass
"""


@pytest.mark.parametrize(
    ("call", "verdict"),
    [
        ("TagFactory.create(active=True)", "unknown"),
        ("TagFactory(active=True)", "unknown"),
        ("TagFactory().more()", "unknown"),
        ("TagFactory.own(None)", "noop"),
        ("Mapping(a=1).update(b=2)", "noop"),
    ],
)
def test_what_a_class_inherits_from_an_unknown_package_is_not_known(call: str, verdict: str) -> None:
    code = f"from shop.factories import Mapping, TagFactory\ndef forward(apps, schema_editor):\n    {call}\n"
    assert python(code, FACTORIES).verdict == verdict

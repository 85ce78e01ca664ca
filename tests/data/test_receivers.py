"""Receivers of `post_migrate` that make rows, and migrations that Django does not load."""

from __future__ import annotations

import textwrap

import pytest

from analyzer.analysis import Analysis
from tests.data.shop import migration
from tests.projects import analysed

MODELS = """
    # shop/__init__.py
    # shop/models.py
    from django.db import models
    class Tag(models.Model):
        name = models.TextField()
"""


def shop(files: str) -> Analysis:
    return analysed(textwrap.dedent(MODELS) + textwrap.dedent(files))


@pytest.mark.parametrize(
    ("files", "name", "sender"),
    [
        (
            """
            # shop/apps.py
            from django.apps import AppConfig
            from django.db.models.signals import post_migrate
            def fill(sender, apps, **kwargs):
                apps.get_model("shop", "Tag").objects.get_or_create(name="x")
            class ShopConfig(AppConfig):
                name = "shop"
                def ready(self):
                    post_migrate.connect(fill, sender=self)
            """,
            "fill",
            "ShopConfig",
        ),
        (
            """
            # shop/apps.py
            from django.apps import AppConfig
            class ShopConfig(AppConfig):
                name = "shop"
                def ready(self):
                    from django.db.models import signals
                    from .making import fill
                    signals.post_migrate.connect(receiver=fill)
            # shop/making.py
            def fill(**kwargs):
                from shop.models import Tag
                try:
                    Tag.objects.get(name="x")
                except Tag.DoesNotExist:
                    Tag(name="x").save()
            """,
            "fill",
            "",
        ),
        (
            """
            # shop/signals.py
            from django.db.models.signals import post_migrate, pre_migrate
            from django.dispatch import receiver
            from shop.models import Tag
            @receiver([pre_migrate, post_migrate], sender=Tag)
            def fill(sender, **kwargs):
                Tag.objects.create(name="x")
            """,
            "fill",
            "Tag",
        ),
    ],
)
def test_receivers_that_make_rows(files: str, name: str, sender: str) -> None:
    (found,) = shop(files).receivers
    assert (found.name, found.sender, found.needs, found.certain) == (name, sender, ("shop.Tag",), True)
    assert [(row.target, dict(row.key)) for row in found.rows] == [("shop.Tag", {"name": "x"})]


@pytest.mark.parametrize(
    "files",
    [
        # Another signal
        """
        # shop/signals.py
        from django.db.models.signals import post_save
        from shop.models import Tag
        def fill(**kwargs):
            Tag.objects.create(name="post_migrate")
        post_save.connect(fill)
        """,
        # No rows
        """
        # shop/signals.py
        from django.db.models.signals import post_migrate
        from shop.models import Tag
        def tidy(**kwargs):
            Tag.objects.filter(name="x").delete()
        post_migrate.connect(tidy)
        """,
    ],
)
def test_others_are_left_out(files: str) -> None:
    assert shop(files).receivers == ()


def test_an_instance_that_a_manager_makes_of_its_model() -> None:
    (found,) = shop(
        """
        # shop/signals.py
        from django.db.models import Manager
        from django.db.models.signals import post_migrate
        from shop.models import Label
        def fill(**kwargs):
            Label.objects.start("x")
        post_migrate.connect(fill)
        # shop/__init__.py
        # shop/models.py
        from django.db import models
        class Starting(models.Manager):
            def start(self, name):
                self.model(name=name).save()
        class Label(models.Model):
            name = models.TextField()
            objects = Starting()
        """
    ).receivers
    assert [(row.target, dict(row.key)) for row in found.rows] == [("shop.Label", {"name": "x"})]


def test_migrations_that_django_does_not_load_are_judged_apart() -> None:
    seed = "def forward(apps, _):\n    apps.get_model('shop', 'Tag').objects.create(name='x')"
    old = migration(seed, "migrations.RunPython(forward)").replace("shop/migrations/", "shop/migrations_old/")
    new = migration("", "migrations.RunSQL('SELECT 1')")
    found = shop(f"# shop/migrations/__init__.py\n{new}{old}")
    assert [operation.verdict for operation in found.data_operations] == ["noop"]
    (aside,) = found.unloaded_operations
    assert (aside.file, aside.app, aside.verdict) == ("shop/migrations_old/0001_initial.py", "shop", "seed")
    assert not aside.in_graph
    assert {migration.file for migration in found.migrations} == {"shop/migrations/0001_initial.py"}

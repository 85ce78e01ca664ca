"""MS2xx: what relations between models make hard."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.graphs.values import Cycle

MODEL_CYCLE = Rule(
    code="MS201",
    name="model-cycle",
    severity=Severity.WARNING,
    title="Models refer to each other in a circle",
    why="None of them can be created with all its columns first: some relation has to be added afterwards, "
    "and across apps in a second migration.",
    fix="Let makemigrations split it, or make one of the relations nullable or a many-to-many.",
    bad="""
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            best = models.ForeignKey("Comment", models.SET_NULL, null=True)
        class Comment(models.Model):
            post = models.ForeignKey(Post, models.CASCADE)
    """,
    good="""
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            above = models.ForeignKey("self", models.SET_NULL, null=True)
        class Comment(models.Model):
            post = models.ForeignKey(Post, models.CASCADE)
    """,
)

APP_CYCLE = Rule(
    code="MS202",
    name="app-cycle",
    severity=Severity.WARNING,
    title="Apps refer to each other in a circle",
    why="makemigrations works on apps: such apps cannot be squashed or reset one at a time.",
    fix="Reset these apps together, or move a model to the app that it belongs to.",
    bad="""
        # shop/__init__.py
        # shop/models.py
        from django.db import models
        class Order(models.Model):
            buyer = models.ForeignKey("people.Person", models.CASCADE)
        class Coupon(models.Model):
            code = models.CharField(max_length=10)
        # people/__init__.py
        # people/models.py
        from django.db import models
        class Person(models.Model):
            name = models.CharField(max_length=10)
        class Gift(models.Model):
            coupon = models.ForeignKey("shop.Coupon", models.CASCADE)
    """,
    good="""
        # shop/__init__.py
        # shop/models.py
        from django.db import models
        class Order(models.Model):
            buyer = models.ForeignKey("people.Person", models.CASCADE)
        # people/__init__.py
        # people/models.py
        from django.db import models
        class Person(models.Model):
            name = models.CharField(max_length=10)
    """,
)


def _hits(rule: Rule, cycles: tuple[Cycle, ...]) -> Iterator[Hit]:
    for cycle in cycles:
        if not cycle.cut:
            continue
        first = cycle.cut[0]
        cut = ", ".join(f"{edge.source}.{edge.field}" for edge in cycle.cut)
        message = (
            f"{len(cycle.members)} in a circle: {', '.join(cycle.members)}; it falls apart without {cut}"
        )
        yield Hit(rule, first.file, first.line, message)


def model_cycle(facts: Facts) -> Iterator[Hit]:
    yield from _hits(MODEL_CYCLE, facts.model_cycles)


def app_cycle(facts: Facts) -> Iterator[Hit]:
    yield from _hits(APP_CYCLE, facts.app_cycles)


AUDITS = (
    (MODEL_CYCLE, model_cycle),
    (APP_CYCLE, app_cycle),
)

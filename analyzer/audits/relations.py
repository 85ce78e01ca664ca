"""MS2xx: what relations between models make hard."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.audits.words import count, listed
from analyzer.graphs.values import Cycle

SHOWN = 5
"""How many models, apps and relations a message lists."""

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


def _hits(rule: Rule, facts: Facts, cycles: tuple[Cycle, ...], what: str) -> Iterator[Hit]:
    for cycle in cycles:
        if cycle.cut:
            cut = listed([f"{edge.source}.{edge.field}" for edge in cycle.cut], SHOWN)
            said = f"{count(len(cycle.members), what)} relate to each other in a circle, "
            said += f"{listed(cycle.members, SHOWN)}; there is none without {cut}"
            yield Hit(rule, *_place(facts, cycle), said)


def _place(facts: Facts, cycle: Cycle) -> tuple[str, int]:
    """The first relation to postpone that stands in the project; else a model that has one."""
    written = [(edge.file, edge.line) for edge in cycle.cut if edge.file]
    sources = {edge.source for edge in cycle.cut}
    return (written or [(m.file, m.line) for m in facts.models if m.own and m.label in sources] or [("", 1)])[
        0
    ]


def model_cycle(facts: Facts) -> Iterator[Hit]:
    yield from _hits(MODEL_CYCLE, facts, facts.model_cycles, "model")


def app_cycle(facts: Facts) -> Iterator[Hit]:
    yield from _hits(APP_CYCLE, facts, facts.app_cycles, "app")


AUDITS = (
    (MODEL_CYCLE, model_cycle),
    (APP_CYCLE, app_cycle),
)

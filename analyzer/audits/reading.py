"""MS0xx: what could not be read or resolved.  These findings say where the others may be blind."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts

SYNTAX = Rule(
    code="MS001",
    name="syntax-not-understood",
    severity=Severity.WARNING,
    title="A file is not valid Python",
    why="What stands at that place is not part of the analysis; the rest of the file is.",
    fix="Correct the syntax, or leave the file out with --exclude if it is a template.",
    bad="""
        # blog/models.py
        from django.db import models
        class Post(models.Model:
            title = models.CharField(max_length=10)
    """,
    good="""
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            title = models.CharField(max_length=10)
    """,
)

UNREADABLE = Rule(
    code="MS002",
    name="file-not-readable",
    severity=Severity.WARNING,
    title="A file could not be read as source",
    why="Its encoding, size or permissions keep it out of the analysis, wholly or in part.",
    fix="Save it as UTF-8, split generated data off, or leave it out with --exclude.",
    bad="""
        # blog/models.py
        # -*- coding: no-such-encoding -*-
        from django.db import models
        class Post(models.Model):
            title = models.CharField(max_length=10)
    """,
    good="""
        # blog/models.py
        # -*- coding: latin-1 -*-
        from django.db import models
        class Post(models.Model):
            title = models.CharField(max_length=10)
    """,
)

UNRESOLVED = Rule(
    code="MS003",
    name="base-or-target-not-resolved",
    severity=Severity.NOTE,
    title="A base class or a relation's target is not decided by the source read",
    why="Fields, relations and levels of this model may be incomplete.",
    fix="Nothing, if the package is not part of the project; else see why the name leads nowhere.",
    bad="""
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Post(models.Model):
            author = models.ForeignKey(find_author_model(), models.CASCADE)
    """,
    good="""
        # blog/__init__.py
        # blog/models.py
        from django.db import models
        class Author(models.Model):
            name = models.CharField(max_length=10)
        class Post(models.Model):
            author = models.ForeignKey(Author, models.CASCADE)
    """,
)

UNDECIDED_MIGRATION = Rule(
    code="MS004",
    name="migration-not-decided",
    severity=Severity.NOTE,
    title="A migration computes its dependencies or operations in a way that source does not decide",
    why="The graph and everything derived from this migration's operations may be incomplete.",
    fix="Write dependencies and operations as plain lists.",
    bad="""
        # blog/__init__.py
        # blog/models.py
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration):
            operations = collect_operations()
    """,
    good="""
        # blog/__init__.py
        # blog/models.py
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration):
            operations = []
    """,
)


NOT_IMPORTED = Rule(
    code="MS005",
    name="model-module-not-imported",
    severity=Severity.NOTE,
    title="A model stands in a module that Django does not import when it starts, or not for certain",
    why="Django registers a model when its module is imported. A model that is never registered gets no "
    "table; one that only some commands load comes and goes with them.",
    fix="Import the module from the app's `models`, or remove what nobody uses.",
    bad="""
        # blog/__init__.py
        # blog/models.py
        # blog/entities.py
        from django.db import models
        class Post(models.Model):
            title = models.CharField(max_length=10)
    """,
    good="""
        # blog/__init__.py
        # blog/models.py
        from blog.entities import Post
        # blog/entities.py
        from django.db import models
        class Post(models.Model):
            title = models.CharField(max_length=10)
    """,
)


def syntax(facts: Facts) -> Iterator[Hit]:
    for path, problem in facts.problems:
        if problem.kind == "syntax":
            yield Hit(SYNTAX, path, problem.line, problem.message)


def unreadable(facts: Facts) -> Iterator[Hit]:
    for path, problem in facts.problems:
        if problem.kind != "syntax":
            yield Hit(UNREADABLE, path, problem.line, problem.message)
    for item in facts.tree.unreadable:
        yield Hit(UNREADABLE, item.path, 1, item.reason)


def unresolved(facts: Facts) -> Iterator[Hit]:
    undecided = {(m.file, m.line) for m in facts.files.unknown}
    for item in facts.unknown:
        if (item.file, item.line) not in undecided and item.file and item not in facts.not_imported:
            yield Hit(UNRESOLVED, item.file, item.line, f"{item.what}: {item.why}")


def undecided_migration(facts: Facts) -> Iterator[Hit]:
    for item in facts.files.unknown:
        yield Hit(UNDECIDED_MIGRATION, item.file, item.line, f"{item.what}: {item.why}")


def not_imported(facts: Facts) -> Iterator[Hit]:
    for item in facts.not_imported:
        yield Hit(NOT_IMPORTED, item.file, item.line, f"{item.what}: {item.why}")


AUDITS = (
    (SYNTAX, syntax),
    (UNREADABLE, unreadable),
    (UNRESOLVED, unresolved),
    (UNDECIDED_MIGRATION, undecided_migration),
    (NOT_IMPORTED, not_imported),
)

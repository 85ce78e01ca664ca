"""What the examples of several rules are made of."""

from __future__ import annotations

APP = """
        # blog/__init__.py
        # blog/models.py
"""
PACKAGE = (
    APP
    + """
        # blog/migrations/__init__.py
"""
)


def written(name: str, dependencies: str) -> str:
    return f"""
        # blog/migrations/{name}.py
        from django.db import migrations
        class Migration(migrations.Migration):
            dependencies = [{dependencies}]
            operations = []
"""


FIRST = written("0001_initial", "")
SECOND = written("0002_title", '("blog", "0001_initial")')

SHOP = """
        # shop/__init__.py
        # shop/models.py
        # shop/migrations/__init__.py
        # shop/migrations/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration): ...
"""

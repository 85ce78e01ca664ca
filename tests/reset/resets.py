"""Projects whose reset is planned, as tests look at it."""

from __future__ import annotations

from typing import Any

from analyzer.analysis import worked_out
from analyzer.options import Options
from analyzer.pipeline import Examined
from analyzer.reset.layout import ground, layout
from analyzer.reset.packages import resettable
from analyzer.reset.plan import Plan, Wishes, plan
from analyzer.reset.planned import Layout
from analyzer.sources import sources
from tests.projects import project

HEAD = """# setup.cfg
[options]
install_requires = Django=={django}
# manage.py
# settings.py
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "blog", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
{settings}
# shop/__init__.py
# shop/migrations/__init__.py
# blog/__init__.py
# blog/migrations/__init__.py
# blog/models.py
from django.db import models
from django.conf import settings
{blog}
# shop/models.py
from django.db import models
from django.conf import settings
{shop}
{more}
"""


def examined(files: str, **options: Any) -> Examined:
    with project(files) as root:
        said = Options(**{"jobs": 1, "cache": False, **options})
        return worked_out(sources(root, said), said, lambda *_: None)


def two_apps(blog: str, shop: str = "", *, django: str = "5.2", settings: str = "", more: str = "") -> str:
    """A project with the apps blog and shop, without migrations unless `more` has them."""
    return HEAD.format(blog=blog, shop=shop, django=django, settings=settings, more=more)


def predicted(blog: str, shop: str = "", **given: str) -> Layout:
    found = examined(two_apps(blog, shop, **given))
    return layout(ground(found, resettable(found)))


def told(found: Layout) -> list[str]:
    """Each file with what it needs, and its operations below it; `?` marks what is not certain."""
    lines = []
    for one in found.migrations:
        needs = ", ".join(".".join(key) for key in one.dependencies)
        lines.append(f"{'.'.join(one.key)}{'' if not one.why else '?'} needs {needs or 'nothing'}")
        lines += [f"  {operation}{'?' if operation.why else ''}" for operation in one.operations]
    return lines


def migration(path: str, *needs: tuple[str, str], operations: str = "", more: str = "") -> str:
    """A migration file as text."""
    return (
        f"# {path}.py\nfrom django.db import migrations, models\n"
        f"class Migration(migrations.Migration):\n    dependencies = {list(needs)!r}\n"
        f"    operations = [{operations}]\n{more}"
    )


def planned(files: str, **wishes: Any) -> Plan:
    return plan(examined(files), Wishes(**wishes))

"""Packages that touch no rows."""

from __future__ import annotations

from analyzer.data.sqltext import words

_QUIET = tuple(
    words(
        """logging. structlog. warnings. time. datetime. calendar. re. json. csv. yaml. uuid. copy. string.
        collections. itertools. functools. operator. math. statistics. decimal. fractions. random. secrets.
        hashlib. base64. struct. pickle. codecs. unicodedata. textwrap. html. io. os. sys. pathlib. tempfile.
        platform. locale. gettext. contextlib. typing. types. enum. dataclasses. abc. ast. inspect. traceback.
        pprint. gc. urllib. six. pytz. dateutil. zoneinfo. tqdm. slugify. unidecode. markdown. bleach. bs4.
        lxml. mptt. simplejson. ujson. psycopg. psycopg2. django.utils. django.db. django.conf. django.apps.
        django.test. django.db.models. django.core.exceptions. django.core.validators. django.core.management.
        django.core.paginator. django.core.files. django.core.serializers. django.contrib.postgres.
        __future__."""
    )
)
"""Beginnings of paths whose functions touch no rows."""


def is_quiet(path: str) -> bool:
    """Whether functions of this path, or methods of what it makes, touch no rows."""
    return path.startswith(_QUIET)

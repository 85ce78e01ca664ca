"""What real Django's `deconstruct` says of the fields of a models module, as JSON.

usage: python deconstructed.py FOLDER   (holds the package `shop` with `models.py`)

Runs as a subprocess of a test.  The JSON of a value: plain values as they are, `["list", …]` and its
like, `{"name": path}` for functions and classes, `{"call": path, "args": …, "kwargs": …}` for objects.
"""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import json
import re
import sys
from typing import Any


def main(arguments: list[str]) -> int:
    sys.path.insert(0, arguments[0])
    sys.dont_write_bytecode = True

    import django
    from django.conf import settings

    apps = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
    settings.configure(
        INSTALLED_APPS=apps, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_I18N=False
    )
    django.setup()
    from django.apps import apps as registry

    answer = {
        model.__name__: {
            field.name: written(field.clone())
            for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
            if not field.auto_created
        }
        for model in registry.get_app_config("shop").get_models()
    }
    sys.stdout.write(json.dumps(answer, indent=1))
    return 0


def written(field: Any) -> Any:
    _, path, args, kwargs = field.deconstruct()
    return {"path": path, "kwargs": {key: form(value) for key, value in kwargs.items()}, "args": form(args)}


def form(value: Any) -> Any:
    from django.utils.functional import Promise

    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, (list, tuple, set)):
        return [type(value).__name__, *map(form, value)]
    if isinstance(value, dict):
        return {"dict": [[form(key), form(item)] for key, item in value.items()]}
    if isinstance(value, type):
        return {"name": f"{value.__module__}.{value.__qualname__}"}
    built = call_of(value)
    if built is not None:
        return called(*built)
    if callable(value):
        owner = getattr(value, "__self__", None)
        home = owner if isinstance(owner, type) else value
        return {"name": f"{home.__module__}.{value.__qualname__}"}
    if isinstance(value, decimal.Decimal):
        return int(value) if value == int(value) else float(value)
    return value.value if hasattr(value, "label") else value


def call_of(value: Any) -> tuple[str, Any, Any] | None:
    """(class path, arguments, keywords) of an object; None for what is none or stands for itself."""
    from django.db.models import Field, Q

    match value:
        case Q():
            joined = {"_connector": value.connector, "_negated": value.negated}
            return "django.db.models.Q", value.children, joined
        case Field():
            return value.deconstruct()[1:]  # type: ignore[no-any-return]
        case functools.partial():
            return "functools.partial", (value.func, *value.args), value.keywords
        case re.Pattern():
            return "re.compile", (value.pattern, value.flags), {}
        case dt.timedelta():
            return "datetime.timedelta", (round(value.total_seconds() * 1_000_000),), {}
        case dt.time():
            parts = {name: getattr(value, name) for name in ("hour", "minute", "second", "microsecond")}
            return "datetime.time", (), {name: part for name, part in parts.items() if part}
        case _:
            return value.deconstruct() if hasattr(value, "deconstruct") else None


def called(path: str, args: Any, kwargs: Any) -> Any:
    return {
        "call": path,
        "args": [form(arg) for arg in args],
        "kwargs": {key: form(value) for key, value in sorted(kwargs.items())},
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

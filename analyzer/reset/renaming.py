"""A script that gives the files of `makemigrations` their names, and the `replaces` that they stand for.

It needs nothing but Python, looks at everything before it changes anything, and is run once.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset.pointing import literal


class Renaming(Struct, frozen=True):
    """A file that `makemigrations` wrote and what becomes of it.

    `replaces` are the old migrations that it stands for.  `guarded` gets a first operation that stops on
    a database that has not all columns of the models that are there before.  Where `source` is empty the
    file is made, without operations, after `parent`.
    """

    app: str
    name: str
    target: str
    replaces: tuple[str, ...] = ()
    guarded: bool = False
    source: str = ""
    parent: str = ""


def script(renamings: Iterable[Renaming], names: dict[Key, str]) -> str:
    """The text of the script; `names` are the new names by those that `makemigrations` gives."""
    files = [
        {
            "source": one.source,
            "target": one.target,
            "app": one.app,
            "replaces": list(one.replaces),
            "guarded": one.guarded,
            "parent": one.parent,
        }
        for one in renamings
    ]
    listed = [[app, old, new] for (app, old), new in sorted(names.items())]
    return _SCRIPT.replace("@FILES@", literal(files)).replace("@NAMES@", literal(listed))


def finish(targets: Iterable[str]) -> str:
    """A script that takes `replaces`, and the guards, out of files again."""
    return _FINISH.replace("@FILES@", literal(list(targets)))


_SCRIPT = """\
\"\"\"Gives the migrations that makemigrations wrote their new names. Made by migscan.

Run once, at the root of the project, after `makemigrations`:  python THIS [--look]
With --look nothing is changed.
\"\"\"

import json
import pathlib
import re
import sys

FILES = json.loads('''@FILES@''')
NAMES = json.loads('''@NAMES@''')

GUARD = '''
def is_up_to_date(apps, schema_editor):
    # A database that stopped between two of these migrations lacks columns: better told than skipped.
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_app_config(APP).get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy or model._meta.swapped:
                continue
            table = model._meta.db_table
            found = set()
            if table in tables:
                described = connection.introspection.get_table_description(cursor, table)
                found = {column.name.lower() for column in described}
            wanted = {field.column.lower() for field in model._meta.local_fields if field.column}
            if not wanted <= found:
                missing = ", ".join(sorted(wanted - found))
                raise RuntimeError(f"{table} has no {missing}: apply the old migrations of {APP} first")


'''

EMPTY = '''from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [(APP, PARENT)]

    operations = [
    ]
'''


def renamed(text):
    for app, old, new in NAMES:
        pair = r"\\(\\s*(['\\"])%s\\1\\s*,\\s*(['\\"])%s\\2\\s*,?\\s*\\)" % (re.escape(app), re.escape(old))
        text = re.sub(pair, lambda _: "(%s, %s)" % (json.dumps(app), json.dumps(new)), text)
    return text


def completed(text, one):
    if one["replaces"]:
        app = json.dumps(one["app"])
        pairs = "".join("        (%s, %s),\\n" % (app, json.dumps(name)) for name in one["replaces"])
        before = "    replaces = [\\n%s    ]\\n\\n" % pairs
        text = once(text, "    dependencies = [", before + "    dependencies = [")
    if one["guarded"]:
        guard = GUARD.replace("APP", json.dumps(one["app"]), 1).replace("{APP}", one["app"])
        text = once(text, "class Migration(", guard.lstrip() + "class Migration(")
        call = "        migrations.RunPython(is_up_to_date, migrations.RunPython.noop),\\n"
        text = once(text, "    operations = [\\n", "    operations = [\\n" + call)
    return text


def once(text, old, new):
    if text.count(old) != 1:
        sys.exit("expected one %r in a migration, found %d: nothing was changed" % (old, text.count(old)))
    return text.replace(old, new)


def main():
    for one in FILES:
        if one["source"] and not pathlib.Path(one["source"]).is_file():
            sys.exit("%s is not there: run makemigrations first, at the project's root" % one["source"])
        if pathlib.Path(one["target"]).exists():
            sys.exit("%s is there already: nothing was changed" % one["target"])
    texts = []
    for one in FILES:
        if one["source"]:
            text = pathlib.Path(one["source"]).read_text(encoding="utf-8")
        else:
            text = EMPTY.replace("APP", json.dumps(one["app"])).replace("PARENT", json.dumps(one["parent"]))
        texts.append(completed(renamed(text), one))
    if "--look" in sys.argv[1:]:
        print("\\n".join("%s -> %s" % (one["source"] or "(new)", one["target"]) for one in FILES))
        return
    for one, text in zip(FILES, texts):
        pathlib.Path(one["target"]).write_text(text, encoding="utf-8")
    for one in FILES:
        if one["source"]:
            pathlib.Path(one["source"]).unlink()


if __name__ == "__main__":
    main()
"""

_FINISH = """\
\"\"\"Takes `replaces` out of the new migrations, once every database has recorded them. Made by migscan.

Run once, at the root of the project:  python THIS
\"\"\"

import ast
import json
import pathlib
import sys

FILES = json.loads('''@FILES@''')


def without(text):
    tree = ast.parse(text)
    gone = set()
    for node in ast.walk(tree):
        named = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "replaces"
        guard = isinstance(node, ast.FunctionDef) and node.name == "is_up_to_date"
        call = isinstance(node, ast.Call) and node.args and getattr(node.args[0], "id", "") == "is_up_to_date"
        if named or guard or call:
            gone |= set(range(node.lineno, node.end_lineno + 1))
    lines = text.splitlines(keepends=True)
    return "".join(line for number, line in enumerate(lines, 1) if number not in gone)


def main():
    missing = [path for path in FILES if not pathlib.Path(path).is_file()]
    if missing:
        sys.exit("not there: %s; nothing was changed" % ", ".join(missing))
    texts = [without(pathlib.Path(path).read_text(encoding="utf-8")) for path in FILES]
    for path, text in zip(FILES, texts):
        ast.parse(text)
        pathlib.Path(path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
"""

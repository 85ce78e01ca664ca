"""A script that gives the files of `makemigrations` their names, and the `replaces` that they stand for.

It needs nothing but Python, looks at everything before it changes anything, and is run once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from analyzer.history.values import Key
from analyzer.reset.pointing import literal


class Renaming(Struct, frozen=True):
    """A file that `makemigrations` wrote and what becomes of it.

    `replaces` are the old migrations that it stands for.  Where there is a new one before it in its app,
    which replaces `earlier`, the `anchor` first of all, it gets a first operation that stops on a database
    on which that one did not run.  Where it takes over the name of an empty one, `old` are the migrations
    of its app that are gone: it stops where one of them is recorded, since the empty one was missed there.
    Where `source` is empty the file is made, without operations, after `parents`.
    """

    app: str
    name: str
    target: str
    replaces: tuple[str, ...] = ()
    anchor: str = ""
    earlier: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    source: str = ""
    parents: tuple[str, ...] = ()


def script(renamings: Iterable[Renaming], names: Mapping[Key, tuple[str, ...]]) -> str:
    """The text of the script; `names` are the ones to depend on, by that which `makemigrations` gives."""
    files = [
        {
            "source": one.source,
            "target": one.target,
            "app": one.app,
            "replaces": list(one.replaces),
            "anchor": one.anchor,
            "earlier": list(one.earlier),
            "old": list(one.old),
            "parents": list(one.parents),
        }
        for one in renamings
    ]
    listed = [[app, old, list(new)] for (app, old), new in sorted(names.items())]
    return _filled(_SCRIPT, files, listed)


def finish(renamings: Iterable[Renaming], names: Mapping[Key, str]) -> str:
    """A script that takes `replaces` and the guards out of files again, or with `old` puts the last one in.

    `names` are new ones by old ones.
    """
    files = [{"target": one.target, "app": one.app, "old": list(one.old)} for one in renamings]
    return _filled(_FINISH, files, [[app, old, [new]] for (app, old), new in sorted(names.items())])


def _filled(script: str, files: Sequence[object], names: Sequence[object]) -> str:
    text = script.replace("@SHARED@", _SHARED)
    return text.replace("@FILES@", literal(files)).replace("@NAMES@", literal(names))


_SHARED = """\
FILES = json.loads('''@FILES@''')
NAMES = json.loads('''@NAMES@''')
PAIR = re.compile(r"\\(\\s*(['\\"])([^'\\"]+)\\1\\s*,\\s*(['\\"])([^'\\"]+)\\3\\s*,?\\s*\\)")
KNOWN = {(app, old): new for app, old, new in NAMES}


def renamed(text):
    def said(found):
        app = found.group(2)
        new = KNOWN.get((app, found.group(4)))
        pairs = ["(%s, %s)" % (json.dumps(app), json.dumps(name)) for name in new or ()]
        return ", ".join(pairs) if new is not None else found.group()

    return PAIR.sub(said, text)


FULL = '''
def is_up_to_date(apps, schema_editor):
    # Where the release before ran, this migration is recorded. Where it was missed, tables may be there under
    # names that they no longer have, and what comes now would leave their rows behind: better told.
    rows = MigrationRecorder(schema_editor.connection).migration_qs.filter(app=APP, name__in=OLD)
    if rows.exists():
        lags = "%s: this database lags behind. Deploy the release before, and migrate first" % APP
        raise RuntimeError(lags)


'''


def guarded(text, one, names, guard):
    constants = "".join("%s = %s\\n" % (name.upper(), json.dumps(one[name])) for name in names)
    head = "from django.db.migrations.recorder import MigrationRecorder\\n\\n" + constants
    lines = text.splitlines(keepends=True)
    classes = [node for node in ast.parse(text).body if getattr(node, "name", "") == "Migration"]
    found = [node for one in classes for node in one.body if called(node) == "operations"]
    if len(found) != 1 or not isinstance(found[0].value, ast.List):
        sys.exit("expected one list of operations in %s: nothing was changed" % one["target"])
    place = found[0].value
    line = lines[place.lineno - 1]
    call = "\\n        migrations.RunPython(is_up_to_date, migrations.RunPython.noop),"
    before, after = line[: place.col_offset + 1], line[place.col_offset + 1 :]
    lines[place.lineno - 1] = before + call + ("\\n    " if after.strip() else "") + after
    lines.insert(classes[0].lineno - 1, head + guard)
    return "".join(lines)


def called(node):
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", "")
    return node.names[0].name if isinstance(node, ast.ImportFrom) else getattr(node, "name", "")


def once(text, old, new):
    if text.count(old) != 1:
        sys.exit("expected one %r in a migration, found %d: nothing was changed" % (old, text.count(old)))
    return text.replace(old, new)
"""

_SCRIPT = """\
\"\"\"Gives the migrations that makemigrations wrote their new names. Made by migscan.

Run once, at the root of the project, after `makemigrations`:  python THIS [--look]
With --look nothing is changed.
\"\"\"

import ast
import json
import pathlib
import re
import sys

@SHARED@

GUARD = '''
def is_up_to_date(apps, schema_editor):
    # Only where the new migration before this one ran here. A database that got no further than what that
    # replaces needs old migrations, which are passed over here: better told than skipped.
    # The new one records ANCHOR before the others that it replaces, old migrations one by one after them.
    connection = schema_editor.connection
    lags = "%s: this database lags behind. Restore it, deploy the release before, and migrate first" % APP
    recorder = MigrationRecorder(connection)
    rows = {row.name: row.applied for row in recorder.migration_qs.filter(app=APP)}
    if ANCHOR not in rows or any(rows[name] < rows[ANCHOR] for name in EARLIER if name in rows):
        raise RuntimeError(lags)
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
                raise RuntimeError("%s (%s has no %s)" % (lags, table, missing))


'''

EMPTY = '''from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [PARENTS]

    operations = [
    ]
'''


def completed(text, one):
    if one["replaces"]:
        app = json.dumps(one["app"])
        pairs = "".join("        (%s, %s),\\n" % (app, json.dumps(name)) for name in one["replaces"])
        before = "    replaces = [\\n%s    ]\\n\\n" % pairs
        text = once(text, "    dependencies = [", before + "    dependencies = [")
    if one["anchor"]:
        text = guarded(text, one, ("app", "anchor", "earlier"), GUARD)
    elif one["old"]:
        text = guarded(text, one, ("app", "old"), FULL)
    return text


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
            pairs = ["(%s, %s)" % (json.dumps(one["app"]), json.dumps(name)) for name in one["parents"]]
            text = EMPTY.replace("PARENTS", ", ".join(pairs))
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
\"\"\"Takes `replaces` and the guards out of the new migrations again. Made by migscan.

Run once, when every database has recorded them, at the root of the project:  python THIS
\"\"\"

import ast
import json
import pathlib
import re
import sys

@SHARED@

GUARDS = ("is_up_to_date", "APP", "ANCHOR", "EARLIER", "OLD", "MigrationRecorder")


def without(text):
    module = ast.parse(text).body
    guarded = any(isinstance(node, ast.FunctionDef) and node.name == GUARDS[0] for node in module)
    gone = [node for node in module if guarded and called(node) in GUARDS]
    for migration in module:
        if isinstance(migration, ast.ClassDef) and migration.name == "Migration":
            gone += [node for node in migration.body if called(node) == "replaces"]
            calls = [node for node in ast.walk(migration) if isinstance(node, ast.Call) and node.args]
            gone += [node for node in calls if guarded and getattr(node.args[0], "id", "") == GUARDS[0]]
    gone = {number for node in gone for number in range(node.lineno, node.end_lineno + 1)}
    lines = text.splitlines(keepends=True)
    return "".join(line for number, line in enumerate(lines, 1) if number not in gone)


def finished(text, one):
    text = renamed(without(text))
    return guarded(text, one, ("app", "old"), FULL) if one["old"] else text


def main():
    missing = [one["target"] for one in FILES if not pathlib.Path(one["target"]).is_file()]
    if missing:
        sys.exit("not there: %s; nothing was changed" % ", ".join(missing))
    texts = [finished(pathlib.Path(one["target"]).read_text(encoding="utf-8"), one) for one in FILES]
    for one, text in zip(FILES, texts):
        ast.parse(text)
        pathlib.Path(one["target"]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
"""

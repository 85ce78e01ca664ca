"""The artefacts of each procedure: files to copy, lists of files, scripts and SQL."""

from __future__ import annotations

import shlex

from msgspec.structs import replace

from analyzer.history.values import Key
from analyzer.reset.bonds import Group
from analyzer.reset.guarded_sql import TABLE, scripts
from analyzer.reset.placeholders import empty_migration
from analyzer.reset.plan import Plan
from analyzer.reset.pointing import pointing
from analyzer.reset.renaming import Renaming, finish, script

RESERVED = "Holds the place of a regenerated migration; see the plan of the reset."
ANCHOR = "Holds a place for a migration that will replace it; see the plan of the reset."
PRUNES: tuple[int, int] = (4, 1)
"""Since this version `migrate --prune` deletes rows of migrations that are gone."""


def artefacts(plan: Plan) -> dict[str, str]:
    """The files of the procedure that the plan goes by; none where it cannot be carried out."""
    if not plan.feasible:
        return {}
    match plan.procedure:
        case "placeholder":
            return _placeholder(plan) | _pointing(plan)
        case "replaces":
            return _replaces(plan) | _pointing(plan)
        case "sql":
            return _sql(plan) | _pointing(plan)
        case "squash":
            return _squash(plan)


def _pointing(plan: Plan) -> dict[str, str]:
    """The script for migrations that stay and name some that go; none where there are none."""
    found: dict[str, list[tuple[Key, str]]] = {}
    for one in plan.inbound:
        if not one.package:
            found.setdefault(one.file, []).append((one.parent, last_name(plan, one.parent[0])))
    return {f"{plan.procedure}/point.py": pointing(found)} if found else {}


def last_name(plan: Plan, app: str) -> str:
    """What the last new migration of an app is called in the end."""
    match plan.procedure:
        case "placeholder":
            return [one.name for one in plan.placeholders if one.app == app][-1]
        case "replaces":
            return max(name for (label, _), name in plan.remade.items() if label == app)
        case _:
            return max(name for label, name in plan.rows.new if label == app)


def _lines(paths: tuple[str, ...] | list[str]) -> str:
    return "".join(f"{path}\n" for path in paths)


# ---------------------------------------------------------------- placeholder


def _placeholder(plan: Plan) -> dict[str, str]:
    files = {
        f"placeholder/release-n/{one.path}": empty_migration(RESERVED, one.parents)
        for one in plan.placeholders
    }
    files["placeholder/delete.txt"] = _lines(sorted({*plan.delete, *(one.path for one in plan.placeholders)}))
    predicted = {migration.key for migration in plan.layout.migrations}
    renamed = [one for one in plan.placeholders if (one.app, one.stands_for) in predicted]
    old = _old(plan)
    renamings = [
        Renaming(
            one.app, one.name, one.path, old=old[one.app], source=source(plan, (one.app, one.stands_for))
        )
        for one in renamed
    ]
    names = {(one.app, one.stands_for): (one.name,) for one in renamed}
    files["placeholder/new_names.py"] = script(renamings, names)
    files["placeholder/clean_up.py"] = _without_guards(renamings)
    return files | _prune(plan, "placeholder")


def source(plan: Plan, key: Key) -> str:
    """Where `makemigrations` writes a file."""
    return f"{plan.packages[key[0]].folder}/{key[1]}.py"


def _prune(plan: Plan, folder: str) -> dict[str, str]:
    """What `migrate --prune` does, for versions of Django that have no such option, and where it refuses."""
    lines = ["-- Once every database runs the last release. Any dialect.\n"]
    for app, old in _old(plan).items():
        names = ", ".join(map(_sql_text, old))
        lines += (
            [f"DELETE FROM {TABLE} WHERE app = {_sql_text(app)} AND name IN ({names});\n"] if names else []
        )
    return {f"{folder}/prune.sql": "".join(lines)}


def _old(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The names that go, by app; those that packages depend on live on."""
    named = {one.parent for one in plan.inbound if one.package}
    rows = {*plan.rows.required, *plan.rows.allowed, *plan.anchors} - named
    return {app: tuple(sorted(name for label, name in rows if label == app)) for app in plan.apps}


def _without_guards(renamings: list[Renaming]) -> str:
    return finish((replace(one, old=()) for one in renamings), {})


def _sql_text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


# ---------------------------------------------------------------- replaces


def _replaces(plan: Plan) -> dict[str, str]:
    files = {
        f"replaces/release-0/{plan.packages[app].folder}/{name}.py": empty_migration(ANCHOR, parents)
        for (app, name), parents in plan.partition.anchored.parents.items()
    }
    renamings = _renamings(plan)
    anchored = plan.partition.anchored
    old = [f"{plan.packages[app].folder}/{name}.py" for app, name in plan.anchors]
    files["replaces/delete.txt"] = _lines(sorted([*plan.delete, *old]))
    rests = set(plan.partition.rests)
    known_as = {
        key: tuple(last for _, last in anchored.lasts.get(key, ((key[0], name),)))
        for key, name in plan.remade.items()
    }
    files["replaces/new_names.py"] = script(
        renamings, {key: names for key, names in known_as.items() if key not in rests}
    )
    back = {(key[0], old): plan.remade[key] for key, names in known_as.items() for old in names}
    old_ones = _old(plan)
    files["replaces/finish.py"] = finish(
        (replace(one, old=old_ones[one.app]) for one in renamings),
        {old: new for old, new in back.items() if old[1] != new},
    )
    files["replaces/clean_up.py"] = _without_guards(renamings)
    return files | _prune(plan, "replaces")


def _renamings(plan: Plan) -> list[Renaming]:
    """What becomes of each file, app by app in the order of their parts."""
    rests = set(plan.partition.rests)
    lasts = plan.partition.anchored.lasts
    out: list[Renaming] = []
    before: dict[str, Group] = {}
    for group in plan.partition.groups:
        app, name = group.new[0], plan.remade[group.new]
        previous = before.get(app)
        anchor, *earlier = [replaced for _, replaced in previous.replaces] if previous is not None else [""]
        out.append(
            Renaming(
                app,
                name,
                f"{plan.packages[app].folder}/{name}.py",
                tuple(replaced for _, replaced in group.replaces),
                anchor=anchor,
                earlier=tuple(earlier),
                source="" if group.new in rests else source(plan, group.new),
                parents=tuple(last for _, last in lasts[previous.new]) if previous is not None else (),
            )
        )
        before[app] = group
    return out


# ---------------------------------------------------------------- SQL and squash


def _sql(plan: Plan) -> dict[str, str]:
    files = {"sql/delete.txt": _lines(plan.delete)}
    for dialect in plan.dialects:
        files |= {f"sql/{name}": text for name, text in scripts(plan.rows, dialect).items()}
    return files


def _squash(plan: Plan) -> dict[str, str]:
    calls = "".join(f"{command}\n" for command in squash_commands(plan))
    head = "#!/bin/sh\n# Run at the root of the project, one call after the other.\nset -e\n"
    return {"squash/squash.sh": head + calls}


def squash_commands(plan: Plan) -> list[str]:
    """The calls of `squashmigrations`, safe for a shell."""
    return [
        shlex.join(["python", plan.manage, "squashmigrations", "--noinput", one.app, one.first, one.last])
        for one in plan.squashes
    ]

"""What real Django says about a project, as JSON: the truth that migscan's own reading is tested against.

usage: python django_facts.py PROJECT_DIR SETTINGS_MODULE

Boots the project in this process, so it runs as a subprocess of a test and never inside `analyzer`.
Needs no database: the migrations are loaded from files alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Edges = Mapping[str, frozenset[str]]
Written = tuple[str, str, str | None]
"""An operation: its class, the model in lower case, and the field where it is about one."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write(str(__doc__))
        return 2
    project, settings_module = Path(arguments[0]).resolve(), arguments[1]
    with contextlib.redirect_stdout(sys.stderr):  # whatever the project prints is not ours
        boot(project, settings_module)
        answer = json.dumps(facts(project), indent=1, sort_keys=True)
    sys.stdout.write(answer + "\n")
    return 0


def boot(project: Path, settings_module: str) -> None:
    os.chdir(project)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(project))
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module

    import django

    django.setup()


def facts(project: Path) -> Json:
    own_apps = apps_in_tree(project)
    return {**schema_facts(project), **migration_facts(own_apps)}


def schema_facts(project: Path) -> Json:
    """Apps, models, levels and cycles: all that does not need the migrations."""
    import django

    own_apps = apps_in_tree(project)
    models = registered_models()
    own_models = [model for model in models if model._meta.app_label in own_apps]
    edges = relation_edges(models)
    return {
        "django_version": django.get_version(),
        "apps": app_facts(own_apps),
        "models": [model_facts(model, own_apps) for model in models],
        "levels": model_levels(models, edges),
        "levels_own": model_levels(own_models, relation_edges(own_models)),
        "cycles": sorted({members for members in components(edges).values() if len(members) > 1}),
        "cycles_own": sorted(
            {members for members in components(relation_edges(own_models)).values() if len(members) > 1}
        ),
    }


# ---------------------------------------------------------------- apps and models


def apps_in_tree(project: Path) -> frozenset[str]:
    from django.apps import apps

    return frozenset(
        config.label
        for config in apps.get_app_configs()
        if (path := Path(config.path).resolve()).is_relative_to(project) and "site-packages" not in path.parts
    )


def app_facts(own_apps: frozenset[str]) -> list[Json]:
    from django.apps import apps

    return [
        {"label": config.label, "name": config.name, "in_tree": config.label in own_apps}
        for config in sorted(apps.get_app_configs(), key=lambda config: str(config.label))
    ]


def registered_models() -> list[Any]:
    """Every model in use: no swapped ones, none that Django makes for a many-to-many field."""
    from django.apps import apps

    return sorted(apps.get_models(), key=lambda model: str(model._meta.label))


def model_facts(model: Any, own_apps: frozenset[str]) -> Json:
    meta = model._meta
    fields = sorted(
        [*meta.local_fields, *meta.local_many_to_many, *meta.private_fields], key=lambda f: str(f.name)
    )
    return {
        "label": meta.label,
        "in_tree": meta.app_label in own_apps,
        "module": model.__module__,
        "qualname": model.__qualname__,
        "abstract_ancestors": abstract_ancestors(model),
        "proxy": meta.proxy,
        "managed": meta.managed,
        "swappable": meta.swappable,
        "db_table": meta.db_table,
        "parents": sorted(parent._meta.label for parent in meta.parents),
        "fields": [field_facts(field) for field in fields if field.model is model],
    }


def abstract_ancestors(model: Any) -> list[str]:
    """Dotted names in method resolution order."""
    return [
        f"{base.__module__}.{base.__qualname__}"
        for base in model.__mro__[1:]
        if "_meta" in vars(base) and base._meta.abstract
    ]


def field_facts(field: Any) -> Json:
    kind = field_kind(field)
    remote = getattr(field, "remote_field", None)
    on_delete = getattr(remote, "on_delete", None)
    return {
        "name": field.name,
        "class": type(field).__name__,
        "null": bool(getattr(field, "null", False)),
        "kind": kind,
        "target": target_label(field),
        "through": through_label(remote) if kind == "M2M" else None,
        "parent_link": bool(getattr(remote, "parent_link", False)),
        "on_delete": getattr(on_delete, "__name__", None),
    }


def field_kind(field: Any) -> str | None:
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
    from django.db.models import ForeignKey, ManyToManyField, OneToOneField

    kinds = (
        (GenericForeignKey, "GFK"),
        (GenericRelation, "GenericRelation"),
        (OneToOneField, "O2O"),
        (ForeignKey, "FK"),
        (ManyToManyField, "M2M"),
    )
    return next((kind for field_class, kind in kinds if isinstance(field, field_class)), None)


def target_label(field: Any) -> str | None:
    related = getattr(field, "related_model", None)
    return None if related is None else str(related._meta.label)


def through_label(remote: Any) -> str | None:
    """The model between the two, when somebody wrote it."""
    return None if remote.through._meta.auto_created else str(remote.through._meta.label)


# ---------------------------------------------------------------- levels and cycles


def relation_edges(models: Iterable[Any]) -> dict[str, frozenset[str]]:
    """What each of these models points to but itself; generic relations aside, proxies are concrete."""
    edges: dict[str, set[str]] = {str(model._meta.label): set() for model in models if not model._meta.proxy}
    for model in models:
        source = concrete_label(model)
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if field_kind(field) in ("FK", "O2O", "M2M") and concrete_label(field.related_model) != source:
                edges[source].add(concrete_label(field.related_model))
    return {source: frozenset(targets & edges.keys()) for source, targets in edges.items()}


def concrete_label(model: Any) -> str:
    return str(model._meta.concrete_model._meta.label)


def components(edges: Edges) -> dict[str, tuple[str, ...]]:
    """Each model's cycle (everything that it reaches and that reaches it), or itself alone."""
    reach = {model: reachable(model, edges) for model in edges}
    return {
        model: tuple(sorted({model, *(other for other in reach[model] if model in reach[other])}))
        for model in edges
    }


def reachable(start: str, edges: Edges) -> frozenset[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        fresh = edges[todo.pop()] - seen
        seen |= fresh
        todo.extend(fresh)
    return frozenset(seen)


def model_levels(models: Iterable[Any], edges: Edges) -> dict[str, int]:
    """0 without targets, else one more than the highest target's; the members of a cycle share one."""
    models = list(models)
    # A proxy of a model that is not among these stands for itself, with nothing below it.
    edges = {**{node_label(model, edges): frozenset() for model in models}, **edges}
    component = components(edges)
    level: dict[tuple[str, ...], int] = {}
    waiting = set(component.values())
    while waiting:
        for members in sorted(waiting):
            targets = {component[target] for member in members for target in edges[member]} - {members}
            if targets <= level.keys():
                level[members] = 1 + max((level[target] for target in targets), default=-1)
        waiting -= level.keys()
    return {str(model._meta.label): level[component[node_label(model, edges)]] for model in models}


def node_label(model: Any, edges: Edges) -> str:
    concrete = concrete_label(model)
    return concrete if concrete in edges else str(model._meta.label)


# ---------------------------------------------------------------- migrations


def migration_facts(own_apps: frozenset[str]) -> Json:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    return {
        "migrations": [one_migration(key, loader, own_apps) for key in sorted(loader.disk_migrations)],
        "leaf_nodes": sorted(map(list, loader.graph.leaf_nodes())),
        "drift": drift(loader),
    }


def one_migration(key: tuple[str, str], loader: Any, own_apps: frozenset[str]) -> Json:
    migration = loader.disk_migrations[key]
    in_graph = key in loader.graph.nodes
    return {
        "app": key[0],
        "name": key[1],
        "in_tree": key[0] in own_apps,
        "in_graph": in_graph,
        "dependencies": sorted({resolved(parent, key, loader) for parent in migration.dependencies} - {None}),
        "graph_parents": sorted(parent.key for parent in loader.graph.node_map[key].parents)
        if in_graph
        else None,
        "run_before": sorted(map(list, migration.run_before)),
        "replaces": sorted(map(list, migration.replaces)),
        "operations": [type(operation).__name__ for operation in migration.operations],
    }


def resolved(dependency: tuple[str, str], key: tuple[str, str], loader: Any) -> tuple[str, str] | None:
    """The migration behind `__first__`, `__latest__` or a setting; None for an app without migrations."""
    app, name = loader.check_key(dependency, key[0]) or dependency
    return None if name in ("__first__", "__latest__") else (app, name)


def drift(loader: Any) -> dict[str, list[Written]]:
    """What `makemigrations` would still write, by app: the project's own command, where it has one."""
    from django.apps import apps
    from django.core.management import get_commands
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
    from django.db.migrations.state import ProjectState
    from django.utils.translation import deactivate_all

    deactivate_all()
    if get_commands()["makemigrations"] != "django.core":
        found = by_command()
    else:
        questioner = NonInteractiveMigrationQuestioner(specified_apps=frozenset(), dry_run=True)
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps), questioner)
        found = detector.changes(graph=loader.graph)
    return {
        app: [written(operation) for migration in migrations for operation in migration.operations]
        for app, migrations in sorted(found.items())
    }


def by_command() -> dict[str, list[Any]]:
    """The migrations that the project's own `makemigrations` detects, none of them written."""
    from django.core.management import call_command
    from django.db.migrations.autodetector import MigrationAutodetector

    found: dict[str, list[Any]] = {}
    usual = MigrationAutodetector.changes

    def changes(self: Any, *args: Any, **kwargs: Any) -> dict[str, list[Any]]:
        found.update(usual(self, *args, **kwargs))
        return {}

    MigrationAutodetector.changes = changes
    call_command("makemigrations", dry_run=True, interactive=False, verbosity=0, skip_checks=True)
    MigrationAutodetector.changes = usual
    return found


def written(operation: Any) -> Written:
    kind, model = type(operation).__name__, getattr(operation, "model_name", None)
    name = operation.name if model is not None and kind.endswith("Field") else None
    return kind, str(model or operation.name).lower(), name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Facts about a project in one form, whoever says them: Django, migscan or a reader of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

EDGES = ("FK", "O2O", "M2M")
"""Kinds of relations that are columns or tables; generic ones and tags are neither."""

Operation = tuple[str, str, str, str | None]
"""App, class of an operation, model, field."""

Facts = dict[str, set[Any]]
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One metric of one project: what only Django has, and what only migscan has.

    `listed` counts the differences beside these whose subject migscan lists as unknown.
    """

    metric: str
    truth: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    listed: int = 0

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.extra)


def differences(wanted: Facts, found: Facts, unknown: Collection[str]) -> Iterator[Difference]:
    """What only one side has; apart from that what migscan itself lists as unknown.

    A model's level is no better known than its relations, and those of the models below it.
    """
    shaky = _above({what.rpartition(".")[0] for what in unknown}, found.get("relations", set()))
    for metric, facts in wanted.items():
        other = found.get(metric, set())
        listed = {*unknown, *shaky} if metric == "levels" else set(unknown)
        said = {fact for fact in facts ^ other if _subjects(fact) & listed}
        missing, extra = (sorted(map(_shown, side - said)) for side in (facts - other, other - facts))
        yield Difference(metric, len(facts), tuple(missing), tuple(extra), len(said))


def _above(models: Collection[str], relations: Collection[Any]) -> set[str]:
    """These models and all that relations lead from to them."""
    found: set[str] = set()
    todo = set(models)
    while todo:
        found |= todo
        todo = {fact[0] for fact in relations if len(fact) > 3 and fact[3] in todo} - found
    return found


def _subjects(fact: Any) -> set[str]:
    """What a fact is about, as migscan's list of unknown things calls it: model, field or migration."""
    words = [fact] if isinstance(fact, str) else [str(word) for word in fact]
    return {words[0], ".".join(words[:2])}


def _shown(fact: Any) -> str:
    return " ".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)


def django_says(truth: Json) -> Facts:
    """Django's facts about the project's own apps, metric by metric."""
    models = [model for model in truth["models"] if model["in_tree"]]
    fields = [(model["label"], field) for model in models for field in model["fields"]]
    migrations = [migration for migration in truth["migrations"] if migration["in_tree"]]
    own = {app["label"] for app in truth["apps"] if app["in_tree"]}
    return {
        **_models(models),
        "apps": {(app["label"], app["name"]) for app in truth["apps"] if app["in_tree"]},
        "fields": {
            (label, f["name"], f["class"], f["null"], f["target"] if f["kind"] else None)
            for label, f in fields
            if f["kind"] in EDGES or (f["kind"] is None and f["target"] is None)
        },
        "relations": {
            (label, *_edge(f, f["name"])) for label, f in fields if f["kind"] in EDGES
        } | {(label, f["name"], "GFK") for label, f in fields if f["kind"] == "GFK"},
        "levels": {
            (model["label"], truth["levels_own"][model["label"]], truth["levels"][model["label"]])
            for model in models
            if not model["proxy"]
        },
        "cycles": {tuple(members) for members in truth["cycles_own"]},
        **_migrations(migrations, _squashes(truth)),
        "leaves": {tuple(leaf) for leaf in truth["leaf_nodes"] if leaf[0] in own},
    }  # fmt: skip


def migscan_says(answer: Json, truth: Json) -> Facts:
    """migscan's facts about what Django loads, in the same form.

    An app that migscan says may or may not be installed counts as installed where Django has it.
    """
    apps = {app["label"] for app in truth["apps"] if app["in_tree"]}
    installed = {app["label"]: app["installed"] for app in answer["apps"]}
    absent = {label for label, said in installed.items() if said is False or (not said and label not in apps)}
    models = [
        model
        for model in answer["models"]
        if not model["abstract"]
        and not model["auto_created"]
        and model["label"].partition(".")[0] not in absent
        and model["installed"] is not False
    ]
    shown = {model["label"] for model in models}
    relations = [relation for relation in answer["relations"] if relation["source"] in shown]
    migrations = [migration for migration in answer["migrations"] if migration["app"] not in absent]
    return {
        **_models(models),
        "apps": {(app["label"], app["name"]) for app in answer["apps"] if app["label"] not in absent},
        "fields": {
            (model["label"], f["name"], f["class"], f["null"], f["target"])
            for model in models
            for f in model["fields"]
        },
        "relations": {
            (r["source"], *_edge(r, r["field"])) if r["kind"] in EDGES else (r["source"], r["field"], "GFK")
            for r in relations
        },
        "levels": {(m["label"], m["level"], m["level_all"]) for m in models if not m["proxy"]},
        "cycles": {tuple(sorted(cycle["members"])) for cycle in answer["cycles"]["models"]},
        **_migrations(migrations, _squashes(truth)),
        "leaves": {tuple(leaf) for leaf in answer["leaf_nodes"] if leaf[0] not in absent},
    }


def _models(models: Sequence[Json]) -> Facts:
    return {
        "models": {model["label"] for model in models},
        "tables": {(m["label"], m["db_table"]) for m in models},
        "kinds": {(m["label"], m["proxy"], m["managed"], m["swappable"]) for m in models},
        "parents": {(m["label"], parent) for m in models for parent in m["parents"]},
        "ancestors": {(m["label"], ancestor) for m in models for ancestor in m["abstract_ancestors"]},
    }


def _edge(field: Json, name: str) -> tuple[Any, ...]:
    told = ("kind", "target", "null", "parent_link", "through")
    on_delete = field["on_delete"]
    return (name, *(field[key] for key in told), "SET" if on_delete == "set_on_delete" else on_delete)


def _squashes(truth: Json) -> dict[tuple[str, str], tuple[str, str]]:
    """What stands for each replaced migration of the packages, whose graph is none of the project's."""
    external = [m for m in truth["migrations"] if not m["in_tree"] and m["in_graph"]]
    return {(app, name): (m["app"], m["name"]) for m in external for app, name in m["replaces"]}


def _migrations(
    migrations: Sequence[Json], squashes: Mapping[tuple[str, str], tuple[str, str]]
) -> dict[str, set[Any]]:
    named = [((m["app"], m["name"]), m) for m in migrations]

    def standing(key: Sequence[str]) -> tuple[str, str]:
        app, name = key
        return squashes.get((app, name), (app, name))

    return {
        "migrations": {(*key, m["in_graph"]) for key, m in named},
        "edges": {(*key, *standing(parent)) for key, m in named for parent in m["dependencies"]}
        | {(*key, "before", *standing(other)) for key, m in named for other in m["run_before"]},
        "replaces": {(*key, *other) for key, m in named for other in m["replaces"]},
        "operations": {
            (*key, *counted) for key, m in named for counted in Counter[str](m["operations"]).items()
        },
    }


def spoken(answer: Json) -> set[str]:
    """migscan's facts as lines of words, for facts that were found by eye."""
    lines: set[str] = set()
    for model in answer["models"]:
        lines |= {f"model {model['label']} table {model['db_table']}"}
        lines |= {f"parent {model['label']} {parent}" for parent in model["parents"]}
        lines |= {f"field {model['label']} {field['name']} {field['class']}" for field in model["fields"]}
    for relation in answer["relations"]:
        lines.add(
            f"relation {relation['source']} {relation['field']} {relation['kind']} {relation['target']}"
        )
    for migration in answer["migrations"]:
        lines.add(f"migration {migration['app']} {migration['name']}")
    return lines


def drift(truth: Json, answer: Json) -> Difference:
    """What `makemigrations` would still write and what migscan says it would, operation by operation.

    What migscan only expects counts as listed where Django writes it or not, and so does what
    Django writes about a field or a model of which migscan says that it cannot compare it.
    """
    own = {app["label"] for app in truth["apps"] if app["in_tree"]}
    wanted = {(app, *written) for app, rows in truth["drift"].items() if app in own for written in rows}
    said: dict[bool, set[Operation]] = {True: set(), False: set()}
    for entry in answer["drift"]:
        said[entry["certain"]].add((entry["app"], entry["operation"], entry["model"], entry["field"]))
    undecided = {(row["app"], row["model"], row["field"]) for row in answer["drift_proof"]["undecided"]}
    missing, extra = wanted - said[True], said[True] - wanted
    listed = {row for row in missing if row in said[False] or (row[0], row[2], row[3] or "") in undecided}
    left = sorted(map(_operation, missing - listed))
    return Difference("drift", len(wanted), tuple(left), tuple(sorted(map(_operation, extra))), len(listed))


def _operation(row: Operation) -> str:
    return " ".join(word for word in row if word)

"""What the models say, as plain data: with their levels and cycles, and the packages that they rest on."""

from __future__ import annotations

from analyzer.graphs.cycles import app_cycles, model_cycles
from analyzer.graphs.levels import model_levels
from analyzer.outcome import counts
from analyzer.schema.read import SchemaReading
from analyzer.schema.values import Model, Relation
from analyzer.stages import Begun, Modelled
from analyzer.unmoved import Unmoved


def modelled(begun: Begun, schema: SchemaReading, unmoved: Unmoved) -> Modelled:
    """Levels and cycles of the models that were read."""
    models = tuple(model for model in schema.models if counts(model, begun.options))
    relations = _between(schema.relations, models)
    homes = _homes(schema)
    return Modelled(
        models=schema.models,
        abstract_models=schema.abstract_models,
        relations=schema.relations,
        levels=model_levels(models, relations),
        levels_all=model_levels(models, relations, external=True),
        model_cycles=model_cycles(models, relations),
        app_cycles=app_cycles(models, relations),
        unknown=schema.unknown,
        not_imported=schema.not_imported,
        packages=tuple(chosen for chosen in begun.packages.chosen if chosen.package in homes),
        read=unmoved.read,
        problems=unmoved.problems,
    )


def _between(relations: tuple[Relation, ...], models: tuple[Model, ...]) -> tuple[Relation, ...]:
    labels = {model.label for model in models}
    return tuple(relation for relation in relations if relation.source in labels)


def _homes(schema: SchemaReading) -> frozenset[str]:
    """The packages that something said of the project rests on: apps, and bases and fields of models."""
    registry = schema.resolver.registry
    paths = [app.name for app in schema.apps.apps if not app.own]
    paths += [path for model in schema.models if model.own for path in model.abstract_ancestors]
    for candidate in schema.candidates:
        paths += [field.field.path for field in registry.local_fields(candidate.cls).values()]
    return frozenset({"django", *(path.partition(".")[0] for path in paths)})

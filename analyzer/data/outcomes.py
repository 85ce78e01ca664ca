"""What an operation leaves on a fresh database: rows, and parts of the schema that no model says."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from analyzer.data.effects import Effect
from analyzer.data.labels import Labels
from analyzer.data.values import Row, SchemaObject


class Sorted(Struct, frozen=True):
    """The effects of an operation by what they mean for a fresh database."""

    seeds: tuple[Effect, ...]
    schema: tuple[Effect, ...]
    rows: tuple[Effect, ...]
    restated: tuple[Effect, ...]
    unclear: tuple[Effect, ...]
    rest: tuple[Effect, ...]


def rows_of(seeds: tuple[Effect, ...], labels: Labels) -> tuple[Row, ...]:
    """The rows that an operation makes on an empty database, as far as source tells."""
    found = (
        Row(_target(effect.target, labels), effect.key, effect.how, effect.many, effect.file, effect.line)
        for effect in seeds
    )
    return tuple(dict.fromkeys(found))


def _target(target: str, labels: Labels) -> str:
    if "." in target:
        return labels.of(target)
    return labels.of_table(target) or target


def objects_of(effects: tuple[Effect, ...], found: Sorted, labels: Labels) -> tuple[SchemaObject, ...]:
    """The parts of the schema that an operation makes, drops or alters, and that no state says.

    They come in the order in which that happens for the last time.
    """
    out = []
    for effect in effects:
        for part in effect.objects:
            if effect.kind == "schema" and effect not in found.schema:
                continue
            table = labels.table(part.table)
            place, certain = (effect.file, effect.line), effect.live and not effect.doubtful
            made = SchemaObject(part.kind, part.name, table, part.action, *place, part.arguments, certain)
            out.append(replace(made, wording=part.wording))
    return tuple(reversed(dict.fromkeys(reversed(out))))

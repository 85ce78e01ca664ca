"""The part of the JSON document that tells of operations which run code or SQL; see `report_values`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Line = Annotated[int, Meta(ge=0, description="1-based; 0 where no line is known")]
Label = Annotated[str, Meta(description="app_label.ModelName")]
Path = Annotated[str, Meta(description="relative to the project, with /")]


class EvidenceEntry(Struct, frozen=True, forbid_unknown_fields=True):
    file: Path
    line: Line
    why: str


class RowEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A row that an operation makes on an empty database: its constants by field, as text."""

    target: Annotated[str, Meta(description="the model, or the table where it is no known model's")]
    key: tuple[tuple[str, str], ...]
    how: str
    many: Annotated[bool, Meta(description="whether it stands for several rows")]
    file: Path
    line: Line


class SchemaObjectEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the schema that an operation makes, drops or alters, and that no model says."""

    kind: str
    name: str
    table: str
    action: Annotated[str, Meta(description="create, drop or alter")]
    file: Path
    line: Line


class DataOperationEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that runs code or SQL, and a candidate verdict with its evidence."""

    app: str
    migration: str
    file: Path
    line: Line
    operation: str
    forward: str | None
    reverse: str | None
    elidable: bool | None
    verdict: str
    confidence: Annotated[float, Meta(ge=0, le=1)]
    runs_on_empty: str
    evidence: tuple[EvidenceEntry, ...]
    tables_or_models: tuple[str, ...]
    superseded_by: Annotated[str | None, Meta(description="the later migration that makes `net` differ")]
    net: Annotated[str, Meta(description="the verdict after all later migrations")]
    reverse_kind: Annotated[str, Meta(description="none, noop, code, sql or unknown")]
    atomic: bool | None
    hints: bool
    rows: tuple[RowEntry, ...]
    objects: tuple[SchemaObjectEntry, ...]
    needs: Annotated[tuple[Label, ...], Meta(description="the models that it works with")]
    in_graph: Annotated[bool, Meta(description="whether Django loads its migration")]


class ReceiverEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A receiver of `post_migrate` that makes rows, and so makes them again after a reset."""

    name: str
    sender: Annotated[str, Meta(description="as far as source says it")]
    file: Path
    line: Line
    rows: tuple[RowEntry, ...]
    needs: tuple[Label, ...]
    certain: bool

"""How a draft is written down: operations below where they come from, and what could not be drafted."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from analyzer.data.sqltext import words
from analyzer.data.values import DataOperation
from analyzer.reset.drafts.assembly import INDENT, NOOP, REVERSE, Write
from analyzer.reset.drafts.module import Place, called, one_line
from analyzer.reset.drafts.rewriting import MARK
from analyzer.reset.filled import Filled
from analyzer.reset.placeholders import quoted

_CLASSES = words(
    """BloomExtension BtreeGinExtension BtreeGistExtension CITextExtension CryptoExtension HStoreExtension
    TrigramExtension UnaccentExtension"""
)


class Left(Struct, frozen=True):
    """An operation that is not drafted, because …"""

    operation: DataOperation
    why: str


class Needs:
    """The apps that a file depends on, with what of them it needs."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}

    def add(self, operation: DataOperation, labels: Iterable[tuple[str, str]]) -> None:
        for app, why in labels:
            self.labels.setdefault(app, why)


def extension_class(operation: DataOperation) -> str:
    """Django's class that an operation made elsewhere is of, if it makes an extension and takes nothing."""
    made = [one for one in operation.objects if one.kind == "extension" and one.name]
    return operation.operation if made and operation.operation in _CLASSES else ""


def left_notes(left: Iterable[Left]) -> Iterator[str]:
    for one in left:
        operation = one.operation
        yield f"{MARK.removeprefix('# ')} not drafted: {operation.app}.{operation.migration},"
        why = json.dumps(one.why, ensure_ascii=False)[1:-1]
        yield f"    {operation.file}:{operation.line} {operation.operation}: {why}"


def written(
    place: Place,
    given: dict[str, ast.expr] | None,
    operation: DataOperation,
    reverse: bool,
    notes: Sequence[str],
) -> tuple[list[ast.expr], Writer]:
    """The nodes of an operation that are copied, and what writes them."""
    if isinstance(operation, Filled):
        notes = (*notes, "its default made rows; it works with the models themselves")
    origin = (f"# {operation.file}:{operation.line}", *(f"{MARK} {one}" for one in notes))
    node = place.node
    if isinstance(operation, Filled):
        default = _default(node)
        return [default], Filler(origin, default, {}, "")
    if not isinstance(node, ast.Call) or given is None:
        return [node], Writer(origin, node, {}, "", star="*" if place.listed else "")
    main = next(iter(given), "")
    undone = given.get(REVERSE[called(node)])
    kept = {main: given[main]} if main else {}
    extra = ""
    if undone is not None and (reverse or called(node) == "RunSQL"):
        kept[REVERSE[called(node)]] = undone
    elif not reverse:
        extra = f"{REVERSE[called(node)]}={NOOP[called(node)]}"
    kept |= {name: value for name, value in given.items() if name in ("atomic", "hints")}
    return [node.func, *kept.values()], Writer(origin, node.func, kept, extra)


def dropping(app: str, model: str) -> tuple[str, str, tuple[str, ...]]:
    """A function that drops the table of a model if it is empty: its name, its text, and the lines of an
    operation that runs it."""
    name = f"drop_plain_{app}_{model}".lower()
    text = f"""# New files make a plain table of {app}.{model}; what SQL makes below takes its place.
def {name}(apps, schema_editor):
    model = apps.get_model({quoted(app)}, {quoted(model)})
    if model._base_manager.using(schema_editor.connection.alias).exists():
        raise RuntimeError("the table of {app}.{model} has rows: this is for empty databases")
    schema_editor.delete_model(model)
"""
    back = "lambda apps, schema_editor: schema_editor.create_model("
    return (
        name,
        text,
        (
            f"{MARK} new files make a plain table of {app}.{model}, which this one takes the place of",
            "migrations.RunPython(",
            f"{INDENT}{name},",
            f"{INDENT}{back}apps.get_model({quoted(app)}, {quoted(model)})),",
            "),",
        ),
    )


def _default(node: ast.expr) -> ast.expr:
    """The default of the field that an operation adds.  Raises ValueError where it is not written in it."""
    if isinstance(node, ast.Call):
        fields = [*(word.value for word in node.keywords if word.arg == "field"), *node.args[2:3]]
        words = [word for field in fields if isinstance(field, ast.Call) for word in field.keywords]
        for word in words:
            if word.arg == "default":
                return word.value
    raise ValueError("the default that makes its rows is not written in it")


class Writer:
    """Writes an operation below a comment that says where it comes from."""

    def __init__(
        self,
        origin: Sequence[str],
        node: ast.expr,
        kept: dict[str, ast.expr],
        extra: str,
        star: str = "",
    ) -> None:
        self.star = star
        self.before: Sequence[str] = ()
        self.origin = origin
        self.node = node
        self.kept = kept
        self.extra = extra

    def __call__(self, write: Write) -> str:
        lines = [f"{INDENT * 2}{one_line(line)}" for line in self.origin]
        lines += [f"{INDENT * 2}{line}" for line in self.before]
        if not self.kept:
            return "\n".join([*lines, f"{INDENT * 2}{self.star}{write(self.node)},"])
        lines.append(f"{INDENT * 2}{write(self.node)}(")
        for place, (name, value) in enumerate(self.kept.items()):
            lines.append(f"{INDENT * 3}{f'{name}=' if place else ''}{write(value)},")
        lines += [f"{INDENT * 3}{self.extra},"] if self.extra else []
        return "\n".join([*lines, f"{INDENT * 2}),"])


class Filler(Writer):
    """Writes a call of the default of a column, without the column."""

    def __call__(self, write: Write) -> str:
        lines = [f"{INDENT * 2}{one_line(line)}" for line in self.origin]
        plain = isinstance(self.node, ast.Name | ast.Attribute)
        called_ = write(self.node) if plain else f"({write(self.node)})"
        lines += [
            f"{INDENT * 2}migrations.RunPython(",
            f"{INDENT * 3}lambda _apps, _schema_editor: {called_}(),",
            f"{INDENT * 3}{REVERSE['RunPython']}={NOOP['RunPython']},",
            f"{INDENT * 2}),",
        ]
        return "\n".join(lines)

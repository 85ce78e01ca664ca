"""What copied code must say otherwise at the end of the history: names that changed, rows made only once.

Only what the history decides is rewritten; whatever else is out of date gets a comment at its line.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

from analyzer.data.lookups.values import Lookups
from analyzer.data.sqltext import words
from analyzer.history.values import Key
from analyzer.pipeline import Examined
from analyzer.reset.drafts.calls import base, default_names, models_of
from analyzer.reset.drafts.defaults import Defaults
from analyzer.reset.drafts.evolution import Evolution
from analyzer.reset.drafts.module import Edit, Source, called, one_line
from analyzer.reset.drafts.tables import Tables, rewritten
from analyzer.source.values import Undecided
from analyzer.states.values import Absent, FieldState, ModelState

MARK = "# migscan:"
ONCE = ("create", "bulk_create", "acreate", "abulk_create", "save", "insert")
MAKING = ("create", "get_or_create", "update_or_create")
PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.JoinedStr)
SET_BY_DJANGO = ("auto_now", "auto_now_add", "primary_key", "null", "db_default")
NEEDING = words(
    """IntegerField BigIntegerField SmallIntegerField PositiveIntegerField PositiveBigIntegerField
    PositiveSmallIntegerField BooleanField DateField DateTimeField TimeField DurationField DecimalField
    FloatField UUIDField JSONField GenericIPAddressField ForeignKey OneToOneField"""
)
"""Django's fields that no row can be made without, if they have no default and may not be empty."""


class Rewritten(Struct, frozen=True):
    """The edits of one module for one migration, and why code of it cannot run any more, by line."""

    edits: tuple[Edit, ...]
    broken: tuple[tuple[int, str], ...]
    modules: tuple[str, ...] = ()
    """What values that are written in name."""
    notes: tuple[tuple[int, str], ...] = ()
    """What is to be said of operations in the list of the migration, by line."""


class Rewriter:
    """Rewrites the code of migrations for the models at the end of the history."""

    def __init__(self, examined: Examined, evolution: Evolution) -> None:
        self.state = examined.state
        self.evolution = evolution
        self.fields = examined.schema.resolver.registry.fields
        self.evaluator = examined.schema.classes.evaluator
        self.lookups: Lookups = examined.analysis.lookups
        self.defaults = Defaults(examined, evolution)
        self.tables = Tables(examined, evolution)

    def of(self, source: Source, key: Key) -> Rewritten:
        work = _Work(self, source, key)
        work.renamed_models()
        work.changed_fields()
        work.made_rows()
        work.sql_names()
        edits = tuple(sorted({*work.edits, *work.flags()}))
        broken, modules = tuple(sorted(set(work.broken))), tuple(sorted(work.modules))
        return Rewritten(edits, broken, modules, tuple(dict.fromkeys(work.notes)))

    def model(self, app: str, model: str, since: Key) -> ModelState | None:
        """The model of the last state that a migration knows by this name."""
        name = self.evolution.model(app, model, since).name
        return self.state.models.get((app, name.lower())) if name else None

    def says(self, field: FieldState, argument: str) -> object:
        """A constant argument of a field; None where it is not given."""
        value = self.fields.argument(field.declared, argument)
        return (
            Undecided("") if value is not None and not isinstance(value, str | int | float | bool) else value
        )

    def _argument(self, field: FieldState, name: str) -> object:
        """What a field is given, unless something after its call changed that."""
        for changed, value in field.changed:
            if changed == name:
                return None if isinstance(value, Absent) else value
        return self.fields.argument(field.declared, name)

    def unique(self, model: ModelState) -> set[str]:
        """The fields that tell a row of a model from all others."""
        return {
            name
            for name, field in model.fields.items()
            if self.says(field, "unique") is True or self.says(field, "primary_key") is True
        }

    def demanded(self, model: ModelState, since: Key) -> dict[str, str]:
        """Fields that came after a migration and that a row cannot be made without, with what the old rows
        got: Python that can be written down, or nothing."""
        out: dict[str, str] = {}
        for name, event in self.evolution.added(model.app, model.name, since).items():
            field = model.fields.get(name)
            if field is None or self._free(field) or not name.isidentifier():
                continue
            made = next((one for one in event.made.call.kwargs if one[0] == "field"), None)
            value = self.evaluator.argument(event.made, "field", 2) if made or event.made.call.args else None
            given = self._default(value)
            out[name] = given
        return out

    def _free(self, field: FieldState) -> bool:
        """Whether a row can be made without a value for the field."""
        cls = field.declared.field.name.rpartition(".")[2]
        if field.null or cls not in NEEDING or self._argument(field, "default") is not None:
            return True
        return any(self.says(field, word) not in (None, False) for word in SET_BY_DJANGO)

    def _default(self, made: object) -> str:
        from analyzer.source.values import Made

        value = self.evaluator.argument(made, "default") if isinstance(made, Made) else None
        return repr(value) if isinstance(value, str | int | float | bool) else ""


class _Work:
    """The edits of one module."""

    def __init__(self, by: Rewriter, source: Source, key: Key) -> None:
        self.by = by
        self.source = source
        self.key = key
        self.edits: list[Edit] = []
        self.broken: list[tuple[int, str]] = []
        self.modules: set[str] = set()
        self.notes: list[tuple[int, str]] = []
        self.said: dict[int, list[str]] = {}
        self.more: dict[int, str] = {}
        self.cut: dict[int, set[int]] = {}
        self.calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
        self.inside = {
            line
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Constant | ast.JoinedStr)
            for line in range(node.lineno + 1, (node.end_lineno or 0) + 1)
        }

    def flag(self, line: int, text: str) -> None:
        text = one_line(text)
        while line in self.inside:
            line -= 1
        said = self.said.setdefault(line, [])
        if text not in said:
            said.append(text)

    def flags(self) -> Iterator[Edit]:
        lines = self.source.data.split(b"\n")
        for line, texts in self.said.items():
            indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
            start = self.source.starts[line - 1]
            shown = b"".join(indent + f"{MARK} {text}\n".encode() for text in texts)
            yield Edit(start, start, shown)

    # ------------------------------------------------------------ names that changed

    def renamed_models(self) -> None:
        for one in self.by.lookups.models:
            if one.migration != self.key or one.file != self.source.file:
                continue
            fate = self.by.evolution.model(one.app, one.model, self.key)
            if fate.name.lower() == one.model.lower():
                continue
            if not fate.name:
                self._lost(one.line, f"{one.app}.{one.model} is gone since {fate.by}", certain=one.certain)
                continue
            for node in self._texts(one.line):
                old = str(node.value)
                new = {
                    one.model.lower(): fate.name,
                    f"{one.app}.{one.model}".lower(): f"{one.app}.{fate.name}",
                }
                if old.lower() in new:
                    self._put(node, repr(new[old.lower()]))
                    self.flag(one.line, f"was {one.model} until {fate.by}")

    def changed_fields(self) -> None:
        for one in self.by.lookups.fields:
            if one.migration != self.key or one.file != self.source.file:
                continue
            base = one.field.partition("__")[0]
            fate = self.by.evolution.field(one.app, one.model, base, self.key)
            if fate.name == base:
                continue
            found = list(self._words(one.line, base))
            if fate.name.isidentifier():
                for start, end, _node in found:
                    written = self.source.data[start:end]
                    self.edits.append(Edit(start, end, written.replace(base.encode(), fate.name.encode(), 1)))
                    self.flag(one.line, f"{base} is called {fate.name} since {fate.by}")
            elif not self._left_out(one.line, base, fate.by):
                self._lost(one.line, f"{one.model}.{base} is gone since {fate.by}", certain=one.certain)

    def _lost(self, line: int, why: str, *, certain: bool) -> None:
        self.flag(line, why)
        if certain:
            self.broken.append((line, why))

    def sql_names(self) -> None:
        for node in ast.walk(self.source.tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            changed = tuple(dict.fromkeys(self.by.tables.changed(node.value, self.key)))
            start, end = self.source.span(node)
            listed = self.source.migration.lineno < node.lineno <= (self.source.migration.end_lineno or 0)
            for one in changed:
                if one.sure and not one.name:
                    self.broken.append((node.lineno, one.why))
                if listed:
                    self.notes.append((node.lineno, one.why))
                else:
                    self.flag(node.lineno, one.why)
            text = rewritten(self.source.data[start:end], changed)
            if text != self.source.data[start:end]:
                self.edits.append(Edit(start, end, text))

    def _around(self, line: int) -> Iterator[ast.Call]:
        return (call for call in self.calls if call.lineno <= line <= (call.end_lineno or 0))

    def _texts(self, line: int) -> Iterator[ast.Constant]:
        for call in self._around(line):
            for node in [*call.args, *(word.value for word in call.keywords)]:
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node

    def _words(self, line: int, name: str) -> Iterator[tuple[int, int, ast.expr | None]]:
        """The places where calls on a line say a field: as a keyword, or as the key of `defaults`."""
        for call in self._around(line):
            for word in call.keywords:
                if word.arg is not None and word.arg.partition("__")[0] == name:
                    start = self.source.at(word.lineno, word.col_offset)
                    yield start, start + len(word.arg.encode()), None
                if word.arg == "defaults" and isinstance(word.value, ast.Dict):
                    for node in word.value.keys:
                        if isinstance(node, ast.Constant) and node.value == name:
                            yield (*self.source.span(node), node)

    def _left_out(self, line: int, name: str, by: str) -> bool:
        """Take a field out of the calls that make rows; whether there are any."""
        done = False
        for call in self._around(line):
            if called(call) in MAKING or isinstance(call.func, ast.Name):
                for at, word in enumerate(call.keywords):
                    if word.arg == name:
                        self.cut.setdefault(id(call), set()).add(at)
                        self._cut(call, at)
                        self.flag(call.lineno, f"{name} is gone since {by}, and left out")
                        done = True
        return done

    def _cut(self, call: ast.Call, at: int) -> None:
        words = call.keywords
        start = self.source.at(words[at].lineno, words[at].col_offset)
        if at + 1 < len(words):
            end = self.source.at(words[at + 1].lineno, words[at + 1].col_offset)
        else:
            end = self.source.span(call)[1] - 1
        self.edits.append(Edit(start, end, b""))

    def _put(self, node: ast.expr, text: str) -> None:
        self.edits.append(Edit(*self.source.span(node), text.encode()))

    # ------------------------------------------------------------ rows

    def made_rows(self) -> None:
        used = {id(node.value) for node in ast.walk(self.source.tree) if isinstance(node, ast.Expr)}
        for function in ast.walk(self.source.tree):
            if isinstance(function, ast.FunctionDef):
                models = dict(models_of(function))
                calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
                for call in calls:
                    self._made(call, models, alone=id(call) in used)

    def _made(self, call: ast.Call, models: Mapping[str, tuple[str, str]], *, alone: bool) -> None:
        how = called(call)
        named = base(call)
        label = models.get(named) if named is not None and isinstance(call.func, ast.Attribute) else None
        built = models.get(call.func.id) if isinstance(call.func, ast.Name) else None
        model = self.by.model(*(label or built or ("", "")), self.key) if label or built else None
        if built is not None and model is not None and call.keywords:
            self._completed(call, model, built)
        elif model is not None and label is not None and how in MAKING:
            self._completed(call, model, label)
            if how == "create":
                self._once_only(call, model, label, alone=alone)
        elif how in ONCE[1:] and label is not None:
            self.flag(call.lineno, "runs once; a second run makes the rows again")

    def _once_only(self, call: ast.Call, model: ModelState, label: tuple[str, str], *, alone: bool) -> None:
        """`create` as `get_or_create`, where a field that is unique is given a plain value."""
        gone = self.cut.get(id(call), ())
        words = [word for at, word in enumerate(call.keywords) if at not in gone]
        given = {word.arg for word in words}
        if call.args or None in given or not isinstance(call.func, ast.Attribute):
            self.flag(call.lineno, "runs once; its keywords are not written here")
            return
        names = {word: self.by.evolution.field(*label, word.arg or "", self.key).name for word in words}
        unique = self.by.unique(model)
        keys = [word for word in words if names[word] in unique and isinstance(word.value, PLAIN)]
        if not keys:
            self.flag(call.lineno, "runs once; no unique field tells its rows apart")
            return
        start, end = self.source.span(call.func)
        name = start + self.source.data[start:end].rindex(b"create")
        self.edits.append(Edit(name, end, b"get_or_create"))
        rest = [word for word in words if word is not keys[0]]
        inner = self.source.at(call.keywords[0].lineno, call.keywords[0].col_offset)
        outer = self.source.span(call)[1] - 1
        more = self.more.get(id(call), "")
        parts = [f"{names[keys[0]]}={self._value(keys[0])}"]
        defaults = ", ".join(f'"{names[word]}": {self._value(word)}' for word in rest) + more
        if defaults:
            parts.append(f"defaults={{{defaults.removeprefix(', ')}}}")
        self.edits = [edit for edit in self.edits if not inner <= edit.start <= outer]
        self.edits.append(Edit(inner, outer, ", ".join(parts).encode()))
        if not alone:
            close = self.source.span(call)[1]
            self.edits.append(Edit(close, close, b"[0]"))

    def _value(self, word: ast.keyword) -> str:
        """The value of a keyword, without what is put behind it."""
        end = self.source.span(word.value)[1]
        return self.source.text(word.value, (edit for edit in self.edits if edit.start < end))

    def _completed(self, call: ast.Call, model: ModelState, label: tuple[str, str]) -> None:
        """Give rows the values that old rows got, then or when a field was added behind them."""
        given = {word.arg for word in call.keywords}
        if None in given or not call.keywords:
            return
        said = {*given, *default_names(call)}
        named = said | {self.by.evolution.field(*label, name or "", self.key).name for name in said}
        demanded = self.by.demanded(model, self.key)
        for given_then in self.by.defaults.other(*label, model, self.key):
            name = given_then.field
            if name in demanded or name in named:
                continue
            if not given_then.text:
                self.flag(call.lineno, f"{name} was filled otherwise when this ran")
                continue
            self.flag(call.lineno, f"{name} is what filled it when this ran")
            self._add(call, name, given_then.text)
            self.modules |= {given_then.module} - {""}
        for name, value in demanded.items():
            by = self.by.evolution.added(model.app, model.name, self.key)[name].by
            if {name, f"{name}_id"} & named:
                continue
            if not value:
                self._lost(call.lineno, f"{name} must be given since {by}", certain=False)
                self.broken.append((call.lineno, f"{model.label}.{name} must be given since {by}"))
                continue
            self.flag(call.lineno, f"{name} is what {by} gave to the rows that were there")
            self._add(call, name, value)

    def _add(self, call: ast.Call, name: str, value: str) -> None:
        defaults = next((word.value for word in call.keywords if word.arg == "defaults"), None)
        end = self.source.span(call.keywords[-1].value)[1]
        if isinstance(defaults, ast.Dict) and defaults.values:
            end = self.source.span(defaults.values[-1])[1]
            self.edits.append(Edit(end, end, f', "{name}": {value}'.encode()))
        elif called(call) in ("get_or_create", "update_or_create"):
            self.edits.append(Edit(end, end, f', defaults={{"{name}": {value}}}'.encode()))
        else:
            self.more[id(call)] = self.more.get(id(call), "") + f', "{name}": {value}'
            self.edits.append(Edit(end, end, f", {name}={value}".encode()))

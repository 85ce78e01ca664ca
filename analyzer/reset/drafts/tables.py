"""Tables and columns that SQL of old migrations names, and what they are called at the end of the history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from analyzer.data.sqltext import split
from analyzer.history.values import Key
from analyzer.pipeline import Examined
from analyzer.reset.drafts.evolution import Evolution
from analyzer.states.values import FieldState, ModelState

VERBS = frozenset(
    {"INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "COPY", "REPLACE", "WITH", "COMMENT", "MERGE", "DO"}
)
"""What texts begin with that are read as SQL."""

MOST = 100_000
"""Longer texts are not read."""


class Renamed(Struct, frozen=True):
    """A table, or a `column`, in a text that has another name now, or no `name` any more; `sure` where
    it is certainly meant, and a column only stands where an INSERT lists columns."""

    old: str
    name: str
    why: str
    sure: bool = True
    column: bool = False


class Tables:
    """The tables of models and their columns, along the history."""

    def __init__(self, examined: Examined, evolution: Evolution) -> None:
        self.states = examined.states
        self.final = examined.state
        self.evolution = evolution
        self.fields = examined.schema.resolver.registry.fields
        self._known: dict[Key, dict[str, ModelState]] = {}

    def changed(self, text: str, since: Key) -> Iterator[Renamed]:
        """The tables and columns that SQL of a migration names and that are called otherwise in the end."""
        if len(text) > MOST or text.split(maxsplit=1)[:1] == [] or not self._is_sql(text):
            return
        known = self._tables(since)
        there = {table for model in self.final.models.values() if (table := self._table(model))}
        for words in split(text):
            if words[0].upper() == "DROP":
                continue
            named = {word.strip('"`[]').lower() for word in words}
            found = [model for table, model in known.items() if table in named]
            for model in found:
                yield from self._table_changed(model, since, there)
            if len(found) == 1:
                yield from self._columns_changed(found[0], words, since)

    def _is_sql(self, text: str) -> bool:
        return any(words[0].upper() in VERBS for words in split(text) if len(words) > 2)

    def _tables(self, since: Key) -> dict[str, ModelState]:
        if since not in self._known:
            state = self.states.at(since, after=True)
            models = state.models.values() if state is not None else ()
            self._known[since] = {table: model for model in models if (table := self._table(model))}
        return self._known[since]

    def _table(self, model: ModelState) -> str:
        """The table of a model, lower case; none where source does not say it, or it has none of its own."""
        if model.options.get("proxy") is True:
            return ""
        said = model.options.get("db_table", "")
        if not isinstance(said, str):
            return ""
        return (said or f"{model.app}_{model.name}").strip('"').lower()

    def _ended(self, model: ModelState, since: Key) -> ModelState | None:
        name = self.evolution.model(model.app, model.name, since).name
        return self.final.models.get((model.app, name.lower())) if name else None

    def _table_changed(self, model: ModelState, since: Key, there: set[str]) -> Iterator[Renamed]:
        old = self._table(model)
        if old in there:
            return
        ended, by = self._ended(model, since), self.evolution.model(model.app, model.name, since).by
        name = self._table(ended) if ended is not None else ""
        since_when = f" since {by}" if by else " in the end"
        if name:
            yield Renamed(old, name, f"table {old} is called {name}{since_when}")
        elif by:
            yield Renamed(old, "", f"table {old} is gone{since_when}")

    def _columns_changed(self, model: ModelState, words: Sequence[str], since: Key) -> Iterator[Renamed]:
        ended = self._ended(model, since)
        if ended is None:
            return
        there = {self._column(field) for field in ended.fields.values()}
        said = [word.strip('"`[]').lower() for word in words]
        for name, field in model.fields.items():
            column = self._column(field)
            if not column or column in there or column not in said:
                continue
            fate = self.evolution.field(model.app, model.name, name, since)
            now = ended.fields.get(fate.name) if fate.name else None
            what = f"column {self._table(model)}.{column}"
            if now is not None:
                new = self._column(now)
                yield Renamed(
                    column, new, f"{what} is called {new} since {fate.by}", _lists(said), column=True
                )
            elif fate.by:
                yield Renamed(column, "", f"{what} is gone since {fate.by}", _lists(said), column=True)

    def _column(self, field: FieldState) -> str:
        """The column of a field, lower case; none where it has none, or source does not say it."""
        said = self.fields.argument(field.declared, "db_column")
        if said is not None:
            return said.lower() if isinstance(said, str) else ""
        kind = field.declared.field.name.rpartition(".")[2]
        if kind == "ManyToManyField":
            return ""
        return f"{field.name}{'_id' if kind in ('ForeignKey', 'OneToOneField') else ''}".lower()


def _lists(said: Sequence[str]) -> bool:
    """Whether a statement only lists columns: an INSERT of values."""
    return said[:2] == ["insert", "into"] and "select" not in said


def rewritten(text: bytes, changed: Iterable[Renamed]) -> bytes:
    """A text of SQL with the names of the end, where these are sure."""
    listed = [*changed]
    open_ = {one.old for one in listed if not one.sure}
    for one in listed:
        if one.old in open_ or not _PLAIN.fullmatch(one.name):
            continue
        word = re.compile(rb"(?<![\w'])" + re.escape(one.old.encode()) + rb"(?![\w'])")
        name = one.name.encode()
        if one.column:
            text = b"".join(
                word.sub(name, part) if at % 2 else part for at, part in enumerate(_LIST.split(text))
            )
        else:
            text = word.sub(name, text)
    return text


_PLAIN = re.compile(r"\w+(\.\w+)?")
_LIST = re.compile(rb"(?<=[\s\w\"`\]])(\([^()']*\))(?=\s*(?:VALUES?|OVERRIDING)\b)", re.IGNORECASE)
"""The columns that an INSERT lists; a text is split into what stands between them, and they themselves."""

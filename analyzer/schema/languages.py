"""Columns that a package adds to models for each language, by options registered beside them.

Follows django-modeltranslation (`translator.add_translation_fields`); what it is called is data in
`catalogue.rules.LANGUAGE_COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from analyzer.catalogue.rules import LANGUAGE_COLUMNS as RULE
from analyzer.schema.classes import Class
from analyzer.schema.fields import Declared
from analyzer.schema.models import Candidate, Registry
from analyzer.schema.registering import hands_on
from analyzer.schema.requests import Requests
from analyzer.schema.values import Unknown
from analyzer.source.facts import Assign, Call, ClassDef, Evaluate, Expr, Items, Literal, Ref
from analyzer.source.modules import Module
from analyzer.source.scopes import flatten
from analyzer.source.values import Sequence, Value

ADDS = f"{RULE.apps[0]} adds columns to it"
"""How what is not known of the columns of a model begins."""

REPEATED = ("constraints", "indexes", "unique_together")
"""Options of which newer versions make one more for each language (`translator.patch_constraints`)."""


def repeats(registry: Registry, cls: Class, option: str) -> str:
    """Why a model with columns for languages may have more of an option than its Meta says; else ""."""
    added, settings = registry.added.get(cls.key, {}), registry.settings
    if option not in REPEATED or all(settings.is_installed((app,), {}) is False for app in RULE.apps):
        return ""
    columns = tuple(f"{name}_" for name in registry.local_fields(cls) if name not in added)
    return f"{ADDS}, and may repeat its {option}" if any(name.startswith(columns) for name in added) else ""


class _Registered(Struct, frozen=True):
    """The fields that options name, for one model, and where they are registered."""

    fields: tuple[str, ...] | None
    module: Module
    line: int


class Columns(Struct, frozen=True):
    """The fields that a model has got, and the place that made it get them."""

    fields: dict[str, Declared]
    module: Module
    line: int


class LanguageColumns:
    """Reads the registrations and adds the fields."""

    def __init__(self, registry: Registry, requests: Requests) -> None:
        self.registry = registry
        self.classes = registry.classes
        self.requests = requests
        self.unknown: list[Unknown] = []
        self.added: dict[str, Columns] = {}
        self._registered: dict[str, tuple[Class, _Registered]] = {}
        self._doubt = ""

    def add(self) -> None:
        """Add a field for each registered one and language to the models that exist so far."""
        settings = self.registry.settings
        absent = all(settings.is_installed((app,), {}) is False for app in RULE.apps)
        if absent or settings.values.get(RULE.switch) is False:
            return
        if not {(app, False) for app in RULE.apps}.isdisjoint(settings.installed):
            self._doubt = f"a condition decides whether {RULE.apps[0]} is installed"
        for cls, registered in self._registrations():
            self._registered.setdefault(cls.key, (cls, registered))
        languages = self._languages()
        for cls, registered in list(self._registered.values()):
            candidate = self.registry.candidate(cls)
            if candidate is None or candidate.proxy or candidate.abstract:
                continue
            names = self._names(cls)
            if languages is None or names is None:
                why = "the fields that are translated" if names is None else "the languages"
                where = (registered.module.path, registered.line)
                told = f"{ADDS}, but {why} are not decided"
                self.unknown.append(Unknown(*where, candidate.label, told))
                continue
            fields = self._extend(candidate, names, languages)
            self.added[cls.key] = Columns(fields, registered.module, registered.line)

    def _languages(self) -> tuple[str, ...] | None:
        for setting in RULE.languages:
            value = self.registry.settings.values.get(setting)
            if value is not None:
                codes = [self._code(item) for item in value.items] if isinstance(value, Sequence) else [None]
                complete = isinstance(value, Sequence) and value.complete
                return tuple(code for code in codes if code) if complete and all(codes) else None
        return None

    def _code(self, item: Value) -> str | None:
        first = item.items[0] if isinstance(item, Sequence) and item.items else item
        return first if isinstance(first, str) else None

    # ------------------------------------------------------------ registrations

    def _registrations(self) -> Iterator[tuple[Class, _Registered]]:
        modules = self.classes.names.modules
        for path, facts in modules.files.loaded():
            module = modules.find(modules.name_of(path), path)
            if module is None or module.path != path:
                continue
            for stmt in flatten(facts.body):
                if isinstance(stmt, ClassDef):
                    for decorator in stmt.decorators:
                        if isinstance(decorator, Call) and self._registers(decorator, module):
                            options = Class(module, stmt.name, stmt)
                            yield from self._of(decorator, options, module, stmt.line, stmt.name)
                elif isinstance(stmt, Evaluate) and isinstance(stmt.value, Call):
                    call = stmt.value
                    if self._registers(call, module):
                        expr = call.argument("opts_class", 1)
                        named = self.requests.named(expr, module) if expr is not None else None
                        yield from self._of(call, named, module, stmt.line)

    def _registers(self, call: Call, module: Module) -> bool:
        known = self.requests.path(call, module) in RULE.registers
        return known or hands_on(call, module, self.classes.names, self.requests, RULE.registers)

    def _of(
        self, call: Call, options: Class | None, module: Module, line: int, bound: str = ""
    ) -> Iterator[tuple[Class, _Registered]]:
        """The models of a registration; `bound` is the name that the line binds only then."""
        expr = call.argument("model_or_iterable", 0)
        fields = self._fields(options) if options is not None else None
        for item in expr.items if isinstance(expr, Items) else (expr,):
            if bound and item == Ref(bound):
                cls = self.classes.of_binding(self.classes.names.before(module, bound, line))
            else:
                cls = self.requests.named(item, module) if item is not None else None
            if cls is not None:
                yield cls, _Registered(fields, module, line)

    def _fields(self, options: Class) -> tuple[str, ...] | None:
        found: list[str] = []
        for cls in self.classes.ancestry(options).classes:
            stmt = self.classes.attributes(cls).get(RULE.fields) if cls.module.own else None
            if not isinstance(stmt, Assign):
                continue
            value = self.classes.evaluator.evaluate(stmt.value, cls.module)
            if not isinstance(value, Sequence) or not value.complete:
                return None
            if not all(isinstance(name, str) for name in value.items):
                return None
            found += [str(name) for name in value.items]
        return tuple(dict.fromkeys(found))

    def _names(self, cls: Class, depth: int = 0) -> list[str] | None:
        """The fields translated in a model's own table: its own, and those of abstract bases."""
        own = self._registered.get(cls.key)
        names: list[str] = []
        if own is not None:
            if own[1].fields is None:
                return None
            names += own[1].fields
        for base in self.classes.bases(cls) if depth < RULE.depth else ():
            candidate = self.registry.candidate(base) if isinstance(base, Class) else None
            if candidate is not None and candidate.abstract:
                inherited = self._names(candidate.cls, depth + 1)
                if inherited is None:
                    return None
                names += inherited
        return list(dict.fromkeys(names))

    # ------------------------------------------------------------ fields

    def _extend(
        self, candidate: Candidate, names: list[str], languages: tuple[str, ...]
    ) -> dict[str, Declared]:
        fields, added = self.registry.local_fields(candidate.cls), dict[str, Declared]()
        for name in names:
            original = fields.get(name)
            if original is None:
                continue
            for language in languages:
                spelled = dict(RULE.spelled).get(language, language).replace("-", "_")
                added[f"{name}_{spelled}"] = self._translated(original, f"{name}_{spelled}")
        self.registry.added.setdefault(candidate.cls.key, {}).update(added)
        self.registry.local_fields(candidate.cls, anew=True)
        return added

    def _translated(self, original: Declared, name: str) -> Declared:
        field, call = original.field, original.made.call
        paths = self.classes.ancestry(field.cls).paths if field.cls is not None else {field.path}
        kept = tuple(pair for pair in call.kwargs if pair[0] != "null")
        null: tuple[tuple[str, Expr], ...] = (("null", Literal(True)),)
        if RULE.never_null in paths:
            null = tuple(pair for pair in call.kwargs if pair[0] == "null")
        made = replace(original.made, call=replace(call, kwargs=(*kept, *null)))
        called = replace(field, name=RULE.field.format(field.name), why=field.why or self._doubt)
        return Declared(name, called, made, original.owner, original.line)

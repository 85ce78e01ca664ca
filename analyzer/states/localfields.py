"""The fields of a model as its state holds them, those that Django itself adds included.

Follows django.db.models.base.ModelBase and django.db.models.options.Options: the link to a concrete
parent, the automatic key, and that no primary key is serialized.  Private fields (generic foreign
keys and relations) and the `_order` of `order_with_respect_to` are no part of a state.
"""

from __future__ import annotations

from msgspec.structs import replace

from analyzer.catalogue.rules import PARENT_LINKS
from analyzer.schema.classes import Class
from analyzer.schema.fields import GENERIC_RELATION, RELATED, Declared, FieldClass
from analyzer.schema.metaclasses import metaclass_fields
from analyzer.schema.models import Candidate, Registry
from analyzer.schema.relations import Resolver
from analyzer.schema.version import default_auto_field
from analyzer.source.facts import Call, Evaluate, FuncDef, Literal, Ref
from analyzer.source.modules import Module
from analyzer.source.values import Made, Undecided, Value, is_plain
from analyzer.states.decorated import ANY, Decorated
from analyzer.states.unsettled import unsettled
from analyzer.states.values import Absent, Doubt, FieldState, Form, Unsure

SETTING_SINCE = (3, 2)
"""The version that brought DEFAULT_AUTO_FIELD; before, every automatic key is an AutoField."""

PRIVATE = "private_only"
GENERIC = ("GenericForeignKey", "GenericRelation")
LINK = RELATED + "OneToOneField"
Changes = tuple[tuple[str, Form | Absent], ...]


class LocalFields:
    """Reads the fields of models."""

    def __init__(self, registry: Registry, resolver: Resolver, django: tuple[int, int]) -> None:
        self.django = django
        self.registry = registry
        self.resolver = resolver
        self.classes = registry.classes
        self.doubts: list[Doubt] = []
        self._private: dict[str, bool] = {}
        self.with_automatic: list[Candidate] = []
        self._decorated = Decorated(self.classes)

    def private(self, candidate: Candidate) -> frozenset[str]:
        """The names of the fields that no state keeps."""
        fields = self.registry.local_fields(candidate.cls)
        return frozenset(name for name, field in fields.items() if self._is_private(field))

    def _is_private(self, field: Declared) -> bool:
        if field.field.kind == "GFK":
            return True
        cls = field.field.cls
        if cls is not None:
            if cls.key not in self._private:
                generic = self.classes.is_a(cls, GENERIC_RELATION)
                self._private[cls.key] = generic or self._makes_itself_private(cls)
            return self._private[cls.key]
        return field.field.path.rpartition(".")[2] in GENERIC

    def _makes_itself_private(self, cls: Class) -> bool:
        """Whether a class of fields adds them to models with `private_only=True`."""
        for ancestor in self.classes.ancestry(cls).classes:
            method = self.classes.attributes(ancestor).get("contribute_to_class")
            if ancestor.module.name.startswith("django.") or not isinstance(method, FuncDef):
                continue
            whole = self.classes.names.modules.function(ancestor.module, method)
            calls = (stmt.value for stmt in whole.body or () if isinstance(stmt, Evaluate)) if whole else ()
            if any(isinstance(call, Call) and call.argument(PRIVATE) == Literal(True) for call in calls):
                return True
        return False

    def state(self, candidate: Candidate) -> dict[str, FieldState]:
        """The fields of a concrete model in Django's order: concrete ones, then many-to-many."""
        if candidate.proxy:
            return {}
        declared = self.registry.local_fields(candidate.cls)
        private = self.private(candidate)
        kept = [(n, f) for n, f in self._in_order(candidate.cls, declared) if n not in private]
        links = self._links(candidate)
        key = self._primary_key(kept, links)
        out = [self._added_link(candidate, n, p, n == key) for n, p in links.items() if n not in declared][
            ::-1
        ]
        if not self.registry.parents(candidate.cls) and not self.registry.has_primary_key(declared):
            out.append(self.automatic(candidate))
            self.with_automatic.append(candidate)
        out += [self._declared(candidate, name, field, name == key) for name, field in kept]
        out += self._catalogued(candidate, {field.name for field in out})
        self._doubt_unsettled(candidate, declared)
        plain = [field for field in out if field.declared.field.kind != "M2M"]
        return {field.name: field for field in (*plain, *(f for f in out if f not in plain))}

    def _in_order(self, cls: Class, declared: dict[str, Declared]) -> list[tuple[str, Declared]]:
        """Fields in the order in which they are made: those of the class's own module last, those of
        others in the order in which the bases lead there; inside a module as they stand."""
        ranks: dict[str, int] = {}
        self._rank(cls, ranks)
        ranks[cls.module.name] = len(ranks)
        return sorted(
            declared.items(),
            key=lambda pair: (ranks.get(pair[1].owner.module.name, 0), pair[1].owner.node.line, pair[1].line),
        )

    def _rank(self, cls: Class, ranks: dict[str, int]) -> None:
        """Number the modules of the ancestors, bases before what is derived from them."""
        left = {ancestor.key for ancestor in self.classes.ancestry(cls).classes} - {cls.key}
        pending = [(cls, iter(self.classes.bases(cls)))]
        while pending:
            current, bases = pending[-1]
            base = next((base for base in bases if isinstance(base, Class) and base.key in left), None)
            if base is None:
                ranks.setdefault(current.module.name, len(ranks))
                pending.pop()
            else:
                left.discard(base.key)
                pending.append((base, iter(self.classes.bases(base))))

    def _links(self, candidate: Candidate) -> dict[str, Candidate]:
        """The names of the links to concrete parents; those that an ancestor's field stands for left out."""
        out: dict[str, Candidate] = {}
        declared = self.registry.local_fields(candidate.cls)
        for parent, link in self.registry.parents(candidate.cls):
            if link is not None and (
                link in declared or not self.registry.inherits_name(candidate.cls, link)
            ):
                out.setdefault(link, parent)
        return out

    def _primary_key(self, fields: list[tuple[str, Declared]], links: dict[str, Candidate]) -> str | None:
        """The name of the field that Django takes for the primary key."""
        for name, field in fields:
            if field.field.kind != "M2M" and self.registry.fields.is_primary_key(field):
                return name
        return next(iter(links), None)

    def key_of(self, label: str) -> str | None:
        """The name of a model's primary key; None where the model is not known."""
        candidate = self.resolver.candidates.get(label.lower())
        if candidate is None:
            return None
        candidate = self.registry.concrete(candidate)
        declared = self.registry.local_fields(candidate.cls)
        return self._primary_key(list(declared.items()), self._links(candidate)) or "id"

    # ------------------------------------------------------------ declared fields

    def _declared(self, candidate: Candidate, name: str, field: Declared, key: bool) -> FieldState:
        changed: Changes = (("primary_key", True), ("serialize", False)) if key else ()
        changed += self._put(candidate, name, field)
        state = FieldState(name, field, field.owner.module.path, field.line, changed=changed)
        if field.field.kind is None:
            return state
        target, why = self.resolver.target(field, candidate)
        through, problem = self.resolver.through(field, candidate)
        state = replace(state, target=target, through=through, why=why or problem)
        return self._without_own_key(state)

    def _put(self, candidate: Candidate, name: str, field: Declared) -> Changes:
        """The arguments that a decorator of the project's sets on a field: what to is not followed."""
        out: dict[str, Form | Absent] = {}
        for put in self._decorated.of(candidate.cls, field.owner):
            if put.argument == ANY:
                self._doubt(candidate, name, put.why, candidate.cls.module.path, candidate.cls.node.line)
                continue
            given = self.registry.fields.argument(field, put.argument) if put.unset else None
            if not (is_plain(given) and given):
                out.setdefault(put.argument, Unsure(put.why))
        return tuple(out.items())

    def _without_own_key(self, state: FieldState) -> FieldState:
        """`to_field` goes where it names the primary key (`ForeignKey.deconstruct`)."""
        given = self.registry.fields.argument(state.declared, "to_field")
        if not isinstance(given, str) or state.target is None:
            return state
        key = self.key_of(state.target)
        return replace(state, changed=(*state.changed, ("to_field", Absent()))) if key == given else state

    def _doubt_unsettled(self, candidate: Candidate, declared: dict[str, Declared]) -> None:
        for cls in self.classes.ancestry(candidate.cls).classes:
            for name, why in unsettled(self.classes, cls).items():
                field = declared.get(name)
                if field is not None and field.owner.key == cls.key:
                    self._doubt(candidate, name, why, cls.module.path, field.line)

    def _doubt(self, candidate: Candidate, field: str, why: str, file: str, line: int) -> None:
        self.doubts.append(Doubt(candidate.app_label, candidate.name.lower(), field, why, file, line))

    # ------------------------------------------------------------ fields that Django or a package adds

    def automatic(self, candidate: Candidate) -> FieldState:
        """The primary key that Django adds to a model that declares none."""
        app = candidate.app
        said = self.registry.settings.text("DEFAULT_AUTO_FIELD", default_auto_field(self.django))
        path = (app.default_auto_field if app is not None else None) or said
        why = self._why_automatic(candidate)
        if why:
            self._doubt(candidate, "id", why, candidate.cls.module.path, candidate.cls.node.line)
        changed: Changes = (
            ("auto_created", True),
            ("primary_key", True),
            ("serialize", False),
            ("verbose_name", "ID"),
        )
        return self._made_up(candidate, "id", path, changed)

    def _why_automatic(self, candidate: Candidate) -> str:
        """Why the class of the automatic key is not certain; "" where it is."""
        if candidate.app is not None and candidate.app.default_auto_field is not None:
            return ""
        value: Value | None = self.registry.settings.values.get("DEFAULT_AUTO_FIELD")
        if isinstance(value, str):
            return ""
        if value is not None:
            return value.why if isinstance(value, Undecided) else "DEFAULT_AUTO_FIELD is not decided"
        if self.registry.settings.path is None and self.django >= SETTING_SINCE:
            return "DEFAULT_AUTO_FIELD is not known: no settings module was found"
        return ""

    def _added_link(self, candidate: Candidate, name: str, parent: Candidate, key: bool) -> FieldState:
        changed: list[tuple[str, Form | Absent]] = [("auto_created", True), ("parent_link", True)]
        if key:
            changed += [("primary_key", True), ("serialize", False)]
        named = PARENT_LINKS.get(parent.cls.path)
        if named is not None:
            words = {"app_label": candidate.app_label, "class": candidate.name.lower()}
            changed.append(("related_name", named % words))
        state = self._made_up(candidate, name, LINK, tuple(changed))
        return replace(state, target=parent.label)

    def _catalogued(self, candidate: Candidate, known: set[str]) -> list[FieldState]:
        """Fields that a package's metaclass adds."""
        return [
            FieldState(field.name, field, field.owner.module.path, field.line)
            for field in metaclass_fields(self.registry, candidate)
            if field.name not in known
        ]

    def _made_up(self, candidate: Candidate, name: str, path: str, changed: Changes) -> FieldState:
        """A field that stands nowhere in the source: a call of the class of that dotted path."""
        cls, (file, line) = candidate.cls, (candidate.cls.module.path, candidate.cls.node.line)
        home, _, called = path.rpartition(".")
        found = self.classes.names.modules.find(home)
        module = found or Module(home, "", False, False)
        made = Made(path, Call(Ref(called), (), (), line), module)
        field = self.registry.fields.field_class(made)
        if field is None:
            field = FieldClass(called, path, None, False, None, f"the source of {path} is not known")
        if field.cls is not None:
            made = replace(made, path=field.cls.path)
        declared = Declared(name, field, made, cls, line)
        put = tuple(
            (key, form) for key, form in self._put(candidate, name, declared) if key not in dict(changed)
        )
        return FieldState(name, declared, file, line, changed=(*changed, *put))

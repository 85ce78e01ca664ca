"""What `isinstance`, `hasattr` and `is` say of objects whose classes are known."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.schema.classes import Class, Classes
from analyzer.source.facts import Assign, FuncDef, Ref, Stmt
from analyzer.source.names import Defined
from analyzer.source.scopes import flatten
from analyzer.source.values import Made, Named, Sequence, Table, Value, is_plain

DJANGO = "django."


class Instances:
    """Answers for objects by the calls that make them, and for values of the language itself."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes

    def asked(self, question: str, owner: Value, what: Value) -> bool | None:
        """`isinstance(owner, what)`, `hasattr(owner, what)`, `owner is what`, `owner is not what`.

        None where source does not decide it, and for any other question.
        """
        if question in ("is", "is not"):
            same = self._is_same(owner, what)
            return same if same is None or question == "is" else not same
        if question == "isinstance":
            kinds = what.items if isinstance(what, Sequence) and what.complete else (what,)
            answers = [self._is_instance(owner, kind) for kind in kinds]
            return True if True in answers else None if None in answers else False
        cls = self._class(owner) if question == "hasattr" else None
        return self._has(cls, what) if cls is not None and isinstance(what, str) else None

    def _is_same(self, one: Value, other: Value) -> bool | None:
        """Whether two objects are one: never those of two classes, always what a module makes once."""
        if not isinstance(one, Made) or not isinstance(other, Made):
            return None
        if one == other:
            body = self.classes.names.modules.facts(one.module).body
            once = any(isinstance(stmt, Assign) and stmt.value == one.call for stmt in body)
            return True if once else None
        classes = self._class(one), self._class(other)
        return False if None not in classes and classes[0] != classes[1] else None

    def _is_instance(self, owner: Value, kind: Value) -> bool | None:
        if not isinstance(kind, Named):
            return None
        cls = self._class(owner)
        if cls is None:
            return False if _is_of_the_language(owner) and self._is_plain_class(kind) else None
        ancestry = self.classes.ancestry(cls)
        if kind.path in ancestry.paths:
            return True
        name = kind.path.rpartition(".")[2]
        known = isinstance(kind.binding, Defined)
        exported = not known and any(found.qualname == name for found in ancestry.classes)
        return None if ancestry.gaps or exported else False

    def _is_plain_class(self, kind: Named) -> bool:
        """Whether a class of known source inherits no class of the language."""
        cls = self.classes.of_binding(kind.binding)
        if cls is None or self.classes.ancestry(cls).gaps:
            return False
        return not any(
            isinstance(base, Ref) and self._is_builtin(base, above)
            for above in self.classes.ancestry(cls).classes
            for base in above.node.bases
        )

    def _is_builtin(self, base: Ref, cls: Class) -> bool:
        found = getattr(self.classes.names.resolve(cls.module, base.name), "path", "")
        return found.startswith("builtins.") and found != "builtins.object"

    def _class(self, value: Value) -> Class | None:
        """The class of an object that a plain call of it makes."""
        if not isinstance(value, Made):
            return None
        cls = self.classes.at(value.path)
        above = self.classes.ancestry(cls).classes if cls is not None else ()
        made = any("__new__" in self.classes.attributes(ancestor) for ancestor in above)
        return None if made else cls

    def _has(self, cls: Class, name: str) -> bool | None:
        """Whether an object has an attribute: its class binds it, or a method of it sets it.

        What Django's own classes give their objects is in lower case.
        """
        ancestry = self.classes.ancestry(cls)
        if any(name in self.classes.attributes(ancestor) for ancestor in ancestry.classes):
            return True
        own = [found for found in ancestry.classes if not found.module.name.startswith(DJANGO)]
        if ancestry.gaps or not name.isupper() or any(self._sets(found, name) for found in own):
            return None
        return False

    def _sets(self, cls: Class, name: str) -> bool:
        """Whether a method of a class may give its objects an attribute of that name."""
        for stmt in self.classes.attributes(cls).values():
            if not isinstance(stmt, FuncDef):
                continue
            node = self.classes.names.modules.function(cls.module, stmt)
            if node is None or stmt.name in ("__getattr__", "__getattribute__"):
                return True
            if name in _assigned(node.body or ()):
                return True
        return False


def _assigned(body: tuple[Stmt, ...]) -> Iterator[str]:
    for stmt in flatten(body):
        if isinstance(stmt, Assign):
            yield from (t.name.rpartition(".")[2] for t in stmt.targets if isinstance(t, Ref))


def _is_of_the_language(value: Value) -> bool:
    """Whether a value is plain, a collection, or a class or function itself."""
    return is_plain(value) or isinstance(value, (Sequence, Table, Named))

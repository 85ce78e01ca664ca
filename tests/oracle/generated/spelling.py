"""Migrations as people write and change them: the meaning of Django's own file, in other words."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

from tests.oracle.generated.plan import Dice

POSITIONAL = {
    "CreateModel": ("name", "fields", "options", "bases", "managers"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AlterModelTableComment": ("name", "table_comment"),
    "AlterModelOptions": ("name", "options"),
    "AlterModelManagers": ("name", "managers"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "AlterOrderWithRespectTo": ("name", "order_with_respect_to"),
    "AddIndex": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name"),
    "RenameIndex": ("model_name", "new_name", "old_name"),
    "AddConstraint": ("model_name", "constraint"),
    "RemoveConstraint": ("model_name", "name"),
    "AlterConstraint": ("model_name", "name", "constraint"),
    "AddField": ("model_name", "name", "field", "preserve_default"),
    "AlterField": ("model_name", "name", "field", "preserve_default"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
}
"""Arguments of operations in their order."""

MODEL = {"AddField", "AlterField", "RemoveField", "RenameField", "AddIndex", "RemoveIndex", "RenameIndex"}
MODEL |= {"AddConstraint", "RemoveConstraint", "AlterConstraint"}
NAMED = {"DeleteModel", "AlterModelTable", "AlterModelOptions", "AlterUniqueTogether", "AlterModelManagers"}


def respelled(text: str, dice: Dice) -> str:
    """A migration that does the same."""
    if not dice.percent(65):
        return text
    speller = Speller(ast.parse(text), dice)
    for way in dice.some(WAYS, 6):
        way(speller)
    return f"{ast.unparse(ast.fix_missing_locations(speller.tree))}\n"


class Speller:
    """One module being rewritten in place."""

    def __init__(self, tree: ast.Module, dice: Dice) -> None:
        self.tree = tree
        self.dice = dice
        self.migration = next(
            node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"
        )
        self.count = 0

    # ------------------------------------------------------------ places

    def assigned(self, name: str) -> ast.List | None:
        """The list that the class body gives a name, as long as it is one."""
        for node in self.migration.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                return node.value if isinstance(node.value, ast.List) else None
        return None

    def operations(self) -> list[ast.Call]:
        found = self.assigned("operations")
        return [node for node in found.elts if isinstance(node, ast.Call)] if found else []

    def calls(self, module: str) -> Iterator[tuple[ast.Call, str]]:
        """Calls of something in `models` or `migrations`, with its name."""
        for node in ast.walk(self.migration):
            if isinstance(node, ast.Call) and (name := _member(node.func, module)):
                yield node, name

    def maybe(self, chance: int = 50) -> bool:
        return self.dice.percent(chance)

    def new(self, stem: str) -> str:
        self.count += 1
        return f"{stem}_{self.count}"

    def above(self, text: str) -> None:
        """Statements before the class."""
        at = self.tree.body.index(self.migration)
        self.tree.body[at:at] = ast.parse(text).body

    # ------------------------------------------------------------ arguments

    def positional(self) -> None:
        for call, name in self.calls("migrations"):
            order = POSITIONAL.get(name, ())
            while call.keywords and len(call.args) < len(order):
                first = call.keywords[0]
                if first.arg != order[len(call.args)] or not self.maybe(80):
                    break
                call.args.append(first.value)
                del call.keywords[0]

    def shuffled(self) -> None:
        for call, _ in self.calls("migrations"):
            if self.maybe():
                call.keywords = self.dice.shuffled(call.keywords)

    def case(self) -> None:
        """Names of models in other letters, which mean the same to Django."""
        for call, name in self.calls("migrations"):
            key = "model_name" if name in MODEL else "name" if name in NAMED else ""
            for keyword in call.keywords:
                if keyword.arg == key and isinstance(keyword.value, ast.Constant) and self.maybe():
                    keyword.value = ast.Constant(self._cased(str(keyword.value.value)))
                if keyword.arg == "bases" and isinstance(keyword.value, ast.Tuple):
                    keyword.value.elts = [self._target(node) for node in keyword.value.elts]
        for call, _ in self.calls("models"):
            for keyword in call.keywords:
                if keyword.arg in ("to", "through"):
                    keyword.value = self._target(keyword.value)

    def _target(self, node: ast.expr) -> ast.expr:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or "." not in node.value:
            return node
        app, _, name = node.value.partition(".")
        return ast.Constant(f"{app}.{self._cased(name)}" if self.maybe() else node.value)

    def _cased(self, name: str) -> str:
        return self.dice.one((name.title(), name.upper(), name.lower()))

    def first(self) -> None:
        """The target of a relation, or what happens on deletion, without a keyword."""
        for call, name in self.calls("models"):
            if name in ("ForeignKey", "OneToOneField", "ManyToManyField") and not call.args:
                keywords = {keyword.arg: keyword for keyword in call.keywords}
                if "to" in keywords and None not in keywords and self.maybe():
                    moved = ["to", *(["on_delete"] if "on_delete" in keywords and self.maybe() else [])]
                    call.args = [keywords[key].value for key in moved]
                    call.keywords = [k for k in call.keywords if k.arg not in moved]

    def groups(self) -> None:
        """`unique_together` as lists, or the one group without another around it."""
        for call, name in self.calls("migrations"):
            for keyword in call.keywords:
                if name == "AlterUniqueTogether" and isinstance(keyword.value, ast.Set):
                    items = keyword.value.elts
                    form = self.dice.below(3)
                    if form == 0 and len(items) == 1:
                        keyword.value = items[0]
                    elif form == 1:
                        keyword.value = ast.List(items)
                    else:
                        keyword.value = ast.Tuple(items)

    # ------------------------------------------------------------ names

    def imported(self) -> None:
        """Names out of `models` and `migrations` by themselves."""
        for module, home in (("models", "django.db.models"), ("migrations", "django.db.migrations")):
            if not self.maybe(60):
                continue
            names = sorted({name for _, name in self.calls(module)})
            chosen = {name: f"{name}As" if self.maybe(20) else name for name in self.dice.some(names, 6)}
            if chosen:
                _Renamed(module, chosen).visit(self.tree)
                said = ", ".join(f"{k} as {v}" if k != v else k for k, v in chosen.items())
                self.tree.body[0:0] = ast.parse(f"from {home} import {said}").body

    def constants(self) -> None:
        for call, _ in list(self.calls("migrations")):
            for keyword in call.keywords:
                value = keyword.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and self.maybe(35):
                    name = self.new("NAME")
                    self.above(f"{name} = {value.value!r}")
                    keyword.value = ast.Name(name)

    def unpacked(self) -> None:
        """Arguments that come out of a dict."""
        for call, _ in list(self.calls("models")):
            simple = [k for k in call.keywords if k.arg and isinstance(k.value, ast.Constant)]
            if simple and self.maybe(40):
                given = ast.Dict([ast.Constant(k.arg) for k in simple], [k.value for k in simple])
                value: ast.expr = given
                if self.maybe(60):
                    name = self.new("OPTIONS")
                    self.above(f"{name} = {ast.unparse(given)}")
                    value = ast.Name(name)
                call.keywords = [k for k in call.keywords if k not in simple] + [ast.keyword(None, value)]

    def fields(self) -> None:
        """Fields that stand elsewhere in the module, or that a function makes."""
        for call, _ in list(self.calls("migrations")):
            for keyword in call.keywords:
                if keyword.arg == "field" and self.maybe(40):
                    keyword.value = self._elsewhere(keyword.value)
                if keyword.arg == "fields" and isinstance(keyword.value, ast.List):
                    for item in keyword.value.elts:
                        if isinstance(item, ast.Tuple) and self.maybe(15):
                            item.elts[1] = self._elsewhere(item.elts[1])
                    if self.maybe(20) and len(keyword.value.elts) > 1:
                        name = self.new("FIELDS")
                        self.above(f"{name} = {ast.unparse(ast.List(keyword.value.elts[:1]))}")
                        rest = ast.List(keyword.value.elts[1:])
                        keyword.value = ast.BinOp(ast.Name(name), ast.Add(), rest)

    def _elsewhere(self, value: ast.expr) -> ast.expr:
        text, form = ast.unparse(value), self.dice.below(3)
        if form == 0:
            name = self.new("FIELD")
            self.above(f"{name} = {text}")
            return ast.Name(name)
        name = self.new("make_field")
        self.above(f"def {name}():\n    return {text}" if form == 1 else f"{name} = lambda: {text}")
        return ast.Call(ast.Name(name), [], [])

    # ------------------------------------------------------------ operations

    def wrapped(self) -> None:
        """Operations inside others that run them on the state alone."""
        found = self.assigned("operations")
        for at, node in enumerate(found.elts if found else ()):
            if not self.maybe(30):
                continue
            text = ast.unparse(node)
            said = self.dice.one(
                (
                    f"migrations.SeparateDatabaseAndState(state_operations=[{text}])",
                    f"migrations.SeparateDatabaseAndState([], [{text}])",
                    f"migrations.SeparateDatabaseAndState([{text}], state_operations=[{text}])",
                    f"migrations.RunSQL('SELECT 1', migrations.RunSQL.noop, [{text}])",
                    f"migrations.RunSQL('SELECT 1', state_operations=[{text}])",
                )
            )
            assert found is not None
            found.elts[at] = _expression(said)

    def harmless(self) -> None:
        """Operations that leave the state as it is."""
        found = self.assigned("operations")
        if found is None:
            return
        for text in self.dice.some(HARMLESS, 2):
            found.elts.insert(self.dice.below(len(found.elts) + 1), _expression(text))

    def subclassed(self) -> None:
        """Operations of a class of the module's own."""
        names = sorted({name for _, name in self.calls("migrations")} & POSITIONAL.keys())
        for name in self.dice.some(names, 2):
            own = self.new(f"Own{name}")
            self.above(f"class {own}(migrations.{name}):\n    reduces_to_sql = False")
            for call, known in list(self.calls("migrations")):
                if known == name and self.maybe(70):
                    call.func = ast.Name(own)

    def helpers(self) -> None:
        """Functions that make an operation, called with the model's name."""
        found = self.assigned("operations")
        for node in found.elts if found else ():
            if not isinstance(node, ast.Call) or not self.maybe(30):
                continue
            keys = [k.arg for k in node.keywords]
            if "model_name" in keys and None not in keys:
                name, inner = self.new("change"), copy.deepcopy(node)
                given = inner.keywords[keys.index("model_name")]
                said, given.value = given.value, ast.Name("model")
                self.above(f"def {name}(model):\n    return {ast.unparse(inner)}")
                node.func, node.args, node.keywords = ast.Name(name), [said], []

    def listed(self) -> None:
        """The list of operations, put together in another way.  Nothing finds it after that."""
        found = self.assigned("operations")
        if found is None:
            return
        items = [ast.unparse(node) for node in found.elts]
        at = self.dice.below(len(items) + 1)
        first, rest = ", ".join(items[:at]), ", ".join(items[at:])
        name = self.new("made")
        appended = "".join(f"    out.append({item})\n" for item in items)
        forms = (
            ("", f"operations = [{first}]\noperations += [{rest}]"),
            ("", f"operations = [{first}] + [{rest}]"),
            ("", f"operations = [*[{first}], *[{rest}]]"),
            (f"{name} = [{first}]", f"operations = {name} + [{rest}]"),
            (f"{name} = [{first}]", f"operations = [*{name}, {rest}]"),
            (f"def {name}():\n    return [{rest}]", f"operations = [{first}] + {name}()"),
            (f"def {name}():\n    out = []\n{appended}    return out", f"operations = {name}()"),
            (f"class {name}:\n    operations = [{', '.join(items)}]", f"operations = {name}.operations"),
            ("", f"operations = [{first}]\noperations.extend([{rest}])"),
            ("", f"operations = list([{first}])\nfor one in [{rest}]:\n    operations.append(one)"),
            ("", f"operations = [one for one in [{', '.join(items)}]]"),
        )
        above, inside = self.dice.one(forms)
        self.above(above)
        self._replace("operations", inside)

    def _replace(self, name: str, text: str) -> None:
        for at, node in enumerate(self.migration.body):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                self.migration.body[at : at + 1] = ast.parse(text).body
                return

    def depending(self) -> None:
        """Dependencies by `__first__`, as a tuple, or added one after the other."""
        found = self.assigned("dependencies")
        if found is None:
            return
        for node in found.elts:
            first = isinstance(node, ast.Tuple) and ast.unparse(node.elts[1]) == "'0001_initial'"
            if isinstance(node, ast.Tuple) and first and self.maybe(40):
                node.elts[1] = ast.Constant("__first__")
        items = [ast.unparse(node) for node in found.elts]
        text = ", ".join(items)
        forms = (
            f"dependencies = [{text}]",
            f"dependencies = ({text}{',' if items else ''})",
            f"dependencies = []\ndependencies += [{text}]",
            f"dependencies = [tuple(key) for key in [{text}]]" if "swappable" not in text else "",
        )
        said = self.dice.one([form for form in forms if form])
        self._replace("dependencies", said)

    def based(self) -> None:
        """A class between this one and Django's."""
        name = self.new("Base")
        self.above(f"class {name}(migrations.Migration):\n    atomic = False")
        self.migration.bases = [ast.Name(name)]


HARMLESS = (
    "migrations.RunSQL('SELECT 1', migrations.RunSQL.noop)",
    "migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)",
    "migrations.SeparateDatabaseAndState([migrations.DeleteModel('Item')])",
    "migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField('item', 'id')])",
    "migrations.RunPython(lambda apps, editor: None, elidable=True)",
)


class _Renamed(ast.NodeTransformer):
    """`models.X` as `X`, or as what it is imported as."""

    def __init__(self, module: str, names: dict[str, str]) -> None:
        self.module = module
        self.names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        name = _member(node, self.module)
        if name in self.names:
            return ast.Name(self.names[name])
        self.generic_visit(node)
        return node


def _member(func: ast.expr, module: str) -> str:
    """X of `module.X`, "" of anything else."""
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == module:
        return func.attr
    return ""


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


WAYS: tuple[Callable[[Speller], None], ...] = (
    Speller.case,
    Speller.first,
    Speller.groups,
    Speller.shuffled,
    Speller.constants,
    Speller.unpacked,
    Speller.fields,
    Speller.positional,
    Speller.wrapped,
    Speller.harmless,
    Speller.subclassed,
    Speller.helpers,
    Speller.based,
    Speller.imported,
    Speller.depending,
    Speller.listed,
)

"""Imports by a text: `import_module("a.b")`, `autodiscover_modules("admin")`, `walk_packages(__path__)`.

Which modules such a call may load, as far as the text is decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from analyzer.schema.classes import Classes
from analyzer.schema.running import Called, Code, ModuleCode
from analyzer.source.facts import Call, Expr, Items, Literal, Op
from analyzer.source.modules import Module
from analyzer.source.values import Sequence

BY_MODULE = ("import_module", "__import__")
BY_ATTRIBUTE = ("import_string", "import_from_string")
OF_APPS = ("autodiscover_modules",)
BY_LABEL = ("get_class", "get_classes")
"""django-oscar's: a module by the app's label, of whichever app overrides it."""

OF_PACKAGE = ("walk_packages", "iter_modules", "find_modules")
BY_TEXT = ("include", "url", "path", "re_path", "patterns")
"""Calls in a URL configuration whose texts name modules or what is in them."""

HOLE = "\0"
MAX_HOLES = 6
_MARK = re.compile(r"%\(?\w*\)?[sdr]|\{[^{}]*\}")


class Site(Struct, frozen=True):
    """A call that imports by a text, standing in `function` ("" for the module's own code).

    `text` has holes where it is not decided.  Without `exact`, the text names what is in a module
    or a package above.  `of_apps` is the name of a module that every installed app may have.
    """

    function: str
    line: int
    sure: bool
    text: str
    exact: bool = True
    of_apps: bool = False

    @property
    def anything(self) -> bool:
        """Whether nothing of the text is decided."""
        return not re.search(r"\w", self.text) or self.text.count(HOLE) > MAX_HOLES

    @property
    def decided(self) -> bool:
        return HOLE not in self.text and not self.of_apps

    def matches(self, name: str) -> bool:
        """Whether a module of that dotted name may be what is loaded."""
        if self.of_apps:
            return name.endswith(f".{self.text}")
        if self.decided:
            return self.text == name or (not self.exact and self.text.startswith(f"{name}."))
        pattern = ".*".join(map(re.escape, self.text.split(HOLE)))
        return re.fullmatch(pattern, name) is not None


def sites(classes: Classes, module: Module, code: ModuleCode) -> Iterator[Site]:
    """The dynamic imports of a module, those that a URL configuration makes included."""
    for function, inner in (("", code.top), *code.functions.items()):
        yield from _of_code(classes, module, function, inner, {**_aliases(code.top), **_aliases(inner)})


def _aliases(code: Code) -> dict[str, str]:
    """What the functions that import are called in a body."""
    return {
        alias: name
        for stmt, _ in code.imports
        for name, alias in stmt.names or ()
        if alias != name and name in (*BY_MODULE, *BY_ATTRIBUTE, *OF_APPS, *BY_LABEL, *OF_PACKAGE)
    }


def _of_code(
    classes: Classes, module: Module, function: str, code: Code, aliases: dict[str, str]
) -> Iterator[Site]:
    for called in code.calls:
        verb = called.name.rpartition(".")[2]
        verb = aliases.get(called.name, verb)
        call = called.call
        if call is None or (not call.args and not call.kwargs):
            continue
        if verb in BY_MODULE or verb in BY_ATTRIBUTE:
            yield from _by_text(classes, module, function, called, call, verb in BY_ATTRIBUTE)
        elif verb in OF_APPS:
            for arg in call.args:
                for text in _texts(classes, module, arg):
                    yield Site(function, called.line, called.sure, text, of_apps=HOLE not in text)
        elif verb in BY_LABEL and call.args:
            for text in _texts(classes, module, call.args[0]):
                if "." in text and HOLE not in text:
                    yield Site(function, called.line, False, f"{HOLE}.{text}")
        elif verb in OF_PACKAGE:
            package = module.name if module.package else module.name.rpartition(".")[0]
            yield Site(function, called.line, False, f"{package}.{HOLE}" if package else HOLE)


def _by_text(
    classes: Classes, module: Module, function: str, called: Called, call: Call, attribute: bool
) -> Iterator[Site]:
    first = call.args[0] if call.args else call.kwargs[0][1]
    for text in _texts(classes, module, first):
        if attribute:
            whole, _, last = text.rpartition(".")
            yield Site(function, called.line, called.sure, whole or (HOLE if HOLE in last else last), False)
        else:
            given = text
            if text.startswith("."):
                above = module.name if module.package else module.name.rpartition(".")[0]
                given = f"{above}{text}" if len(call.args) + len(call.kwargs) > 1 else HOLE + text
            yield Site(function, called.line, called.sure, given, attribute)


def _texts(classes: Classes, module: Module, expr: Expr) -> list[str]:
    """The texts that an expression may come to; a hole where that is not decided."""
    value = classes.evaluator.evaluate(expr, module)
    if isinstance(value, str):
        return [value]
    if isinstance(value, Sequence) and value.complete and all(isinstance(i, str) for i in value.items):
        return [str(item) for item in value.items]
    return [_shape(classes, module, expr)]


def _shape(classes: Classes, module: Module, expr: Expr) -> str:
    value = classes.evaluator.evaluate(expr, module)
    if isinstance(value, str):
        return value
    match expr:
        case Literal(str() as text):
            return text
        case Op("f", parts):
            return "".join(_shape(classes, module, part) for part in parts)
        case Op("+", (left, right)):
            return _shape(classes, module, left) + _shape(classes, module, right)
        case Op("%", (Literal(str() as text), _)):
            return _MARK.sub(HOLE, text)
        case Call(func=Op(".format", (Literal(str() as text),))):
            return _MARK.sub(HOLE, text)
        case Call(func=Op(".join", (Literal(str() as glue),)), args=(Items(items=items),)):
            return glue.join(_shape(classes, module, item) for item in items)
        case _:
            return HOLE


def named_texts(code: Code) -> Iterator[tuple[str, int, bool]]:
    """The texts in calls that a URL configuration consists of."""
    for called in code.calls:
        if called.call is None or called.name.rpartition(".")[2] not in BY_TEXT:
            continue
        pending: list[Expr] = [*called.call.args, *(value for _, value in called.call.kwargs)]
        while pending:
            match pending.pop():
                case Literal(str() as text) if "." in text:
                    yield text, called.line, called.sure
                case Items(items=items):
                    pending += items
                case _:
                    pass

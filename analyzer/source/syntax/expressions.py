"""Expressions of the syntax tree to facts."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable

from ast_grep_py import SgNode

from analyzer.source.facts import Call, Expr, Items, Literal, Mapping, Op, Opaque, Ref

MAX_DEPTH = 60
"""Real code stays below 20; deeper nesting would exhaust the stack of whoever walks the facts."""

_DOTTED = re.compile(r"[^\W\d]\w*(\s*\.\s*[^\W\d]\w*)*", re.ASCII).fullmatch
_SPACE = re.compile(r"\s+")
_PREFIX = re.compile(r"[a-zA-Z]*")
_ESCAPE_OR_QUOTE = re.compile(r'\\.|"', re.DOTALL)


def line_of(node: SgNode) -> int:
    return node.range().start.line + 1


def excerpt(text: str, length: int) -> str:
    return _SPACE.sub(" ", text[: length * 2]).strip()[:length]


_PLAIN_PARAMETERS = frozenset(
    {
        "identifier",
        "list_splat_pattern",
        "dictionary_splat_pattern",
        "positional_separator",
        "keyword_separator",
    }
)
_DEFAULT_PARAMETERS = frozenset({"default_parameter", "typed_default_parameter"})


def parameters_of(node: SgNode, depth: int) -> tuple[tuple[str, ...], tuple[tuple[str, Expr], ...]]:
    """Parameters as written, in order, stars and separators included; and their defaults.

    A parameter that Python 2 unpacks, `(a, b)`, is called `?`.
    """
    names: list[str] = []
    defaults: list[tuple[str, Expr]] = []
    for child in node.named_children():
        kind = child.kind()
        if kind in _PLAIN_PARAMETERS:
            names.append(without_space(child.text()))
        elif kind == "typed_parameter":
            names.append(without_space(child.named_children()[0].text()))
        elif kind in _DEFAULT_PARAMETERS:
            name, value = child.field("name"), child.field("value")
            names.append(name.text() if name is not None and name.kind() == "identifier" else "?")
            if value is not None:
                defaults.append((names[-1], expression(value, depth)))
        elif kind == "tuple_pattern":
            names.append("?")
    return tuple(names), tuple(defaults)


def without_space(text: str) -> str:
    return _SPACE.sub("", text)


def expression(node: SgNode, depth: int) -> Expr:
    """One expression; anything unknown or nested too deep becomes `Opaque`."""
    read = _EXPRESSIONS.get(node.kind())
    if read is None or depth > MAX_DEPTH:
        return opaque(node)
    return read(node, depth + 1)


def opaque(node: SgNode) -> Opaque:
    return Opaque(excerpt(node.text()[:200], 80), line_of(node))


def _identifier(node: SgNode, depth: int) -> Expr:
    return Ref(node.text())


def _attribute(node: SgNode, depth: int) -> Expr:
    text = node.text()
    if _DOTTED(text):
        return Ref(text if text.isidentifier() else _SPACE.sub("", text))
    inner, name = node.field("object"), node.field("attribute")
    if inner is None or name is None:
        return opaque(node)
    return Op("." + name.text(), (expression(inner, depth),))


def _call(node: SgNode, depth: int) -> Expr:
    func, arguments = node.field("function"), node.field("arguments")
    if func is None or arguments is None:
        return opaque(node)
    if arguments.kind() == "generator_expression":
        args: tuple[Expr, ...] = (_comprehension(arguments, depth),)
        return Call(expression(func, depth), args, (), line_of(node))
    args, kwargs = arguments_of(arguments, depth)
    return Call(expression(func, depth), args, kwargs, line_of(node))


def arguments_of(node: SgNode, depth: int) -> tuple[tuple[Expr, ...], tuple[tuple[str, Expr], ...]]:
    args: list[Expr] = []
    kwargs: list[tuple[str, Expr]] = []
    for child in node.named_children():
        kind = child.kind()
        if kind == "keyword_argument":
            parts = [part for part in child.named_children() if part.kind() != "comment"]
            if len(parts) == 2:
                kwargs.append((parts[0].text(), expression(parts[1], depth)))
        elif kind == "dictionary_splat":
            parts = child.named_children()
            kwargs.append(("**", expression(parts[0], depth) if parts else opaque(child)))
        elif kind != "comment":
            args.append(expression(child, depth))
    return tuple(args), tuple(kwargs)


def _display(kind: str) -> Callable[[SgNode, int], Expr]:
    def read(node: SgNode, depth: int) -> Expr:
        return Items(kind, tuple(_starred(item) for item in _operands(node, depth)))

    return read


def _starred(item: Expr) -> Expr:
    """`*f()` as the whole of `f()` unpacked: in a display of one item the grammar takes it for `(*f)()`."""
    inner = _unstarred(item)
    return item if inner is None else Op("*", (inner,))


def _unstarred(expr: Expr) -> Expr | None:
    """An expression without the star before it; None where it has none."""
    match expr:
        case Op("*", (inner,)):
            return inner
        case Call(func, args, kwargs, line):
            called = _unstarred(func)
            return None if called is None else Call(called, args, kwargs, line)
        case Op(op, (first, *rest)) if op.startswith(".") or op == "[]":
            owner = _unstarred(first)
            if isinstance(owner, Ref) and op.startswith("."):
                return Ref(owner.name + op)
            return None if owner is None else Op(op, (owner, *rest))
        case _:
            return None


def _operands(node: SgNode, depth: int) -> tuple[Expr, ...]:
    return tuple(expression(c, depth) for c in node.named_children() if c.kind() != "comment")


def _dictionary(node: SgNode, depth: int) -> Expr:
    pairs: list[tuple[Expr | None, Expr]] = []
    for child in node.named_children():
        kind = child.kind()
        if kind == "pair":
            key, value = child.field("key"), child.field("value")
            if key is not None and value is not None:
                pairs.append((expression(key, depth), expression(value, depth)))
        elif kind == "dictionary_splat":
            pairs.append((None, expression(child.named_children()[0], depth)))
    return Mapping(tuple(pairs))


def _string(node: SgNode, depth: int) -> Expr:
    text = node.text()
    prefix = _PREFIX.match(text)
    letters = prefix.group().lower() if prefix else ""
    try:
        if "f" in letters or "t" in letters:
            return _format_string(node, depth, raw="r" in letters)
        return Literal(_unquote(text, letters))
    except (ValueError, SyntaxError):
        return opaque(node)


def _unquote(text: str, letters: str) -> str:
    body = text[len(letters) :]
    quote = body[:3] if body[:3] in ('"""', "'''") else body[:1]
    if len(body) < 2 * len(quote) or not body.endswith(quote):
        raise ValueError("unterminated string")
    inner = body[len(quote) : -len(quote)]
    if "\\" not in inner or "r" in letters:
        return inner
    return _unescape(inner)


def _escaped(match: re.Match[str]) -> str:
    return '\\"' if match.group() == '"' else match.group()


def _unescape(inner: str) -> str:
    if (len(inner) - len(inner.rstrip("\\"))) % 2:
        inner += "\\"  # what it stood before is a value in an f-string: it stands for itself
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = ast.literal_eval('"""' + _ESCAPE_OR_QUOTE.sub(_escaped, inner) + '"""')
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value.encode("utf-8", "replace").decode()


def _format_string(node: SgNode, depth: int, raw: bool) -> Expr:
    parts: list[Expr] = []
    for child in node.named_children():
        kind = child.kind()
        if kind == "string_content":
            text = child.text().replace("{{", "{").replace("}}", "}")
            parts.append(Literal(text if raw or "\\" not in text else _unescape(text)))
        elif kind == "interpolation":
            inner = child.named_children()
            simple = len(inner) == 1
            parts.append(expression(inner[0], depth) if simple else opaque(child))
    return Op("f", tuple(parts))


def _concatenated(node: SgNode, depth: int) -> Expr:
    parts = _operands(node, depth)
    texts = [part.value for part in parts if isinstance(part, Literal) and isinstance(part.value, str)]
    if len(texts) == len(parts):
        return Literal("".join(texts))
    return Op("f", parts)


def _integer(node: SgNode, depth: int) -> Expr:
    text = node.text().rstrip("lL")
    try:
        value = int(text, 8) if re.fullmatch("0[0-7]+", text) else int(text, 0)
    except ValueError:
        return opaque(node)
    return Literal(value) if -(2**63) <= value < 2**63 else opaque(node)


def _float(node: SgNode, depth: int) -> Expr:
    try:
        return Literal(float(node.text()))
    except ValueError:
        return opaque(node)


def _constant(value: bool | None) -> Callable[[SgNode, int], Expr]:
    literal = Literal(value)

    def read(node: SgNode, depth: int) -> Expr:
        return literal

    return read


def _parenthesized(node: SgNode, depth: int) -> Expr:
    inner = [child for child in node.named_children() if child.kind() != "comment"]
    return expression(inner[0], depth) if len(inner) == 1 else opaque(node)


def _operator(node: SgNode, depth: int) -> Expr:
    operator = node.field("operator")
    operands = _operands(node, depth)
    if operator is None:
        return opaque(node)
    if operator.text() == "-" and len(operands) == 1:
        number = operands[0]
        if isinstance(number, Literal) and isinstance(number.value, (int, float)):
            return Literal(-number.value)
    return Op(operator.text(), operands)


def _comparison(node: SgNode, depth: int) -> Expr:
    operators = [child.text() for child in node.field_children("operators")]
    operands = _operands(node, depth)
    if len(operands) == 2:
        return Op(_SPACE.sub(" ", " ".join(operators)), operands)
    return opaque(node)


def _named(op: str) -> Callable[[SgNode, int], Expr]:
    def read(node: SgNode, depth: int) -> Expr:
        return Op(op, _operands(node, depth))

    return read


def _comprehension(node: SgNode, depth: int) -> Expr:
    """`Op("for", (Literal(kind), element, clause…))`.

    A clause is `Op("in", (target, iterable))` or `Op("if", (test,))`.
    """
    parts: list[Expr] = [Literal(node.kind().split("_")[0])]
    for child in node.named_children():
        kind = child.kind()
        if kind == "for_in_clause":
            left, right = child.field("left"), child.field("right")
            if left is not None and right is not None:
                parts.append(Op("in", (expression(left, depth), expression(right, depth))))
        elif kind == "if_clause":
            parts.append(Op("if", _operands(child, depth)))
        elif kind == "pair":
            parts.append(Items("tuple", _operands(child, depth)))
        elif kind != "comment":
            parts.append(expression(child, depth))
    return Op("for", tuple(parts))


def _lambda(node: SgNode, depth: int) -> Expr:
    """`Op("lambda", (parameters, body, defaults))`, the defaults a dict by name."""
    parameters, body = node.field("parameters"), node.field("body")
    names, defaults = parameters_of(parameters, depth) if parameters is not None else ((), ())
    inner = expression(body, depth) if body is not None else opaque(node)
    given = Mapping(tuple((Literal(name), value) for name, value in defaults))
    return Op("lambda", (Items("tuple", tuple(map(Literal, names))), inner, given))


_EXPRESSIONS: dict[str, Callable[[SgNode, int], Expr]] = {
    "identifier": _identifier,
    "keyword_identifier": _identifier,
    "attribute": _attribute,
    "call": _call,
    "string": _string,
    "concatenated_string": _concatenated,
    "integer": _integer,
    "float": _float,
    "true": _constant(True),
    "false": _constant(False),
    "none": _constant(None),
    "list": _display("list"),
    "list_pattern": _display("list"),
    "tuple": _display("tuple"),
    "tuple_pattern": _display("tuple"),
    "pattern_list": _display("tuple"),
    "expression_list": _display("tuple"),
    "set": _display("set"),
    "dictionary": _dictionary,
    "parenthesized_expression": _parenthesized,
    "binary_operator": _operator,
    "unary_operator": _operator,
    "boolean_operator": _operator,
    "not_operator": _named("not"),
    "comparison_operator": _comparison,
    "conditional_expression": _named("if"),
    "subscript": _named("[]"),
    "slice": _named("slice"),
    "named_expression": _named(":="),
    "list_splat": _named("*"),
    "list_splat_pattern": _named("*"),
    "await": _named("await"),
    "yield": _named("yield"),
    "list_comprehension": _comprehension,
    "set_comprehension": _comprehension,
    "dictionary_comprehension": _comprehension,
    "generator_expression": _comprehension,
    "lambda": _lambda,
}

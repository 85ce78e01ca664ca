"""Python text to facts: the only module that knows ast-grep.

Total on any text: what the grammar cannot parse becomes a `Problem` with its line, and the rest
of the file is still read.  Nesting deeper than `MAX_DEPTH` becomes `Opaque`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from ast_grep_py import SgNode, SgRoot

from analyzer.source.facts import (
    Assign,
    Call,
    ClassDef,
    Evaluate,
    Expr,
    FileFacts,
    For,
    FuncDef,
    Handler,
    If,
    Import,
    Items,
    Jump,
    Literal,
    Mapping,
    Op,
    Opaque,
    Problem,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)

MAX_DEPTH = 60
"""Real code stays below 20; deeper nesting would exhaust the stack of whoever walks the facts."""

OUTLINE_BODIES = frozenset({"ready", "contribute_to_class", "deconstruct", "__init__", "__getattr__"})
"""Functions whose bodies say something about apps, fields or names even where others are skipped."""

_DOTTED = re.compile(r"[^\W\d]\w*(\s*\.\s*[^\W\d]\w*)*", re.ASCII).fullmatch
_SPACE = re.compile(r"\s+")
_PREFIX = re.compile(r"[a-zA-Z]*")


def parse(text: str, full: bool) -> FileFacts:
    """Read a module.  Without `full`, function bodies are left out except where `_keeps_body` says so."""
    root = SgRoot(text, "python").root()
    problems = _errors(root)
    return FileFacts(_Reader(full).block(root.named_children(), 0), problems, full)


def _errors(root: SgNode) -> tuple[Problem, ...]:
    first = root.find(kind="ERROR")
    if first is None:
        return ()
    line = _line(first)
    return (Problem(line, "syntax", f"syntax not understood near `{_excerpt(first.text(), 40)}`"),)


def _line(node: SgNode) -> int:
    return node.range().start.line + 1


def _excerpt(text: str, length: int) -> str:
    return _SPACE.sub(" ", text[: length * 2]).strip()[:length]


class _Reader:
    """Walks one module; `full` decides which function bodies are read."""

    def __init__(self, full: bool) -> None:
        self.full = full

    # ------------------------------------------------------------ statements

    def block(self, nodes: Sequence[SgNode], depth: int) -> tuple[Stmt, ...]:
        out: list[Stmt] = []
        if depth > MAX_DEPTH:
            return ()
        for node in nodes:
            read = _STATEMENTS.get(node.kind())
            if read is not None:
                read(self, node, depth, out)
        return tuple(out)

    def body_of(self, node: SgNode, depth: int) -> tuple[Stmt, ...]:
        block = node.field("body")
        return self.block(block.named_children(), depth + 1) if block is not None else ()

    def expression_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        if not children:
            return
        child = children[0]
        kind = child.kind()
        if kind == "assignment":
            self.assignment(child, depth, out)
        elif kind == "augmented_assignment":
            self.augmented_assignment(child, depth, out)
        elif kind not in ("string", "ellipsis", "concatenated_string", "comment"):
            out.append(Evaluate(expression(child, depth), _line(node)))

    def assignment(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        targets: list[Expr] = []
        line = _line(node)
        value: SgNode | None = node
        while value is not None and value.kind() == "assignment":
            left = value.field("left")
            if left is not None:
                targets.append(expression(left, depth))
            value = value.field("right")
        if value is not None:
            out.append(Assign(tuple(targets), "=", expression(value, depth), line))

    def augmented_assignment(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        left, operator, right = node.field("left"), node.field("operator"), node.field("right")
        if left is not None and operator is not None and right is not None:
            target, value = expression(left, depth), expression(right, depth)
            out.append(Assign((target,), operator.text(), value, _line(node)))

    def import_from(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        source = node.field("module_name")
        written = _SPACE.sub("", source.text()) if source is not None else "__future__"
        module = written.lstrip(".")
        names: list[tuple[str, str]] = []
        for child in node.field_children("name"):
            names.append(_imported(child))
        if not names and any(child.kind() == "wildcard_import" for child in node.named_children()):
            names.append(("*", "*"))
        out.append(Import(module, len(written) - len(module), tuple(names), None, _line(node)))

    def import_plain(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        for child in node.field_children("name"):
            name, alias = _imported(child)
            out.append(Import(name, 0, None, alias if alias != name else None, _line(node)))

    def decorated(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        definition = node.field("definition")
        if definition is None:
            return
        decorators = tuple(
            expression(child.named_children()[0], depth)
            for child in children
            if child.kind() == "decorator" and child.named_children()
        )
        if definition.kind() == "class_definition":
            self.class_definition(definition, depth, out, decorators)
        else:
            self.function_definition(definition, depth, out, decorators)

    def class_definition(
        self, node: SgNode, depth: int, out: list[Stmt], decorators: tuple[Expr, ...] = ()
    ) -> None:
        name = node.field("name")
        if name is None:
            return
        args: tuple[Expr, ...] = ()
        keywords: tuple[tuple[str, Expr], ...] = ()
        superclasses = node.field("superclasses")
        if superclasses is not None:
            args, keywords = _arguments(superclasses, depth)
        body = self.body_of(node, depth)
        out.append(ClassDef(name.text(), args, keywords, decorators, body, _line(node)))

    def function_definition(
        self, node: SgNode, depth: int, out: list[Stmt], decorators: tuple[Expr, ...] = ()
    ) -> None:
        name_node, parameters = node.field("name"), node.field("parameters")
        if name_node is None:
            return
        name = name_node.text()
        params: tuple[str, ...] = ()
        body: tuple[Stmt, ...] | None = None
        if self.full or name in OUTLINE_BODIES:
            params = _parameters(parameters, depth) if parameters is not None else ()
            body = self.body_of(node, depth)
        out.append(FuncDef(name, params, decorators, body, _line(node)))

    def if_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        test = node.field("condition")
        consequence = node.field("consequence")
        orelse: tuple[Stmt, ...] = ()
        for clause in reversed(node.field_children("alternative")):
            if clause.kind() == "else_clause":
                orelse = self.body_of(clause, depth)
            else:
                condition, block = clause.field("condition"), clause.field("consequence")
                inner = self.block(block.named_children(), depth + 1) if block is not None else ()
                checked = expression(condition, depth) if condition is not None else _opaque(clause)
                orelse = (If(checked, inner, orelse, _line(clause)),)
        body = self.block(consequence.named_children(), depth + 1) if consequence is not None else ()
        checked = expression(test, depth) if test is not None else _opaque(node)
        out.append(If(checked, body, orelse, _line(node)))

    def for_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        left, right, other = node.field("left"), node.field("right"), node.field("alternative")
        target = expression(left, depth) if left is not None else _opaque(node)
        iterable = expression(right, depth) if right is not None else _opaque(node)
        orelse = self.body_of(other, depth) if other is not None else ()
        out.append(For(target, iterable, self.body_of(node, depth), orelse, _line(node)))

    def while_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        test = node.field("condition")
        checked = expression(test, depth) if test is not None else _opaque(node)
        out.append(While(checked, self.body_of(node, depth), _line(node)))

    def try_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        handlers: list[Handler] = []
        orelse: tuple[Stmt, ...] = ()
        final: tuple[Stmt, ...] = ()
        for clause in node.named_children():
            kind = clause.kind()
            if kind in ("except_clause", "except_group_clause"):
                handlers.append(self.handler(clause, depth))
            elif kind == "else_clause":
                orelse = self.body_of(clause, depth)
            elif kind == "finally_clause":
                final = self.trailing_block(clause, depth)
        out.append(Try(self.body_of(node, depth), tuple(handlers), orelse, final, _line(node)))

    def handler(self, clause: SgNode, depth: int) -> Handler:
        caught = [c for c in clause.named_children() if c.kind() not in ("block", "comment")]
        exception = expression(caught[0], depth) if len(caught) == 1 else None
        return Handler(exception, self.trailing_block(clause, depth))

    def trailing_block(self, clause: SgNode, depth: int) -> tuple[Stmt, ...]:
        for child in clause.named_children():
            if child.kind() == "block":
                return self.block(child.named_children(), depth + 1)
        return ()

    def with_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        items: list[tuple[Expr, Expr | None]] = []
        for clause in node.named_children():
            if clause.kind() == "with_clause":
                items.extend(_with_item(item, depth) for item in clause.named_children())
        out.append(With(tuple(items), self.body_of(node, depth), _line(node)))

    def match_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        block = node.field("body")
        orelse: tuple[Stmt, ...] = ()
        cases = block.named_children() if block is not None else []
        for case in reversed(cases):
            if case.kind() == "case_clause":
                body = case.field("consequence")
                inner = self.block(body.named_children(), depth + 1) if body is not None else ()
                orelse = (If(_opaque(case), inner, orelse, _line(case)),)
        out.extend(orelse)

    def return_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        out.append(Return(expression(children[0], depth) if children else None, _line(node)))

    def jump(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        value = expression(children[0], depth) if children else None
        out.append(Jump(node.kind().removesuffix("_statement"), value, _line(node)))

    def assertion(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        if children:
            out.append(Evaluate(Op("assert", (expression(children[0], depth),)), _line(node)))

    def printing(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        args = tuple(expression(child, depth) for child in node.named_children())
        out.append(Evaluate(Call(Ref("print"), args, (), _line(node)), _line(node)))

    def broken(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        out.extend(self.block(node.named_children(), depth + 1))


_Statement = Callable[[_Reader, SgNode, int, list[Stmt]], None]
_STATEMENTS: dict[str, _Statement] = {
    "expression_statement": _Reader.expression_statement,
    "import_from_statement": _Reader.import_from,
    "future_import_statement": _Reader.import_from,
    "import_statement": _Reader.import_plain,
    "decorated_definition": _Reader.decorated,
    "class_definition": _Reader.class_definition,
    "function_definition": _Reader.function_definition,
    "if_statement": _Reader.if_statement,
    "for_statement": _Reader.for_statement,
    "while_statement": _Reader.while_statement,
    "try_statement": _Reader.try_statement,
    "with_statement": _Reader.with_statement,
    "match_statement": _Reader.match_statement,
    "return_statement": _Reader.return_statement,
    "raise_statement": _Reader.jump,
    "break_statement": _Reader.jump,
    "continue_statement": _Reader.jump,
    "delete_statement": _Reader.jump,
    "assert_statement": _Reader.assertion,
    "print_statement": _Reader.printing,
    "ERROR": _Reader.broken,
}


def _imported(node: SgNode) -> tuple[str, str]:
    """(name, name it is bound to) of one imported name."""
    if node.kind() == "aliased_import":
        name, alias = node.field("name"), node.field("alias")
        if name is not None and alias is not None:
            return _SPACE.sub("", name.text()), alias.text()
    text = _SPACE.sub("", node.text())
    return text, text


def _parameters(node: SgNode, depth: int) -> tuple[str, ...]:
    """Parameter names in order, starred ones with their stars; defaults are left out."""
    names: list[str] = []
    for child in node.named_children():
        kind = child.kind()
        if kind == "identifier":
            names.append(child.text())
        elif kind in ("list_splat_pattern", "dictionary_splat_pattern"):
            names.append(_SPACE.sub("", child.text()))
        elif kind == "typed_parameter":
            names.append(_SPACE.sub("", child.named_children()[0].text()))
        elif kind in ("default_parameter", "typed_default_parameter"):
            name = child.field("name")
            names.append(name.text() if name is not None else "?")
    return tuple(names)


def _with_item(item: SgNode, depth: int) -> tuple[Expr, Expr | None]:
    children = item.named_children()
    inner = children[0] if children else item
    if inner.kind() == "as_pattern":
        parts = inner.named_children()
        if len(parts) == 2:
            target = parts[1].named_children()
            bound = expression(target[0], depth) if target else None
            return expression(parts[0], depth), bound
    return expression(inner, depth), None


# ---------------------------------------------------------------- expressions


def expression(node: SgNode, depth: int) -> Expr:
    """One expression; anything unknown or nested too deep becomes `Opaque`."""
    read = _EXPRESSIONS.get(node.kind())
    if read is None or depth > MAX_DEPTH:
        return _opaque(node)
    return read(node, depth + 1)


def _opaque(node: SgNode) -> Opaque:
    return Opaque(_excerpt(node.text()[:200], 80), _line(node))


def _identifier(node: SgNode, depth: int) -> Expr:
    return Ref(node.text())


def _attribute(node: SgNode, depth: int) -> Expr:
    text = node.text()
    if _DOTTED(text):
        return Ref(text if text.isidentifier() else _SPACE.sub("", text))
    inner, name = node.field("object"), node.field("attribute")
    if inner is None or name is None:
        return _opaque(node)
    return Op("." + name.text(), (expression(inner, depth),))


def _call(node: SgNode, depth: int) -> Expr:
    func, arguments = node.field("function"), node.field("arguments")
    if func is None or arguments is None:
        return _opaque(node)
    if arguments.kind() == "generator_expression":
        args: tuple[Expr, ...] = (_comprehension(arguments, depth),)
        return Call(expression(func, depth), args, (), _line(node))
    args, kwargs = _arguments(arguments, depth)
    return Call(expression(func, depth), args, kwargs, _line(node))


def _arguments(node: SgNode, depth: int) -> tuple[tuple[Expr, ...], tuple[tuple[str, Expr], ...]]:
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
            kwargs.append(("**", expression(parts[0], depth) if parts else _opaque(child)))
        elif kind != "comment":
            args.append(expression(child, depth))
    return tuple(args), tuple(kwargs)


def _display(kind: str) -> Callable[[SgNode, int], Expr]:
    def read(node: SgNode, depth: int) -> Expr:
        return Items(kind, _operands(node, depth))

    return read


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
    if "f" in letters or "t" in letters:
        return _format_string(node, depth, raw="r" in letters)
    try:
        return Literal(_unquote(text, letters))
    except (ValueError, SyntaxError):
        return _opaque(node)


def _unquote(text: str, letters: str) -> str:
    body = text[len(letters) :]
    quote = body[:3] if body[:3] in ('"""', "'''") else body[:1]
    if len(body) < 2 * len(quote) or not body.endswith(quote):
        raise ValueError("unterminated string")
    inner = body[len(quote) : -len(quote)]
    if "\\" not in inner or "r" in letters:
        return inner
    return _unescape(inner)


def _unescape(inner: str) -> str:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = ast.literal_eval('"""' + inner.replace('"', '\\"') + '"""')
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
            parts.append(expression(inner[0], depth) if simple else _opaque(child))
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
        return _opaque(node)
    return Literal(value) if -(2**63) <= value < 2**63 else _opaque(node)


def _float(node: SgNode, depth: int) -> Expr:
    try:
        return Literal(float(node.text()))
    except ValueError:
        return _opaque(node)


def _constant(value: bool | None) -> Callable[[SgNode, int], Expr]:
    literal = Literal(value)

    def read(node: SgNode, depth: int) -> Expr:
        return literal

    return read


def _parenthesized(node: SgNode, depth: int) -> Expr:
    inner = [child for child in node.named_children() if child.kind() != "comment"]
    return expression(inner[0], depth) if len(inner) == 1 else _opaque(node)


def _operator(node: SgNode, depth: int) -> Expr:
    operator = node.field("operator")
    operands = _operands(node, depth)
    if operator is None:
        return _opaque(node)
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
    return _opaque(node)


def _named(op: str) -> Callable[[SgNode, int], Expr]:
    def read(node: SgNode, depth: int) -> Expr:
        return Op(op, _operands(node, depth))

    return read


def _comprehension(node: SgNode, depth: int) -> Expr:
    """`Op("for", (Literal(kind), element, clause…))`, a clause being `Op("in", (target, iterable))` or `Op("if", …)`."""
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
    parameters, body = node.field("parameters"), node.field("body")
    names = _parameters(parameters, depth) if parameters is not None else ()
    inner = expression(body, depth) if body is not None else _opaque(node)
    return Op("lambda", (Items("tuple", tuple(Literal(name) for name in names)), inner))


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

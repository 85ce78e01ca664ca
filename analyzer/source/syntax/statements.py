"""Python text to facts: with `expressions`, the only modules that know ast-grep.

Total on any text: what the grammar cannot parse becomes a `Problem` with its line, and the rest
of the file is still read.  Nesting deeper than `MAX_DEPTH` becomes `Opaque`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ast_grep_py import Config, SgNode, SgRoot

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
    Jump,
    Op,
    Problem,
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.syntax.expressions import (
    MAX_DEPTH,
    arguments_of,
    excerpt,
    expression,
    line_of,
    opaque,
    parameters_of,
    without_space,
)

OUTLINE_BODIES = frozenset({"ready", "contribute_to_class", "deconstruct", "__init__", "__getattr__"})
"""Functions whose bodies say something about apps, fields or names even where others are skipped."""


def parse(text: str, full: bool) -> FileFacts:
    """Read a module.  Without `full`, only the function bodies named in `OUTLINE_BODIES` are read."""
    root = SgRoot(text, "python").root()
    reader = _Reader(full)
    nodes = root.named_children()
    body = reader.block(nodes, 0)
    problems = _errors(root) or _indented(nodes) or tuple(reader.problems[:1])
    return FileFacts(body, problems, full)


_BROKEN: Config = {"rule": {"any": [{"kind": "ERROR"}, {"regex": "^$"}]}}
"""What the grammar skipped, or what it made up where something is missing: a node without text."""


def _errors(root: SgNode) -> tuple[Problem, ...]:
    first = root.find(_BROKEN)
    if first is None or not root.text():
        return ()
    line = line_of(first)
    return (Problem(line, "syntax", f"syntax not understood near `{excerpt(_seen(first), 40)}`"),)


def _indented(nodes: Sequence[SgNode]) -> tuple[Problem, ...]:
    """A statement at the top of a module that does not begin its line, which the grammar lets pass."""
    ended = -1
    for node in nodes:
        place = node.range()
        if place.start.column and place.start.line != ended and node.kind() in _STATEMENTS:
            line = place.start.line + 1
            return (Problem(line, "syntax", f"unexpected indent before `{excerpt(node.text(), 40)}`"),)
        ended = place.end.line
    return ()


def _seen(broken: SgNode) -> str:
    """The text at a broken place: its own, or that of the node in which something is missing."""
    above = broken.parent()
    return broken.text() or (above.text() if above is not None else "")


class _Reader:
    """Walks one module; `full` decides which function bodies are read."""

    def __init__(self, full: bool) -> None:
        self.full = full
        self.problems: list[Problem] = []

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
        children = block.named_children() if block is not None else []
        if not children:
            line = line_of(node)
            self.problems.append(Problem(line, "syntax", f"no body after `{excerpt(node.text(), 40)}`"))
        return self.block(children, depth + 1)

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
            out.append(Evaluate(expression(child, depth), line_of(node)))

    def assignment(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        targets: list[Expr] = []
        line = line_of(node)
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
            out.append(Assign((target,), operator.text(), value, line_of(node)))

    def import_from(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        source = node.field("module_name")
        written = without_space(source.text()) if source is not None else "__future__"
        module = written.lstrip(".")
        names: list[tuple[str, str]] = []
        for child in node.field_children("name"):
            names.append(_imported(child))
        if not names and any(child.kind() == "wildcard_import" for child in node.named_children()):
            names.append(("*", "*"))
        out.append(Import(module, len(written) - len(module), tuple(names), None, line_of(node)))

    def import_plain(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        for child in node.field_children("name"):
            name, alias = _imported(child)
            out.append(Import(name, 0, None, alias if alias != name else None, line_of(node)))

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
            args, keywords = arguments_of(superclasses, depth)
        body = self.body_of(node, depth)
        out.append(ClassDef(name.text(), args, keywords, decorators, body, line_of(node)))

    def function_definition(
        self, node: SgNode, depth: int, out: list[Stmt], decorators: tuple[Expr, ...] = ()
    ) -> None:
        name_node, parameters = node.field("name"), node.field("parameters")
        if name_node is None:
            return
        name = name_node.text()
        if not self.full and name not in OUTLINE_BODIES:
            out.append(FuncDef(name, (), decorators, None, line_of(node)))
            return
        params, defaults = parameters_of(parameters, depth) if parameters is not None else ((), ())
        body = self.body_of(node, depth)
        out.append(FuncDef(name, params, decorators, body, line_of(node), defaults))

    def if_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        test = node.field("condition")
        consequence = node.field("consequence")
        orelse: tuple[Stmt, ...] = ()
        for deeper, clause in _nested(node.field_children("alternative"), depth):
            if clause.kind() == "else_clause":
                orelse = self.body_of(clause, deeper)
            else:
                condition, block = clause.field("condition"), clause.field("consequence")
                inner = self.block(block.named_children(), deeper + 1) if block is not None else ()
                checked = expression(condition, depth) if condition is not None else opaque(clause)
                orelse = (If(checked, inner, orelse, line_of(clause)),)
        body = self.block(consequence.named_children(), depth + 1) if consequence is not None else ()
        checked = expression(test, depth) if test is not None else opaque(node)
        out.append(If(checked, body, orelse, line_of(node)))

    def for_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        left, right, other = node.field("left"), node.field("right"), node.field("alternative")
        target = expression(left, depth) if left is not None else opaque(node)
        iterable = expression(right, depth) if right is not None else opaque(node)
        orelse = self.body_of(other, depth) if other is not None else ()
        out.append(For(target, iterable, self.body_of(node, depth), orelse, line_of(node)))

    def while_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        test = node.field("condition")
        checked = expression(test, depth) if test is not None else opaque(node)
        out.append(While(checked, self.body_of(node, depth), line_of(node)))

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
        out.append(Try(self.body_of(node, depth), tuple(handlers), orelse, final, line_of(node)))

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
        out.append(With(tuple(items), self.body_of(node, depth), line_of(node)))

    def match_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        block = node.field("body")
        orelse: tuple[Stmt, ...] = ()
        cases = block.named_children() if block is not None else []
        for deeper, case in _nested(cases, depth):
            if case.kind() == "case_clause":
                body = case.field("consequence")
                inner = self.block(body.named_children(), deeper + 1) if body is not None else ()
                orelse = (If(opaque(case), inner, orelse, line_of(case)),)
        out.extend(orelse)

    def return_statement(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        out.append(Return(expression(children[0], depth) if children else None, line_of(node)))

    def jump(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        value = expression(children[0], depth) if children else None
        out.append(Jump(node.kind().removesuffix("_statement"), value, line_of(node)))

    def assertion(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        children = node.named_children()
        if children:
            out.append(Evaluate(Op("assert", (expression(children[0], depth),)), line_of(node)))

    def printing(self, node: SgNode, depth: int, out: list[Stmt]) -> None:
        args = tuple(expression(child, depth) for child in node.named_children())
        out.append(Evaluate(Call(Ref("print"), args, (), line_of(node)), line_of(node)))

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


def _nested(clauses: Sequence[SgNode], depth: int) -> list[tuple[int, SgNode]]:
    """Clauses of which each one nests in the one before, with their depth; the innermost first."""
    return list(enumerate(clauses[: max(MAX_DEPTH - depth, 0)], depth))[::-1]


def _imported(node: SgNode) -> tuple[str, str]:
    """(name, name it is bound to) of one imported name."""
    if node.kind() == "aliased_import":
        name, alias = node.field("name"), node.field("alias")
        if name is not None and alias is not None:
            return without_space(name.text()), alias.text()
    text = without_space(node.text())
    return text, text


def _with_item(item: SgNode, depth: int) -> tuple[Expr, Expr | None]:
    children = item.named_children()
    inner = children[0] if children else item
    if inner.kind() == "parenthesized_expression" and inner.named_children():
        inner = inner.named_children()[0]
    if inner.kind() == "as_pattern":
        parts = inner.named_children()
        if len(parts) == 2:
            target = parts[1].named_children()
            bound = expression(target[0], depth) if target else None
            return expression(parts[0], depth), bound
    return expression(inner, depth), None

"""Python text to facts: every statement and expression as the small tree that the later stages read."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Ref,
    Return,
    Stmt,
    Try,
    While,
    With,
)
from analyzer.source.syntax import parse

A, B, C = Ref("a"), Ref("b"), Ref("c")
ONE, TWO, THREE = Literal(1), Literal(2), Literal(3)
RUN_A = Evaluate(Call(A, (), (), 2), 2)
"""The statement `a()` on line 2."""


def body(text: str, *, full: bool = True) -> tuple[Stmt, ...]:
    facts = parse(text, full)
    assert facts.problems == ()
    return facts.body


def statement(text: str) -> Stmt:
    (found,) = body(text)
    return found


def expression(text: str) -> Expr:
    """The tree of the expression `text`."""
    found = statement(f"x = {text}")
    assert isinstance(found, Assign)
    return found.value


def test_an_empty_file_says_nothing() -> None:
    assert parse("", full=True) == FileFacts((), (), True)


# ---------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    "text",
    [
        "1", "-1", "0x1F", "0o17", "0b101", "1_000", "1.5", "-1.5e3", "1_0.0", "True", "False", "None",
        "'a'", '"a"', "'''a'''", "r'\\d'", "'\\n'", "'it\\'s'", "'say \\\"hi\\\"'", '"it\'s"',
        '"""a "b" c"""', "'\\x41\\u00e9\\N{BULLET}'", "'a' 'b'", "('a'\n 'b')", "''", "'''a\nb'''",
        "'a\\\nb'", "U'a'", "'\\\\'", "'\\d'", "'\\\\\"'",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@pytest.mark.filterwarnings('ignore:"\\\\d" is an invalid')
def test_a_constant_has_the_value_that_python_gives_it(text: str) -> None:
    assert expression(text) == Literal(ast.literal_eval(text))


@settings(deadline=None)
@given(st.text() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False))
def test_any_constant_is_read_back(value: str | float) -> None:
    assert expression(repr(value)) == Literal(value)


@settings(deadline=None)
@given(st.text(alphabet="ab'\"\\\nu0{}N"))
def test_any_string_as_written_means_what_python_says_or_nothing(inner: str) -> None:
    """Quotes, backslashes and newlines in any order."""
    import warnings

    for text in (f"'{inner}'", f'"""{inner}"""'):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = ast.literal_eval(text)
        except (SyntaxError, ValueError):
            continue
        assert expression(text) == Literal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("b'abc'", "abc"),
        ("ur'a\\d'", "a\\d"),
        ("0777", 0o777),
        ("10L", 10),
    ],
)
def test_constants_of_python_2_are_read_too(text: str, value: object) -> None:
    assert expression(text) == Literal(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1j", "9" * 30, "...", "a < b < c"])
def test_what_the_tree_has_no_place_for_is_opaque(text: str) -> None:
    assert expression(text) == Opaque(text, 1)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a.b.c", Ref("a.b.c")),
        ("a . b", Ref("a.b")),
        ("(a)", A),
        ("(\n# why\na)", A),
        ("[1, 2]", Items("list", (ONE, TWO))),
        ("(1, 2)", Items("tuple", (ONE, TWO))),
        ("1, 2", Items("tuple", (ONE, TWO))),
        ("(1,)", Items("tuple", (ONE,))),
        ("()", Items("tuple", ())),
        ("{1, 2}", Items("set", (ONE, TWO))),
        ("[\n1,  # one\n# all\n]", Items("list", (ONE,))),
        ("[*a, 1]", Items("list", (Op("*", (A,)), ONE))),
        ("[*a()]", Items("list", (Op("*", (Call(A, (), (), 1),)),))),
        ("(*a.b,)", Items("tuple", (Op("*", (Ref("a.b"),)),))),
        ("{}", Mapping(())),
        ("{1: a, **b}", Mapping(((ONE, A), (None, B)))),
        ("a + b", Op("+", (A, B))),
        ("a % b", Op("%", (A, B))),
        ("not a", Op("not", (A,))),
        ("a and b", Op("and", (A, B))),
        ("a or b or c", Op("or", (Op("or", (A, B)), C))),
        ("a == b", Op("==", (A, B))),
        ("a not in b", Op("not in", (A, B))),
        ("a is  not b", Op("is not", (A, B))),
        ("a if b else c", Op("if", (A, B, C))),
        ("a[1]", Op("[]", (A, ONE))),
        ("a().b", Op(".b", (Call(A, (), (), 1),))),
        ("'a'.b", Op(".b", (Literal("a"),))),
        ("f'{a}!'", Op("f", (A, Literal("!")))),
        ("f'{{}}'", Op("f", (Literal("{}"),))),
        (r"f'\{a}'", Op("f", (Literal("\\"), A))),
        (r"f'\\{a}'", Op("f", (Literal("\\"), A))),
        (r"f'\x4{a}'", Opaque(r"f'\x4{a}'", 1)),
        ("lambda a, *b: c", Op("lambda", (Items("tuple", (Literal("a"), Literal("*b"))), C, Mapping(())))),
        (
            "lambda a=1: b",
            Op("lambda", (Items("tuple", (Literal("a"),)), B, Mapping(((Literal("a"), ONE),)))),
        ),
        ("[a for a in b if c]", Op("for", (Literal("list"), A, Op("in", (A, B)), Op("if", (C,))))),
        ("(a for a in b)", Op("for", (Literal("generator"), A, Op("in", (A, B))))),
        ("{a: b for a in c}", Op("for", (Literal("dictionary"), Items("tuple", (A, B)), Op("in", (A, C))))),
        ("{a for a in b}", Op("for", (Literal("set"), A, Op("in", (A, B))))),
    ],
)
def test_an_expression_is_a_small_tree(text: str, tree: Expr) -> None:
    assert expression(text) == tree


def test_a_call_keeps_arguments_stars_and_its_line() -> None:
    assert expression("a.b(\n1,  # one\n*a, name=2, **c)") == Call(
        Ref("a.b"), (ONE, Op("*", (A,))), (("name", TWO), ("**", C)), 1
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("f(1, 2)", ONE),
        ("f(to=1)", ONE),
        ("f(2, to=1)", ONE),
        ("f(*a)", None),
        ("f(*a, 1)", None),
        ("f()", None),
        ("f(of=1)", None),
    ],
)
def test_an_argument_is_found_by_keyword_or_position_but_not_behind_a_star(
    text: str, value: Expr | None
) -> None:
    call = expression(text)
    assert isinstance(call, Call)
    assert call.argument("to", 0) == value


# ---------------------------------------------------------------- statements


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1", Assign((A,), "=", ONE, 1)),
        ("a = b = 1", Assign((A, B), "=", ONE, 1)),
        ("a, b = 1", Assign((Items("tuple", (A, B)),), "=", ONE, 1)),
        ("a: int = 1", Assign((A,), "=", ONE, 1)),
        ("a.b = 1", Assign((Ref("a.b"),), "=", ONE, 1)),
        ("a[1] = 2", Assign((Op("[]", (A, ONE)),), "=", TWO, 1)),
        ("a += 1", Assign((A,), "+=", ONE, 1)),
        ("\na()", RUN_A),
        ("assert a", Evaluate(Op("assert", (A,)), 1)),
        ("import a", Import("a", 0, None, None, 1)),
        ("import a.b as c", Import("a.b", 0, None, "c", 1)),
        ("from a.b import c", Import("a.b", 0, (("c", "c"),), None, 1)),
        ("from a import (b as c, d,)", Import("a", 0, (("b", "c"), ("d", "d")), None, 1)),
        ("from . import a", Import("", 1, (("a", "a"),), None, 1)),
        ("from ..a import b", Import("a", 2, (("b", "b"),), None, 1)),
        ("from a import *", Import("a", 0, (("*", "*"),), None, 1)),
        ("from __future__ import a", Import("__future__", 0, (("a", "a"),), None, 1)),
        ("return a", Return(A, 1)),
        ("return", Return(None, 1)),
        ("raise a", Jump("raise", A, 1)),
        ("break", Jump("break", None, 1)),
        ("continue", Jump("continue", None, 1)),
        ("del a", Jump("delete", A, 1)),
        ("if a:\n a()", If(A, (RUN_A,), (), 1)),
        ("for a in b:\n a()", For(A, B, (RUN_A,), (), 1)),
        ("async for a in b:\n a()", For(A, B, (RUN_A,), (), 1)),
        ("while a:\n a()", While(A, (RUN_A,), 1)),
        ("with a as b, c:\n a()", With(((A, B), (C, None)), (RUN_A,), 1)),
        ("with (a as b):\n a()", With(((A, B),), (RUN_A,), 1)),
        ("try:\n a()\nexcept b:\n pass", Try((RUN_A,), (Handler(B, ()),), (), (), 1)),
        ("try:\n a()\nexcept:\n pass", Try((RUN_A,), (Handler(None, ()),), (), (), 1)),
        ("try:\n a()\nfinally:\n pass", Try((RUN_A,), (), (), (), 1)),
        ("class a: pass", ClassDef("a", (), (), (), (), 1)),
        ("class a(b, c, metaclass=a):\n a()", ClassDef("a", (B, C), (("metaclass", A),), (), (RUN_A,), 1)),
        ("class a[T](b): pass", ClassDef("a", (B,), (), (), (), 1)),
        ("@b\nclass a: pass", ClassDef("a", (), (), (B,), (), 2)),
        ("def a(b, *d, e: int, **f): pass", FuncDef("a", ("b", "*d", "e", "**f"), (), (), 1)),
        ("def a(b, /, *, c): pass", FuncDef("a", ("b", "/", "*", "c"), (), (), 1)),
        (
            "def a(b=1, *, c: int = 2): pass",
            FuncDef("a", ("b", "*", "c"), (), (), 1, (("b", ONE), ("c", TWO))),
        ),
        ("def a((b, c), d): pass", FuncDef("a", ("?", "d"), (), (), 1)),
        ("async def a(): pass", FuncDef("a", (), (), (), 1)),
        ("@b\ndef a(): pass", FuncDef("a", (), (B,), (), 2)),
    ],
)
def test_a_statement_is_a_value(text: str, tree: Stmt) -> None:
    assert statement(text) == tree


@pytest.mark.parametrize("text", ["'''Docs.'''", "pass", "...", "a: int", "# note", "global a"])
def test_what_changes_nothing_is_left_out(text: str) -> None:
    assert body(text) == ()


def test_several_statements_on_a_line_are_several() -> None:
    assert body("a = 1; b = 2") == (Assign((A,), "=", ONE, 1), Assign((B,), "=", TWO, 1))


def test_elif_is_an_if_inside_else() -> None:
    text = "if a:\n x = 1\nelif b:\n x = 2\nelse:\n x = 3"
    x = (Ref("x"),)
    inner = If(B, (Assign(x, "=", TWO, 4),), (Assign(x, "=", THREE, 6),), 3)
    assert statement(text) == If(A, (Assign(x, "=", ONE, 2),), (inner,), 1)


def test_the_cases_of_a_match_are_alternatives() -> None:
    found = statement("match a:\n case 1:\n  b = 1\n case _:\n  b = 2")
    assert isinstance(found, If)
    assert found.body == (Assign((B,), "=", ONE, 3),)
    (other,) = found.orelse
    assert isinstance(other, If)
    assert other.body == (Assign((B,), "=", TWO, 5),)


@pytest.mark.parametrize("text", ["except A, B:", "except (A, B):", "except (A, B) as e:", "except A as e:"])
def test_a_handler_is_read_in_every_python(text: str) -> None:
    """`except A, B:` means one thing in Python 2 and another in 3.14; both run the body."""
    found = statement(f"try:\n pass\n{text}\n a = 1")
    assert isinstance(found, Try)
    assert found.handlers[0].body == (Assign((A,), "=", ONE, 4),)


@pytest.mark.parametrize(
    "text", ["print 'x'", "print 'x' % a", "exec 'x' in a", "raise A, 'x'", "print >>a, b"]
)
def test_statements_of_python_2_are_no_problem(text: str) -> None:
    assert parse(text, full=True).problems == ()


def test_bodies_of_functions_are_read_on_demand() -> None:
    text = "def f(a):\n return 1"
    assert statement(text) == FuncDef("f", ("a",), (), (Return(ONE, 2),), 1)
    assert body(text, full=False) == (FuncDef("f", (), (), None, 1),)


@pytest.mark.parametrize("name", ["ready", "__init__", "contribute_to_class", "deconstruct"])
def test_bodies_that_speak_of_models_are_always_read(name: str) -> None:
    (cls,) = body(f"class A:\n def {name}(self):\n  return 1", full=False)
    assert isinstance(cls, ClassDef)
    assert cls.body == (FuncDef(name, ("self",), (), (Return(ONE, 3),), 2),)


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nclass A(:\n  pass\n", 2),
        ("a = 1\nb = = 2\n", 2),
        ("a = [1, 2\n", 1),
        ("a = 1\nb = (1,\n", 2),
        ("a = '", 1),
        ("a = '''b\n", 1),
        ("def f(:\n  pass\n", 1),
        ("if a\n  b = 1\n", 1),
        ("{% if a %}\n", 1),
    ],
)
def test_what_python_cannot_parse_is_a_problem_with_a_line(text: str, line: int) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(text)
    (problem,) = parse(text, full=True).problems
    assert (problem.kind, problem.line) == ("syntax", line)


def test_the_rest_of_a_broken_file_is_read() -> None:
    facts = parse("import a\nclass A(b:\n  pass\n\nclass B(a.C):\n  x = 1\n", full=True)
    assert facts.body[0] == Import("a", 0, None, None, 1)
    assert ClassDef("B", (Ref("a.C"),), (), (), (Assign((Ref("x"),), "=", ONE, 6),), 5) in facts.body


@settings(deadline=None)
@given(st.text() | st.text(alphabet="abc .:=()[]{}'\"\n\t\\#@,*-+fclassdeimportry0"), st.booleans())
def test_parse_is_total(text: str, full: bool) -> None:
    assert parse(text, full).full is full


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "(" * 5000,
        "x = " + "-" * 5000 + "1",
        "x = " + "a + " * 5000 + "a",
        "x = a" + ".b()" * 5000,
        "x = " + "a if b else " * 3000 + "c",
        "x = " + "not " * 5000 + "a",
        "x = a" + "[0]" * 5000,
        "x = " + "lambda: " * 3000 + "a",
        "if a: pass\n" + "elif a: pass\n" * 3000,
        "match a:\n" + " case 1: pass\n" * 3000,
        "".join(" " * n + "if a:\n" for n in range(500)) + " " * 500 + "pass",
        "a = " * 3000 + "1",
        "class " + "A(" * 3000,
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_no_nesting_is_too_deep(text: str) -> None:
    """Whoever walks or stores the facts gets through as well."""
    import msgspec

    from analyzer.source.scopes import flatten

    facts = parse(text, full=True)
    flatten(facts.body)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


LIBRARY = ("argparse", "ast", "dataclasses", "enum", "functools", "inspect", "tarfile", "typing", "uuid")


@pytest.mark.parametrize("name", LIBRARY)
def test_definitions_and_their_lines_are_those_of_pythons_own_parser(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    facts = parse(text, full=False)
    theirs = [
        (node.name, node.lineno)
        for node in ast.parse(text).body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert [(s.name, s.line) for s in facts.body if isinstance(s, (ClassDef, FuncDef))] == theirs
    assert facts.problems == ()

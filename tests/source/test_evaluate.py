"""What expressions come to: what Python would say where source decides it, else why not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.source.evaluate import Evaluator
from analyzer.source.facts import Assign
from analyzer.source.modules import Module
from analyzer.source.values import Made, Maybe, Named, Sequence, Table, Undecided, Value, is_plain
from tests.projects import source


def value(expression: str, before: str = "", **modules: str) -> Value:
    """The value of an expression below some statements, in a project with other modules."""
    files = {f"{name}.py": text for name, text in modules.items()}
    project = source({**files, "here.py": f"{before}\nfound = {expression}\n"})
    return last(project.evaluator, project.module("here"))


def last(evaluator: Evaluator, module: Module) -> Value:
    stmt = evaluator.names.modules.facts(module).body[-1]
    assert isinstance(stmt, Assign)
    return evaluator.evaluate(stmt.value, module)


def plain(found: Value) -> object:
    """A decided value as Python's own."""
    match found:
        case Sequence(kind, items, True):
            make = {"list": list, "tuple": tuple, "set": set}[kind]
            return make(plain(item) for item in items)
        case Table(pairs, True):
            return {key: plain(item) for key, item in pairs}
        case _ if is_plain(found):
            return found
        case _:
            raise AssertionError(found)


def why(found: Value) -> str:
    assert isinstance(found, Undecided), found
    return found.why


@pytest.mark.parametrize(
    "expression",
    [
        "1", "'a' + 'b'", "[1] + [2]", "(1,) + (2,)", "[1, *[2, 3], 4]", "{'a': 1, **{'b': 2}}",
        "{1, 2} | {3}", "{'a': 1} | {'b': 2}", "1 + 2 * 3", "2 > 1", "'a' in 'abc'", "'a' in ['b']",
        "'a' not in {'a': 1}", "1 == 1.0", "None is None", "'x' != 'y'", "not []", "[] or ['a']",
        "'a' and 'b'", "'' and 'b'", "1 if [] else 2", "'%s.%s' % ('a', 'b')", "'%d' % 3",
        "f'{1}-{\"a\"}!'", "['a', 'b'][1]", "['a', 'b'][-1]", "{'a': 1}['a']", "{'a': 1}.get('a')",
        "{'a': 1}.get('b')", "{'a': 1}.get('b', 2)", "'a,b'.split(',')", "'A'.lower()",
        "'a{}'.format(1)", "'{a}{b}'.format(a=1, **{'b': 2})", "'{}{}'.format(*[1, 2])",
        "'a b,c'.split(sep=',')", "' a '.strip()", "[x + 'y' for x in ['a', 'b'] if x != 'b']",
        "{x: 1 for x in ['a']}", "[x for x in range(3)]",
        "[(a, b) for a in 'x'.split() for b in [1, 2]]", "list(('a', 'b'))", "tuple(['a'])",
        "set(['a'])", "sorted(['b', 'a'])", "list(reversed([1, 2]))", "len(['a', 'b'])", "str(1)",
        "int('7')", "bool([])", "list({'a': 1})", "dict({'a': 1})", "list()",
        "[k for k, v in {'a': 1}.items()]", "list({'a': 1}.values())", "dict()", "['a'].copy()",
        "[1, 'a'] == [1, 'a']", "{'a': [1]} != {'a': [1]}", "[1] is None", "{} is not None", "[] == 'a'",
        "('a',) != ()", "['a'] == ['b']", "[1, ('a',)] == [1, ('b',)]", "(1,) == [1]",
        "isinstance('a', str)", "isinstance(1, (str, list))", "isinstance([1], list)",
        "isinstance(True, int)", "isinstance({}, dict)", "isinstance(None, str)",
        "hasattr('a', 'value')", "hasattr(1, 'real')",
    ],
)  # fmt: skip
def test_what_source_decides_is_what_python_says(expression: str) -> None:
    assert plain(value(expression)) == eval(expression)  # noqa: S307 - the constants above


numbers = st.integers(-3, 3)
words = st.sampled_from(["", "a", "ab"])
leaves = (numbers | words | st.booleans() | st.none()).map(repr)
OPERATORS = ("+", "-", "*", "<", ">", "<=", ">=", "==", "!=", "in", "not in", "and", "or", "|", "%")
expressions = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(inner, min_size=1, max_size=3).map(lambda items: f"({', '.join(items)},)")
        | st.tuples(
            inner,
            st.sampled_from(OPERATORS),
            inner,
        ).map(lambda parts: "({} {} {})".format(*parts))
        | st.tuples(inner, inner, inner).map(lambda parts: "({} if {} else {})".format(*parts))
        | inner.map(lambda item: f"(not {item})")
        | st.tuples(inner, inner).map(lambda parts: "{}[{}]".format(*parts))
        | inner.map(lambda item: f"list({item})")
        | inner.map(lambda item: f"len({item})")
        | inner.map(lambda item: f"str({item})")
        | inner.map(lambda item: f"bool({item})")
        | inner.map(lambda item: f"[x for x in {item}]")
        | inner.map(lambda item: f"{{{item}: 1}}")
        | inner.map(lambda item: f"f'{{({item})}}'" if "'" not in item else item)
    ),
    max_leaves=5,
)


class Quick:
    """One evaluator for many expressions."""

    project = source({"here.py": ""})
    module = project.module("here")

    @classmethod
    def value(cls, expression: str) -> Value:
        from analyzer.source.syntax import parse

        stmt = parse(f"found = {expression}", full=True).body[0]
        assert isinstance(stmt, Assign)
        return cls.project.evaluator.evaluate(stmt.value, cls.module)


@settings(deadline=None)
@given(expressions)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_what_is_decided_is_never_wrong(expression: str) -> None:
    """Undecided it may be, and anything where Python itself would raise."""
    import warnings

    found = Quick.value(expression)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            truth = eval(expression)  # noqa: S307 - made above
    except (TypeError, ValueError, IndexError, KeyError, ZeroDivisionError):
        return
    try:
        decided = plain(found)
    except AssertionError:
        return
    assert (decided, type(decided)) == (truth, type(truth))


# ---------------------------------------------------------------- names


def test_a_name_is_the_value_it_was_given() -> None:
    assert value("A + B", "A = 'x'\nB = A + 'y'") == "xxy"


def test_values_are_followed_into_other_modules() -> None:
    assert value("A", "from there import A", there="from deep import B as A", deep="B = ['x']") == Sequence(
        "list", ("x",)
    )
    assert value("there.A", "import there", there="A = 1") == 1


def test_classes_functions_and_what_is_outside_are_named() -> None:
    for expression, path in {"C": "here.C", "f": "here.f", "x.Y": "x.Y", "dict": "builtins.dict"}.items():
        found = value(expression, "import x\nclass C: pass\ndef f(): pass")
        assert isinstance(found, Named)
        assert found.path == path


def test_attributes_of_classes_are_values() -> None:
    assert value("C.A", "class C(B): pass\nclass B:\n    A = 1".replace("(B)", "")) == Undecided(
        "`C.A`: the class has no such attribute"
    )
    assert value("C.A", "class B:\n    A = 1\nclass C(B): pass") == 1


def test_a_call_of_something_unknown_stays_a_call() -> None:
    found = value("x.Y(1, to=A)", "import x\nA = 'a'")
    assert isinstance(found, Made)
    assert found.path == "x.Y"


def test_settings_are_looked_up_once_they_are_known() -> None:
    project = source({"here.py": "from django.conf import settings\nfound = settings.NAME\n"})
    module = project.module("here")
    assert isinstance(last(project.evaluator, module), Named)
    project.evaluator.settings = {"NAME": "x"}
    assert last(project.evaluator, module) == "x"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("getattr(settings, 'NAME')", "x"),
        ("getattr(settings, 'NAME', 'y')", "x"),
        ("getattr(settings, 'GONE', 'y')", "y"),
    ],
)
def test_getattr_on_settings_gives_the_setting_or_the_default(expression: str, found: str) -> None:
    project = source({"here.py": f"from django.conf import settings\nfound = {expression}\n"})
    project.evaluator.settings = {"NAME": "x"}
    assert last(project.evaluator, project.module("here")) == found


# ---------------------------------------------------------------- the environment


@pytest.mark.parametrize(
    "expression",
    [
        "os.environ.get('A', 'x')",
        "os.getenv('A', 'x')",
        "env('A', default='x')",
        "env.str('A', 'x')",
        "config('A', default='x')",
    ],
)
def test_the_environment_gives_its_default(expression: str) -> None:
    assert value(expression, "import os\nfrom environ import env\nfrom decouple import config") == "x"


SCHEME = """
import environ
env = environ.Env(A=(str, "x"), BARE=str, ON=(bool, False), **{"LISTED": (list, ["x", "y"])})
"""


@pytest.mark.parametrize(
    "expression", ["env('A')", "env.str('A')", "env('LISTED')[0]", "env.list('LISTED')[0]"]
)
def test_the_environment_may_know_its_defaults_beforehand(expression: str) -> None:
    assert value(expression, SCHEME) == "x"


@pytest.mark.parametrize(
    "expression", ["env('BARE')", "env('OTHER')", "env(unknown)", "env('A', default=unknown())"]
)
def test_what_it_does_not_know_beforehand_is_not_decided(expression: str) -> None:
    assert why(value(expression, SCHEME))
    assert value("env('ON')", SCHEME) is False


@pytest.mark.parametrize(
    "expression",
    [
        "os.environ['A']",
        "env('A')",
        "env.bool('A')",
        "config('A', default='False', cast=bool)",
        "config('A', default='a,b', cast=Csv())",
    ],
)
def test_the_environment_without_a_plain_default_decides_nothing(expression: str) -> None:
    """`cast` makes something else of the default than its text."""
    why(value(expression, "import os\nfrom environ import env\nfrom decouple import Csv, config"))


def test_a_lookup_that_gives_none_where_nothing_is_set_most_likely_gives_none() -> None:
    for expression in ("os.environ.get('A')", "os.getenv('A')"):
        assert value(expression, "import os") == Maybe(None, "comes from the environment")
    assert value("os.environ.get('A') or 'b'", "import os") == "b"
    assert value("os.getenv('A') == 'b'", "import os") == Maybe(False, "comes from the environment")


# ---------------------------------------------------------------- what is not decided


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("GONE", "no such name"),
        ("a < b < c", "is not understood"),
        ("x.y + 1", "an operand is not decided"),
        ("not x", "a condition is not decided"),
        ("x or []", "a condition is not decided"),
        ("f'{x.y}'", "an f-string of values that are not decided"),
        ("[a for a in x]", "over values that are not decided"),
        ("[][0]", "an index or key is not decided"),
        ("{}['a']", "no key 'a'"),
        ("{**x}['a']", "may be there"),
        ("'a'.join([chr(1)])", "joined texts are not decided"),
        ("open('a')", "`open(…)` is not evaluated"),
        ("(lambda: 1)()", "a call of a computed function"),
        ("range(10_000)", "a long range"),
    ],
)
def test_what_source_does_not_decide_says_why(expression: str, words: str) -> None:
    assert words in why(value(expression, "import x"))


def test_a_name_that_is_defined_by_itself_ends() -> None:
    assert "defined by itself" in why(value("A", "A = (B,)[0]\nB = (A,)[0]"))
    why(value("A", "A = A + 1"))


@pytest.mark.parametrize(
    ("expression", "items", "complete"),
    [
        ("['a', *x]", ("a",), False),
        ("['a'] + x", ("a",), False),
        ("x.y() + ['a']", (), False),
        (
            "['a'] + (['b'] if x else [])",
            ("a", Maybe("b", "depends on a condition that is not decided")),
            True,
        ),
        ("['a'] if x else ['a', 'b']", ("a", Maybe("b", "depends on a condition that is not decided")), True),
    ],
)
def test_of_a_list_what_is_certain_stays_certain(
    expression: str, items: tuple[Value, ...], complete: bool
) -> None:
    found = value(expression, "import x")
    if isinstance(found, Sequence):
        assert (found.items, found.complete) == (items, complete)
    else:
        why(found)


def test_no_comprehension_is_too_long() -> None:
    long = "[a + b for a in range(900) for b in range(900)]"
    assert "a comprehension of too many" in why(value(long))


@pytest.mark.parametrize(
    ("path", "name", "package"),
    [
        ("here.py", "here", ""),
        ("blog/models.py", "blog.models", "blog"),
        ("blog/__init__.py", "blog", "blog"),
    ],
)
def test_a_module_knows_its_name_and_its_package(path: str, name: str, package: str) -> None:
    project = source({"blog/__init__.py": "", path: "found = [__name__, __package__]"})
    found = last(project.evaluator, project.module(name))
    assert plain(found) == [name, package]


def test_a_name_of_its_own_hides_that_of_the_module() -> None:
    assert value("__name__", "__name__ = 'other'") == "other"


def test_what_only_the_module_that_is_started_does_is_left_out() -> None:
    assert value("[1] if __name__ == '__main__' else [2]") == Sequence("list", (2,))

"""Modules that a grammar makes: valid for the most part, and of a meaning that nobody had in mind."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.robustness.fuzz.nests import ODDITIES

BLOCK = 100
"""Modules that are drawn at once; the first of a block are the simplest."""

names = st.sampled_from(["A", "B", "Maker", "Product", "a", "b", "f", "self", "apps", "Meta", "shop", "odd"])
atoms = st.one_of(
    names,
    st.sampled_from(ODDITIES),
    st.sampled_from(["0", "-1", "1.5", "1e999", "''", "'a'", "'shop.Maker'", "b'a'", "None", "True", "..."]),
)


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    functions = st.sampled_from(
        [
            "A",
            "B",
            "f",
            "list",
            "dict",
            "tuple",
            "str",
            "len",
            "sum",
            "map",
            "zip",
            "type",
            "super",
            "models.ForeignKey",
            "models.CharField",
            "models.Q",
            "models.F",
            "models.ManyToManyField",
            "models.Index",
            "models.CheckConstraint",
            "migrations.CreateModel",
            "migrations.AddField",
            "migrations.RunPython",
            "migrations.RunSQL",
            "migrations.AlterField",
            "migrations.RenameModel",
            "apps.get_model",
            "getattr",
            "partial",
            "include",
            "env.list",
            "os.path.join",
            "models.IntegerChoices",
            "reversed",
            "enumerate",
            "isinstance",
        ]
    )
    keywords = st.sampled_from(
        [
            "to",
            "name",
            "field",
            "fields",
            "on_delete",
            "null",
            "default",
            "choices",
            "through",
            "model_name",
            "options",
        ]
    )
    plain = st.lists(inner, max_size=2)
    named = st.dictionaries(keywords, inner, max_size=2).map(lambda d: [f"{k}={v}" for k, v in d.items()])
    return st.builds(lambda f, a, k: f"{f}({', '.join([*a, *k])})", functions, plain, named)


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(
        ["+", "-", "*", "/", "//", "%", "**", "|", "&", "<<", "and", "or", "in", "is", "==", "<"]
    )
    many = st.lists(inner, max_size=3).map(", ".join)
    return st.one_of(
        _calls(inner),
        many.map("[{}]".format),
        many.map("({},)".format),
        many.map("{{{}}}".format),
        st.builds("{{{}: {}, **{}}}".format, inner, inner, inner),
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{} for {} in {} if {}]".format, inner, names, inner, inner),
        st.builds("{{{}: {} for {}, {} in {}}}".format, inner, inner, names, names, inner),
        st.builds("(lambda {}: {})".format, names, inner),
        st.builds("({}).{}".format, inner, names),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("({})[{}:{}]".format, inner, inner, inner),
        st.builds("f'{{{}}}'".format, names),
        st.builds("*{}".format, names),
        st.builds("({} := {})".format, names, inner),
        st.builds(
            "({}).{}({})".format,
            inner,
            st.sampled_from(["format", "join", "split", "update", "append", "get"]),
            inner,
        ),
    )


expressions = st.recursive(atoms, _deeper, max_leaves=5)
targets = st.one_of(
    names,
    st.sampled_from(
        [
            "INSTALLED_APPS",
            "operations",
            "dependencies",
            "replaces",
            "run_before",
            "objects",
            "abstract",
            "db_table",
            "app_label",
            "constraints",
            "indexes",
            "unique_together",
            "__all__",
            "AUTH_USER_MODEL",
            "MIGRATION_MODULES",
            "name",
            "label",
            "default_auto_field",
        ]
    ),
    st.builds("{}, *{}".format, names, names),
    st.builds("{}[{}]".format, names, atoms),
    st.builds("{}.{}".format, names, names),
)
simple = st.one_of(
    st.builds("{} = {}".format, targets, expressions),
    st.builds("{} {}= {}".format, names, st.sampled_from(["+", "|", "*", "%"]), expressions),
    st.builds("{}: {} = {}".format, names, names, expressions),
    st.builds(
        "from {} import {}".format,
        st.sampled_from([".", "..", "shop.models", "odd", ".models", "django.db"]),
        st.one_of(names, st.just("*"), st.just("models, migrations")),
    ),
    st.builds(
        "import {} as {}".format,
        st.sampled_from(["shop", "shop.models", "odd.models", "os", "django"]),
        names,
    ),
    st.builds("del {}".format, names),
    st.builds("return {}".format, expressions),
    expressions,
)


def _indented(lines: list[str]) -> str:
    return "\n".join("    " + line for text in lines for line in text.split("\n")) or "    pass"


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bases = st.sampled_from(
        [
            "models.Model",
            "A",
            "B",
            "Maker",
            "migrations.Migration",
            "AppConfig",
            "models.TextChoices",
            "object",
            "f()",
        ]
    )
    heads = st.one_of(
        st.builds("class {}({}):".format, names, bases),
        st.builds("class {}({}, {}):".format, names, bases, bases),
        st.just("class Meta:"),
        st.just("class Migration(migrations.Migration):"),
        st.builds("def {}({}, {}={}):".format, names, st.just("self"), st.just("b"), atoms),
        st.just("def f(apps, schema_editor):"),
        st.builds("if {}:".format, expressions),
        st.builds("for {} in {}:".format, names, expressions),
        st.builds("while {}:".format, expressions),
        st.builds("with {} as {}:".format, expressions, names),
        st.builds("@{}\ndef {}():".format, atoms, names),
    )
    bodies = st.lists(inner, max_size=3).map(_indented)
    return st.one_of(
        st.builds("{}\n{}".format, heads, bodies),
        st.builds("try:\n{}\nexcept {}:\n{}".format, bodies, names, bodies),
        st.builds("if {}:\n{}\nelse:\n{}".format, expressions, bodies, bodies),
    )


statements = st.recursive(simple, _blocks, max_leaves=4)
IMPORTS = "from django.db import models, migrations\nfrom django.apps import AppConfig\n"
modules = st.lists(statements, min_size=1, max_size=5).map(lambda parts: IMPORTS + "\n".join(parts) + "\n")


@lru_cache(maxsize=8)
def drawn(number: int) -> tuple[str, ...]:
    """The modules of one block, always the same ones for a number."""
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=BLOCK,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(modules)
    def collect(module: str) -> None:
        found.append(module)

    collect()
    return tuple(found)

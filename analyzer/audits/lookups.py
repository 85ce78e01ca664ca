"""MS41x: what the code of data operations looks up, and whether that is there when it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.audits.operation_examples import FIRST, code, migration
from analyzer.audits.rules import Hit, Rule, Severity
from analyzer.audits.values import Facts
from analyzer.data.lookups.values import RealModel, Standing
from analyzer.history.values import Key

_URL = "https://docs.djangoproject.com/en/stable/topics/migrations/"
_RUN = "migrations.RunPython(forward, migrations.RunPython.noop, elidable=True)"
_CHANGE = code("Post.objects.update(title='')")

REAL_MODEL = Rule(
    code="MS411",
    name="real-model-imported",
    severity=Severity.WARNING,
    title="A migration uses a model as it is now, not as it was then",
    why="Once a later migration adds a field to the model, the query names a column that is not there yet: "
    "every new environment fails.",
    fix='Use `apps.get_model("app", "Model")` of the function\'s first argument.',
    bad=FIRST
    + migration(
        "0002_change", _RUN, code("Post.objects.update(title='')", "from blog.models import Post", "")
    ),
    good=FIRST + migration("0002_change", _RUN, _CHANGE),
    url=_URL + "#data-migrations",
)

_NEWS = """
# news/__init__.py
# news/migrations/__init__.py
"""


def _news(parents: str, body: str = "Post.objects.update(title='')") -> str:
    return _NEWS + migration("0001_change", _RUN, code(body), "news", parents)


NO_PATH = Rule(
    code="MS412",
    name="model-without-dependency",
    severity=Severity.WARNING,
    title="A migration uses a model whose migrations it does not depend on",
    why="Only the order of names makes them run first: `migrate` of this app alone, a renamed app or new "
    "dependencies after a reset raise LookupError.",
    fix="Add the dependency that the message names.",
    bad=FIRST + _news(""),
    good=FIRST + _news('("blog", "0001_initial")'),
    url=_URL + "#accessing-models-from-other-apps",
)

NOT_THERE = Rule(
    code="MS413",
    name="model-not-there",
    severity=Severity.ERROR,
    title="A migration uses a model or field that is not there when it runs",
    why="A fresh database cannot be migrated: LookupError or FieldError, though environments that ran it in "
    "another order are fine.",
    fix="Depend on the migration that makes it, or name it as it was called then.",
    bad=FIRST
    + migration("0002_change", _RUN, code("Post.objects.filter(subtitle='').delete()"))
    + migration(
        "0003_subtitle",
        'migrations.AddField("post", "subtitle", models.CharField(max_length=80, default="")),\n'
        'migrations.RemoveField("post", "subtitle")',
        parents='("blog", "0002_change")',
    ),
    good=FIRST + migration("0002_change", _RUN, code("Post.objects.filter(title='').delete()")),
    url=_URL + "#historical-models",
)

_TYPES = 'ContentType = apps.get_model("contenttypes", "ContentType")\n'
_PARENTS = '("blog", "0001_initial"), ("contenttypes", "0001_initial")'

MADE_LATE = Rule(
    code="MS414",
    name="permission-not-there",
    severity=Severity.WARNING,
    title="A migration gets a permission or content type that nothing has made yet",
    why="`post_migrate` makes them when all migrations have run: on a fresh database the lookup raises "
    "DoesNotExist, on one that was migrated step by step it works.",
    fix="Call `create_permissions` or `ContentType.objects.get_for_model` before, or move it to a "
    "`post_migrate` receiver.",
    bad=FIRST
    + migration(
        "0002_type", _RUN, code(_TYPES + 'print(ContentType.objects.get(model="post"))'), parents=_PARENTS
    ),
    good=FIRST
    + migration(
        "0002_type", _RUN, code(_TYPES + "print(ContentType.objects.get_for_model(Post))"), parents=_PARENTS
    ),
    url="https://docs.djangoproject.com/en/stable/topics/auth/default/#default-permissions",
)

_LOAD = """
from importlib import import_module
LIMIT = import_module("blog.migrations.0002_change").LIMIT
"""

IMPORTED = Rule(
    code="MS415",
    name="imports-migration",
    severity=Severity.WARNING,
    title="A migration imports another migration",
    why="The other file can no longer be squashed, renamed or deleted: the import fails, and with it every "
    "command.",
    fix="Copy what is needed into this file, or move it to a module that is no migration.",
    bad=FIRST
    + migration("0002_change", _RUN, f"LIMIT = 9\n{_CHANGE}")
    + migration("0003_again", _RUN, _LOAD + _CHANGE, parents='("blog", "0002_change")'),
    good=FIRST + migration("0002_change", _RUN, _CHANGE),
)


def _real_models(facts: Facts) -> Iterator[Hit]:
    labels = {model.name: model.label for model in facts.models}
    told: set[tuple[Key, str]] = set()
    for use in facts.lookups.real:
        if use.migration in facts.history.nodes and (use.migration, use.path) not in told:
            told.add((use.migration, use.path))
            yield Hit(REAL_MODEL, use.file, use.line, _used(use, labels))


def _used(use: RealModel, labels: Mapping[str, str]) -> str:
    model = labels.get(use.path, "the user model" if use.path.endswith("()") else use.path)
    if use.through:
        return (
            f"{_said(use.migration)} calls {use.through}, which uses {model} as it is now, not as it was then"
        )
    return f"{_said(use.migration)} uses {model} as it is now, not as it was then (`apps.get_model`)"


def _no_path(facts: Facts) -> Iterator[Hit]:
    for one in facts.standings:
        if not one.missing and not facts.stopped(one.migration):
            yield Hit(
                NO_PATH,
                one.file,
                one.line,
                f"{_said(one.migration)} uses {one.what}, but {one.why}{_remedy(one)}",
            )


def _not_there(facts: Facts) -> Iterator[Hit]:
    for one in facts.standings:
        if one.missing and not facts.stopped(one.migration):
            when = "" if one.fails else ", if this code runs at all"
            why = f"{one.why}{when}{_remedy(one)}"
            message = f"{_said(one.migration)} uses {one.what}, which is not there then: {why}"
            yield Hit(NOT_THERE, one.file, one.line, message, None if one.fails else Severity.WARNING)


def _remedy(one: Standing) -> str:
    if one.remedy is None:
        return ""
    return f'; depend on ("{one.remedy[0]}", "{one.remedy[1]}")'


def _made_late(facts: Facts) -> Iterator[Hit]:
    for row in facts.lookups.rows:
        known = row.migration in facts.history.nodes
        if known and not facts.lookups.making & {row.migration, *facts.above(row.migration)}:
            message = (
                f"{_said(row.migration)} gets a row of {row.label}, which a fresh database does not have yet"
            )
            yield Hit(MADE_LATE, row.file, row.line, message)


def _imported(facts: Facts) -> Iterator[Hit]:
    for one in facts.lookups.imports:
        if one.migration in facts.history.nodes:
            message = f"{_said(one.migration)} imports the file of {_said(one.imported)}"
            yield Hit(IMPORTED, one.file, one.line, message)


def _said(key: Key) -> str:
    return ".".join(key)


AUDITS = (
    (REAL_MODEL, _real_models),
    (NO_PATH, _no_path),
    (NOT_THERE, _not_there),
    (MADE_LATE, _made_late),
    (IMPORTED, _imported),
)

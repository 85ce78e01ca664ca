"""A small analysis made by hand: a shop with a cycle, a squash, every kind of verdict, and open questions."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from analyzer.analysis import Analysis, Reading
from analyzer.audits.rules import Finding, Severity
from analyzer.data.values import DataOperation, Evidence, Verdict
from analyzer.graphs.cycles import app_cycles, model_cycles
from analyzer.graphs.levels import model_levels
from analyzer.graphs.values import Levels
from analyzer.history.drift.values import Difference, Drift, Undecided
from analyzer.history.values import History, Key, Migration, Operation
from analyzer.schema.values import App, Field, Model, Relation, RelationKind, Unknown
from analyzer.schema.version import DjangoVersions
from analyzer.states.summary import StateSummary


def app(label: str, own: bool = True, installed: bool | None = True) -> App:
    name = f"apps.{label}" if own else f"django.contrib.{label}"
    return App(
        label=label,
        name=name,
        path=f"apps/{label}" if own else "",
        installed=installed,
        own=own,
        migrations_module=f"{name}.migrations",
        default_auto_field=None,
        reason="listed in INSTALLED_APPS" if installed else "not listed in INSTALLED_APPS",
    )


def field(
    name: str, kind: RelationKind | None = None, target: str | None = None, null: bool = False, line: int = 5
) -> Field:
    classes = {
        None: "CharField",
        "FK": "ForeignKey",
        "O2O": "OneToOneField",
        "M2M": "ManyToManyField",
        "GFK": "GenericForeignKey",
    }
    return Field(
        name=name, cls=f"django.db.models.{classes[kind]}", null=null, kind=kind, target=target,
        declared_in="apps.shop.models.X", file="apps/shop/models.py", line=line,
    )  # fmt: skip


def model(label: str, fields: Iterable[Field] = (), line: int = 4, own: bool = True) -> Model:
    app_label, _, name = label.partition(".")
    return Model(
        label=label,
        app=app_label,
        name=f"apps.{app_label}.models.{name}",
        file=f"apps/{app_label}/models.py" if own else "",
        line=line if own else 0,
        installed=True,
        own=own,
        abstract=False,
        proxy=False,
        managed=True,
        swappable=None,
        swapped=False,
        auto_created=False,
        db_table=f"{app_label}_{name.lower()}",
        abstract_ancestors=(),
        parents=(),
        fields=tuple(fields),
    )


def relations_of(source: Model) -> list[Relation]:
    """The relations that a model's fields say."""
    return [
        Relation(
            source=source.label, field=f.name, kind=f.kind, target=f.target, null=f.null, parent_link=False,
            through=None, on_delete="CASCADE", swappable_setting=None, declared_in=source.name,
            file=source.file, line=f.line, certain=f.target is not None or f.kind == "GFK",
            why="" if f.target else "the target is made by a call",
        )
        for f in source.fields
        if f.kind is not None
    ]  # fmt: skip


def migration(app_label: str, name: str, *parents: Key, replaces: tuple[Key, ...] = ()) -> Migration:
    file = f"apps/{app_label}/migrations/{name}.py"
    module = f"apps.{app_label}.migrations.{name}"
    return Migration(
        app=app_label,
        name=name,
        module=module,
        file=file,
        line=4,
        dependencies=parents,
        parents=parents,
        run_before=(),
        replaces=replaces,
        initial=None,
        atomic=True,
        operations=(Operation("RunPython", "django.db.migrations.RunPython", module, file, 9),),
        lines=dict.fromkeys(parents, 6),
        complete=True,
    )


def operation(verdict: Verdict, app_label: str = "shop", line: int = 20) -> DataOperation:
    file = f"apps/{app_label}/migrations/0002_more.py"
    return DataOperation(
        app=app_label,
        migration="0002_more",
        file=file,
        line=line,
        operation="RunPython",
        forward="fill",
        reverse=None,
        elidable=None,
        verdict=verdict,
        confidence=0.75,
        runs_on_empty="unknown",
        evidence=(Evidence(file, line - 8, "creates rows of shop.Brand"),),
        tables_or_models=("shop.Brand",),
        net=verdict,
        reverse_kind="none",
    )


def finding(severity: Severity, code: str, message: str, suppressed: bool = False) -> Finding:
    return Finding(
        code, severity, "apps/shop/migrations/0002_more.py", 4, 1, message, f"{code}-print", suppressed
    )


def difference(
    kind: str, model_name: str, name: str | None = None, why: str = "", certain: bool = True, **places: object
) -> Difference:
    """A difference in `shop`; it is said in its models and in its first migration."""
    place = {"file": "apps/shop/models.py", "line": 12, "other_file": MADE, "other_line": 8}
    return Difference("shop", model_name, kind, name, certain, why=why, **{**place, **places})  # type: ignore[arg-type]


MADE = "apps/shop/migrations/0001_squashed.py"

DRIFT = Drift(
    differences=(
        difference("AddField", "product", "made", "not migrated"),
        difference("AlterField", "product", "brand", "differs in help_text", arguments=("help_text",)),
        difference(
            "DeleteModel", "crate", file=MADE, line=20, other_file="", other_line=0, why="no such model"
        ),
        difference("AlterField", "product", "name", "default: made by a call", certain=False),
    ),
    fields=12,
    equal=9,
    undecided=(Undecided("shop", "parcel", "kind", "apps/shop/models.py", 33, "a loop adds it"),),
)


def history_of(migrations: Iterable[Migration]) -> History:
    """A graph of what is there, squashes taken as applied."""
    every = list(migrations)
    replaced = {key: m.key for m in every for key in m.replaces}
    nodes = frozenset(m.key for m in every if m.key not in replaced)
    edges = {
        m.key: tuple(replaced.get(parent, parent) for parent in m.parents) for m in every if m.key in nodes
    }
    needed = {parent for key, parents in edges.items() for parent in parents if parent[0] == key[0]}
    return History(
        nodes=nodes,
        edges=edges,
        leaves=tuple(sorted(nodes - needed)),
        roots=tuple(sorted(key for key in nodes if not edges[key])),
        missing=(),
        cycles=(),
        replaced=replaced,
    )


READING = Reading(
    django=DjangoVersions((4, 2), (5, 2), (5, 2), "required as >=4.2,<6", "requirements/base.txt", 3),
    settings="config/settings/base.py",
    settings_reason="manage.py names it",
    settings_candidates=("config/settings/base.py", "config/settings/test.py"),
    all_apps=False,
    auth_user_model="people.User",
    source_roots=(".",),
    site_packages=None,
    packages=(),
    files_seen=40,
    files_read=12,
)

EMPTY = Analysis(
    project="empty",
    reading=replace(READING, settings=None, settings_reason="", settings_candidates=()),
    apps=(), models=(), abstract_models=(), relations=(), levels=Levels((), {}), levels_all=Levels((), {}),
    model_cycles=(), app_cycles=(), migrations=(), history=history_of(()), state=StateSummary({}),
    drift=Drift((), 0, 0, ()), data_operations=(), findings=(), unknown=(),
)  # fmt: skip


def analysed(
    models: Iterable[Model],
    migrations: Iterable[Migration] = (),
    project: str = "shop",
    apps: Iterable[App] = (),
) -> Analysis:
    """An analysis whose levels, cycles and history follow from what is given."""
    every = tuple(sorted(models, key=lambda m: m.label))
    relations = tuple(r for m in every for r in relations_of(m))
    history = tuple(sorted(migrations, key=lambda m: m.key))
    return replace(
        EMPTY,
        project=project,
        reading=READING,
        apps=tuple(apps) or tuple(app(label) for label in sorted({m.app for m in every if m.own})),
        models=every,
        relations=relations,
        levels=model_levels(every, relations),
        levels_all=model_levels(every, relations, external=True),
        model_cycles=model_cycles(every, relations),
        app_cycles=app_cycles(every, relations),
        migrations=history,
        history=history_of(history),
    )


def shop() -> Analysis:
    """The whole shop."""
    plain = analysed(
        SHOP_MODELS,
        [
            migration("people", "0001_initial"),
            migration("shop", "0001_initial", ("people", "0001_initial")),
            migration(
                "shop", "0001_squashed", ("people", "0001_initial"), replaces=(("shop", "0001_initial"),)
            ),
            replace(
                migration("shop", "0002_more", ("shop", "0001_squashed")), run_before=(("admin", "0001"),)
            ),
            migration("people", "0002_gift", ("people", "0001_initial"), ("shop", "0001_initial")),
        ],
        apps=[
            app("people"),
            app("shop"),
            app("old", installed=False),
            app("odd", installed=None),
            app("contenttypes", own=False),
        ],
    )
    verdicts: tuple[Verdict, ...] = ("seed", "schema", "unknown", "one-time", "noop")
    return replace(
        plain,
        abstract_models=(replace(model("shop.Stamped", [field("name")]), abstract=True, db_table=""),),
        drift=DRIFT,
        data_operations=tuple(operation(verdict, line=20 + 10 * n) for n, verdict in enumerate(verdicts)),
        findings=(
            finding(Severity.ERROR, "MS101", "shop has 2 leaf nodes: 0002_a, 0002_b"),
            finding(Severity.WARNING, "MS105", "number 0001 is used twice"),
            finding(Severity.NOTE, "MS110", "`__first__` is fragile"),
            finding(Severity.WARNING, "MS105", "number 0002 is used twice", suppressed=True),
        ),
        unknown=(Unknown("config/settings/base.py", 30, "INSTALLED_APPS", "extended in a loop"),),
    )


SHOP_MODELS = (
    model("contenttypes.ContentType", own=False),
    model("people.User", line=10),
    model("shop.Brand", [field("owner", "FK", "people.User", null=True, line=6)]),
    model(
        "shop.Product",
        [field("name"), field("brand", "FK", "shop.Brand", line=12), field("made", "FK", line=13)],
        11,
    ),
    model("shop.Order", [field("last", "FK", "shop.Parcel", null=True, line=22)], 20),
    model(
        "shop.Parcel",
        [
            field("order", "FK", "shop.Order", line=32),
            field("kind", "FK", "contenttypes.ContentType", line=33),
        ],
        30,
    ),
    model("shop.Invoice", [field("order", "FK", "shop.Order", line=42), field("about", "GFK", line=43)], 40),
)

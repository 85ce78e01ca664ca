"""What installed packages' migrations have to do with the project's: their names, and whom they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from analyzer.catalogue.site import Packages
from analyzer.catalogue.versions import specifier, version
from analyzer.history.manners import SWAPPABLE
from analyzer.history.values import Key, Migration
from analyzer.schema.ground import Ground
from analyzer.source.facts import Assign, Call, ClassDef, Expr, FileFacts, Items, Literal, Ref
from analyzer.source.scopes import flatten

USER = "AUTH_USER_MODEL"
DJANGO = "django."


class Dependent(Struct, frozen=True, order=True):
    """A package's migration that needs one of the project's: by name, or by the setting that it asks."""

    migration: Key
    package: str
    needs: Key
    setting: str


class Outside(Struct, frozen=True):
    """`names` are the migrations of packages' apps by label, as far as they are known; `exact` are the
    apps by label of which the version in use has just these.  `forks` are (own label, package's app)
    where an app of the project stands in for a package's.
    """

    names: Mapping[str, frozenset[str]] = {}
    exact: Mapping[str, str] = {}
    dependents: tuple[Dependent, ...] = ()
    forks: tuple[tuple[str, str], ...] = ()


def outside(packages: Packages, ground: Ground, migrations: Iterable[Migration]) -> Outside:
    """What is known of the packages' apps that the project has installed."""
    user_model = ground.settings.auth_user_model
    own = {migration.app for migration in migrations}
    names: dict[str, frozenset[str]] = {}
    dependents: list[Dependent] = []
    exact: dict[str, str] = {}
    for app in ground.apps.apps:
        known = packages.migrations(app.name) if not app.own and app.label not in own else ()
        if not known:
            continue
        names[app.label] = frozenset(known)
        if app.name.startswith(DJANGO) or packages.in_use(app.name) or _is_pinned(packages, app.name):
            exact[app.label] = app.name
        for name in known if own else ():
            facts = packages.facts(f"{app.name}.migrations.{name}")
            for key, setting in _needed(facts, user_model) if facts is not None else ():
                if key[0] in own:
                    dependents.append(Dependent((app.label, name), app.name, key, setting))
    return Outside(names, exact, tuple(sorted(set(dependents))), tuple(sorted(set(_forks(packages, ground)))))


def _is_pinned(packages: Packages, app: str) -> bool:
    """Whether the project requires just the catalogued version that is read."""
    return any(
        f"{app}.".startswith(f"{chosen.package}.")
        and specifier(chosen.requirement).exact == version(chosen.version)
        for chosen in packages.chosen
    )


def _forks(packages: Packages, ground: Ground) -> Iterator[tuple[str, str]]:
    """Own apps with the label of a package's app, of which they inherit the AppConfig."""
    for config in ground.apps.configs:
        app = ground.apps.containing(config.module.name)
        if app is None or not app.own:
            continue
        for base in sorted(ground.classes.ancestry(config).paths):
            home = base.rpartition(".")[0].removesuffix(".apps").removesuffix(".config")
            if home.rpartition(".")[2] == app.label and home != app.name and packages.migrations(home):
                yield app.label, home


def _needed(facts: FileFacts, user_model: str) -> Iterator[tuple[Key, str]]:
    """The migrations that a package's migration depends on, each with the setting that names it."""
    for cls in facts.body:
        if not isinstance(cls, ClassDef) or cls.name != "Migration":
            continue
        for stmt in flatten(cls.body):
            if isinstance(stmt, Assign) and Ref("dependencies") in stmt.targets:
                yield from _listed(stmt.value, user_model)


def _listed(value: Expr, user_model: str) -> Iterator[tuple[Key, str]]:
    for item in value.items if isinstance(value, Items) else ():
        match item:
            case Items(items=(Literal(str() as app), Literal(str() as name))):
                yield (app, name), ""
            case Call(func=Ref(called), args=(Ref(setting), *_)) if called.endswith(SWAPPABLE):
                if setting.endswith(f".{USER}"):
                    yield (user_model.partition(".")[0], "__first__"), USER
            case _:
                pass

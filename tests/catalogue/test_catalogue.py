"""The catalogue as it is shipped: which packages in which versions, what of them, and how one is chosen."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import analyzer.catalogue
from analyzer.analysis import analyse
from analyzer.catalogue import Catalogue, Chosen, choose, shared
from analyzer.catalogue.requirements import Requirements, normalised
from analyzer.catalogue.site import externals, installed
from analyzer.catalogue.store import Variant, contents, open_bundle
from analyzer.options import Options
from analyzer.source.facts import Assign, Call, ClassDef, FuncDef, Literal, Ref
from tests.projects import write

FOLDER = Path(analyzer.catalogue.__file__).parent
PACKAGES = {
    normalised(name): [said] if isinstance(said, str) else said
    for name, said in tomllib.loads((FOLDER / "packages.toml").read_text(encoding="utf-8"))[
        "packages"
    ].items()
}
SEVERAL = """
django djangorestframework django-allauth wagtail django-cms social-auth-app-django django-oauth-toolkit
django-celery-beat django-celery-results django-simple-history django-taggit django-mptt django-guardian
django-otp django-two-factor-auth django-axes django-filer easy-thumbnails django-reversion django-waffle
django-constance django-oscar django-health-check django-extensions django-model-utils django-polymorphic
django-parler django-auditlog dj-stripe
"""


def catalogue(root: Path, requirements: str = "") -> Catalogue:
    return Catalogue(Requirements(write(root, {"requirements.txt": requirements})))


def classes(known: Catalogue, module: str) -> dict[str, ClassDef]:
    facts = known.facts(module)
    assert facts is not None, f"{module} is not known"
    return {stmt.name: stmt for stmt in facts.body if isinstance(stmt, ClassDef)}


def names(cls: ClassDef) -> set[str]:
    """What a class's body binds."""
    targets = {t.name for s in cls.body if isinstance(s, Assign) for t in s.targets if isinstance(t, Ref)}
    return targets | {stmt.name for stmt in cls.body if isinstance(stmt, (FuncDef, ClassDef))}


def version_of(known: Catalogue, package: str) -> str:
    assert known.knows(package)
    return next(chosen.version for chosen in known.chosen if chosen.package == package)


def test_many_packages_are_known_in_little_room() -> None:
    assert len(PACKAGES) > 300
    assert sum(path.stat().st_size for path in (FOLDER / "data").iterdir()) <= 2_000_000


@pytest.mark.parametrize("distribution", SEVERAL.split())
def test_packages_that_changed_are_known_in_several_versions(distribution: str) -> None:
    assert len(PACKAGES[distribution]) >= 2


def test_the_data_is_that_of_the_list() -> None:
    found: dict[str, set[str]] = {}
    for path in (FOLDER / "data").glob("*.z"):
        for variant in open_bundle(path.read_bytes()).variants:
            found.setdefault(normalised(variant.distribution), set()).add(variant.version)
    assert found == {name: set(versions) for name, versions in PACKAGES.items()}


def test_every_module_of_every_variant_can_be_read() -> None:
    for path in sorted((FOLDER / "data").glob("*.z")):
        bundle = open_bundle(path.read_bytes())
        for variant in bundle.variants:
            found = contents(bundle, variant, shared())
            for name in found.names:
                assert found.module(name), f"{variant.distribution} {variant.version}: {name}"


# ---------------------------------------------------------------- which version


@pytest.mark.parametrize(
    ("requirements", "version", "why"),
    [
        ("", "6.1.3", "the newest known, since nothing requires it"),
        ("django", "6.1.3", "the newest known, since any version is allowed"),
        ("Django==5.2.19", "5.2.19", "the required version"),
        ("django==4.2.3", "4.2.30", "the nearest known of the series that is required"),
        ("django==2.1", "3.2.25", "the nearest known to what is required"),
        ("django>=3.2,<4", "3.2.25", "the newest known that is allowed"),
    ],
)
def test_the_version_nearest_to_the_required_one_is_taken(
    requirements: str, version: str, why: str, tmp_path: Path
) -> None:
    known = catalogue(tmp_path, requirements)
    assert version_of(known, "django") == version
    assert [chosen.why for chosen in known.chosen] == [why]


def test_versions_differ_in_their_models(tmp_path: Path) -> None:
    module = "allauth.socialaccount.models"
    old = classes(catalogue(tmp_path / "old", "django-allauth==0.51.0"), module)["SocialApp"]
    new = classes(catalogue(tmp_path / "new", "django-allauth==65.21.1"), module)["SocialApp"]
    assert {"provider_id", "settings"} & names(old) == set()
    assert {"provider_id", "settings"} <= names(new)


def test_modules_that_a_version_does_not_have_are_not_there(tmp_path: Path) -> None:
    old, new = catalogue(tmp_path / "old", "wagtail==2.16"), catalogue(tmp_path / "new", "wagtail==7.0")
    assert "Page" in classes(old, "wagtail.core.models")
    assert new.facts("wagtail.core.models") is None
    assert old.facts("wagtail.models.pages") is None


@pytest.mark.parametrize(
    ("requirements", "distribution"),
    [
        ("", "django-organizations"),
        ("django-organizations>=2", "django-organizations"),
        ("edx-organizations==6.13.0", "edx-organizations"),
        ("edx_organizations", "edx-organizations"),
    ],
)
def test_of_two_distributions_the_required_one_brings_the_package(
    requirements: str, distribution: str, tmp_path: Path
) -> None:
    known = catalogue(tmp_path, requirements)
    assert known.knows("organizations")
    assert [chosen.distribution for chosen in known.chosen] == [distribution]


def test_packages_of_a_namespace_are_known_each_in_its_own_version(tmp_path: Path) -> None:
    asked = "mitol-django-common==2026.6.16.4\nmitol-django-google-sheets==2025.6.13\n"
    known = catalogue(tmp_path, asked)
    assert known.knows("mitol")
    assert known.is_package("mitol")
    assert known.facts("mitol") is None
    assert "TimestampedModel" in classes(known, "mitol.common.models")
    assert "GoogleApiAuth" in classes(known, "mitol.google_sheets.models")
    assert known.facts("mitol.nowhere.models") is None
    assert {(chosen.package, chosen.version, chosen.fits) for chosen in known.chosen} == {
        ("mitol.common", "2026.6.16.4", True),
        ("mitol.google_sheets", "2025.6.13", True),
    }


def test_what_operations_of_packages_do_to_a_state_is_known() -> None:
    cls = classes(Catalogue(), "hierarkey.utils")["CleanHierarkeyDuplicates"]
    methods = {stmt.name: stmt for stmt in cls.body if isinstance(stmt, FuncDef)}
    assert methods["state_forwards"].body == ()


def test_a_markup_field_brings_its_type_and_what_is_rendered_of_it(tmp_path: Path) -> None:
    files = {
        "settings.py": 'INSTALLED_APPS = ["blog"]\n',
        "blog/__init__.py": "",
        "blog/models.py": """
            from django.db import models
            from markupfield.fields import MarkupField

            class Post(models.Model):
                text = MarkupField()
            """,
    }
    found = {m.label: m for m in analyse(write(tmp_path, files), Options(cache=False)).models}["blog.Post"]
    assert {field.name for field in found.fields} == {"id", "text", "text_markup_type", "_text_rendered"}


def test_only_what_is_asked_for_is_opened() -> None:
    known = Catalogue()
    assert not known.chosen
    known.facts("taggit.models")
    assert [chosen.package for chosen in known.chosen] == ["taggit"]


def test_what_is_no_package_is_not_known() -> None:
    known = Catalogue()
    assert not any(map(known.knows, ["nowhere", "", ".", "../django", "django/db"]))


def test_the_report_says_which_version_was_taken(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "django-taggit>=3,<4\n",
        "settings.py": 'INSTALLED_APPS = ["taggit", "blog"]\n',
        "blog/__init__.py": "",
        "blog/models.py": "from reversion import models\n",
    }
    found = analyse(write(tmp_path, files), Options(cache=False)).reading.packages
    assert {chosen.package for chosen in found} == {"django", "taggit"}  # nothing rests on the others
    why = "the newest known that is allowed"
    assert Chosen("taggit", "django-taggit", "3.1.0", why, ">=3,<4", "requirements.txt") in found


def test_what_is_installed_is_not_taken_from_the_catalogue(tmp_path: Path) -> None:
    site = write(tmp_path / "site", {"taggit/__init__.py": ""})
    packages = externals(installed(tmp_path / "project", site), Requirements(tmp_path / "project"))
    assert packages.knows("taggit")
    assert packages.chosen == ()


# ---------------------------------------------------------------- what is kept

DJANGO = ("3.2.25", "4.2.30", "5.2.19", "6.0.10", "6.1.3")
MODELS = (
    ("django.contrib.auth.models", "User"),
    ("django.contrib.contenttypes.models", "ContentType"),
    ("django.contrib.sessions.models", "Session"),
    ("django.contrib.sites.models", "Site"),
    ("django.contrib.flatpages.models", "FlatPage"),
    ("django.contrib.redirects.models", "Redirect"),
    ("django.contrib.admin.models", "LogEntry"),
    ("django.contrib.gis.db.models.fields", "PointField"),
    ("django.contrib.postgres.fields.array", "ArrayField"),
)


@pytest.mark.parametrize("version", DJANGO)
def test_django_is_known_with_its_own_apps(version: str, tmp_path: Path) -> None:
    known = catalogue(tmp_path, f"django=={version}")
    for module, name in MODELS:
        assert name in classes(known, module)
    assert version_of(known, "django") == version


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("django.db.models.fields", "CharField"),
        ("django.contrib.postgres.fields.array", "ArrayField"),
        ("timezone_field.fields", "TimeZoneField"),
        ("phonenumber_field.modelfields", "PhoneNumberField"),
        ("model_utils.fields", "StatusField"),
        ("colorfield.fields", "ColorField"),
        ("taggit.managers", "TaggableManager"),
        ("django_countries.fields", "CountryField"),
    ],
)
def test_constructors_and_deconstruct_of_field_classes_are_kept(module: str, name: str) -> None:
    bodies = [
        s for s in classes(Catalogue(), module)[name].body if isinstance(s, FuncDef) and s.body is not None
    ]
    assert {stmt.name for stmt in bodies} & {"__init__", "deconstruct"}
    assert all(stmt.params for stmt in bodies)


def test_a_field_is_kept_with_all_that_it_is_given() -> None:
    user = classes(Catalogue(), "django.contrib.auth.models")["AbstractUser"]
    fields = {
        t.name: s.value for s in user.body if isinstance(s, Assign) for t in s.targets if isinstance(t, Ref)
    }
    given = fields["username"]
    assert isinstance(given, Call)
    assert {"max_length", "unique", "help_text", "validators", "error_messages"} <= {
        key for key, _ in given.kwargs
    }


def test_meta_is_kept() -> None:
    (meta,) = (
        s
        for s in classes(Catalogue(), "django.contrib.auth.models")["Permission"].body
        if isinstance(s, ClassDef)
    )
    assert {"verbose_name", "unique_together", "ordering"} <= names(meta)


def test_app_configs_keep_their_automatic_key() -> None:
    config = classes(Catalogue(), "django.contrib.auth.apps")["AuthConfig"]
    keys = [s.value for s in config.body if isinstance(s, Assign) and Ref("default_auto_field") in s.targets]
    assert keys == [Literal("django.db.models.AutoField")]


def test_migrations_keep_their_edges_and_no_operations() -> None:
    known = Catalogue()
    app = "django.contrib.auth"
    assert known.migrations(app)[:2] == ("0001_initial", "0002_alter_permission_name_max_length")
    second = classes(known, f"{app}.migrations.0002_alter_permission_name_max_length")["Migration"]
    assert names(second) == {"dependencies"}
    assert not any("migrations" in module for module in known.modules_of(app))


def test_a_variant_is_found_again() -> None:
    variant = Variant("a", "1", b"")
    found, chosen = choose("top", (variant,), Requirements(None))
    assert (found, chosen.version, chosen.requirement) == (variant, "1", "")

"""Modules that Django and packages import beside an app's models: by their names, or by a setting."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class LoadedByName(Struct, frozen=True):
    """Modules of every installed app that a package imports by their name.

    `when` is "setup" (its app config does so), "checks" (its URL configuration or checks do) or
    "perhaps" (something later, as a worker or a first request).  With the config `unless` in
    INSTALLED_APPS the package does not.
    """

    package: str
    modules: tuple[str, ...]
    when: str
    unless: str = ""


LOADED_BY_NAME: tuple[LoadedByName, ...] = (
    LoadedByName("django.contrib.admin", ("admin",), "setup", "django.contrib.admin.apps.SimpleAdminConfig"),
    LoadedByName("ajax_select", ("lookups",), "setup"),
    LoadedByName("modeltranslation", ("translation",), "setup"),
    LoadedByName("django_elasticsearch_dsl", ("documents",), "setup"),
    LoadedByName("django_opensearch_dsl", ("documents",), "setup"),
    LoadedByName("dynamic_preferences", ("dynamic_preferences_registry",), "setup"),
    LoadedByName("rules.apps.AutodiscoverRulesConfig", ("rules",), "setup"),
    LoadedByName("wagtail.admin", ("wagtail_hooks",), "checks"),
    LoadedByName("cms", ("cms_apps", "cms_config", "cms_menus", "cms_plugins", "cms_toolbars"), "perhaps"),
    LoadedByName("haystack", ("search_indexes",), "perhaps"),
    LoadedByName("mezzanine.conf", ("defaults",), "setup"),
    LoadedByName("mezzanine.pages", ("page_processors",), "checks"),
    LoadedByName("django_celery_beat", ("tasks",), "perhaps"),
    LoadedByName("django_celery_results", ("tasks",), "perhaps"),
    LoadedByName("djcelery", ("tasks",), "perhaps"),
    LoadedByName("django_dramatiq", ("tasks",), "perhaps"),
    LoadedByName("huey.contrib.djhuey", ("tasks",), "perhaps"),
    LoadedByName("background_task", ("tasks",), "perhaps"),
    LoadedByName("procrastinate.contrib.django", ("tasks",), "perhaps"),
    LoadedByName("fluent_contents", ("content_plugins",), "perhaps"),
    LoadedByName("simple_menu", ("menus",), "perhaps"),
    LoadedByName("viewflow", ("flows",), "perhaps"),
    LoadedByName("watson", ("search",), "perhaps"),
)
"""What installed packages import in every app by its name."""

LOADED_BY_SETTING: Mapping[str, str] = {
    "ROOT_URLCONF": "checks",
    "LOGGING": "setup",
    "DEFAULT_AUTO_FIELD": "setup",
    "DATABASE_ROUTERS": "checks",
    "AUTHENTICATION_BACKENDS": "perhaps",
    "AUTH_PASSWORD_VALIDATORS": "perhaps",
    "CACHES": "perhaps",
    "DEFAULT_FILE_STORAGE": "perhaps",
    "EMAIL_BACKEND": "perhaps",
    "FORM_RENDERER": "perhaps",
    "SESSION_ENGINE": "perhaps",
    "STORAGES": "perhaps",
    "MIDDLEWARE": "perhaps",
    "MIDDLEWARE_CLASSES": "perhaps",
    "TEMPLATES": "perhaps",
    "WSGI_APPLICATION": "perhaps",
    "ASGI_APPLICATION": "perhaps",
}
"""Settings that name modules, and when Django imports these."""

"""Words that are looked for in all files, noted when a file's bytes are looked at for the first time."""

from __future__ import annotations

SYS_PATH, SYS_MODULES = b"sys.path", b"sys.modules"
INSTALLED_APPS, CONFIG, APPCONF = b"INSTALLED_APPS", b"AppConfig", b"appconf"
SETTERS = (b"set_app_prefix(", b"setattr(settings")
GETTERS = (b"swappable_setting(", b"get_model_name(", b"load_model(")
"""How `swapper` is asked for the models of settings, and told about them."""

REACHING = (SYS_PATH, SYS_MODULES, INSTALLED_APPS, CONFIG, APPCONF, *SETTERS, *GETTERS)
"""What settings, apps and models look for."""

MIGRAT, MIGRATION = b"migrat", b"class Migration("
POST_MIGRATE, COMMENT = b"post_migrate", b"migscan:"

MARKS = (*REACHING, MIGRAT, MIGRATION, POST_MIGRATE, COMMENT)


def marks(data: bytes) -> tuple[str, ...]:
    """Those of the words that a file holds."""
    return tuple(word.decode() for word in MARKS if word in data)

"""Words that are looked for in all files, noted when a file's bytes are looked at for the first time."""

from __future__ import annotations

SYS_PATH, SYS_MODULES = b"sys.path", b"sys.modules"
INSTALLED_APPS, CONFIG, APPCONF = b"INSTALLED_APPS", b"AppConfig", b"appconf"
SETTERS = (b"set_app_prefix(", b"setattr(settings")
GETTERS = (b"swappable_setting(", b"get_model_name(", b"load_model(")
"""How `swapper` is asked for the models of settings, and told about them."""

MARKS = (SYS_PATH, SYS_MODULES, INSTALLED_APPS, CONFIG, APPCONF, *SETTERS, *GETTERS)


def marks(data: bytes) -> tuple[str, ...]:
    """Those of the words that a file holds."""
    return tuple(word.decode() for word in MARKS if word in data)

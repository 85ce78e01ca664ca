"""Settings that are attributes of a class, which a call puts into the settings module."""

from __future__ import annotations

import pytest

from analyzer.schema.settings import Settings, choose_settings
from tests.projects import source

LOADER = """
# manage.py
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.dev")
# blog/__init__.py
# news/__init__.py
# core/__init__.py
# core/settings.py
import inspect
import sys

class Settings:
    @classmethod
    def load_settings(cls, module_name):
        self = cls()
        module = sys.modules[module_name]
        for member, value in inspect.getmembers(self):
            if member.isupper() and not member.startswith("_"):
                setattr(module, member, value)
# config/__init__.py
"""
BASE = """
# config/base.py
from core.settings import Settings

class Base(Settings):
    DEBUG = True
    TOOLBAR = False
    AUTH_USER_MODEL = "blog.User"

    @property
    def INSTALLED_APPS(self):
        apps = ["blog"]
        if self.WITH_TOOLBAR:
            apps.append("toolbar")
        return apps

    @property
    def WITH_TOOLBAR(self):
        return self.DEBUG or self.TOOLBAR
"""


def settings(text: str) -> Settings:
    project = source(text)
    return choose_settings(project.modules, project.evaluator, None)


def apps(dev: str, base: str = BASE) -> list[str]:
    """INSTALLED_APPS of the module config/dev.py; uncertain ones with a question mark."""
    found = settings(f"{LOADER}{base}# config/dev.py\n{dev}\n")
    assert found.path == "config/dev.py"
    return [name if certain else f"{name}?" for name, certain in found.installed]


def test_a_property_is_evaluated_with_the_attributes_of_the_class() -> None:
    assert apps("from .base import Base\nBase.load_settings(__name__)") == ["blog", "toolbar"]


def test_what_a_subclass_says_holds_for_the_properties_that_it_inherits() -> None:
    dev = """
from .base import Base
class Dev(Base):
    DEBUG = False
Dev.load_settings(__name__)
"""
    assert apps(dev) == ["blog"]


def test_the_other_settings_are_read_as_well() -> None:
    text = f"{LOADER}{BASE}# config/dev.py\nfrom .base import Base\nBase.load_settings(__name__)\n"
    found = settings(text)
    assert found.complete
    assert found.auth_user_model == "blog.User"
    assert found.values["WITH_TOOLBAR"] is True


@pytest.mark.parametrize("inherited", ["super()", "super(Dev, self)"])
def test_a_property_may_extend_the_inherited_one(inherited: str) -> None:
    dev = f"""
from .base import Base
class Dev(Base):
    @property
    def INSTALLED_APPS(self):
        apps = {inherited}.INSTALLED_APPS
        apps.append("news")
        return ["first"] + apps
Dev.load_settings(__name__)
"""
    assert apps(dev) == ["first", "blog", "toolbar", "news"]


def test_the_class_that_is_loaded_counts_not_the_fullest() -> None:
    dev = """
from .base import Base
class Full(Base):
    INSTALLED_APPS = ["blog", "news"]
class Small(Base):
    INSTALLED_APPS = ["blog"]
Small.load_settings(__name__)
"""
    assert apps(dev) == ["blog"]


def test_what_the_module_changes_afterwards_counts() -> None:
    dev = 'from .base import Base\nBase.load_settings(__name__)\nINSTALLED_APPS = INSTALLED_APPS + ["news"]'
    assert apps(dev) == ["blog", "toolbar", "news"]


def test_a_star_import_brings_what_a_class_put_there() -> None:
    base = f"{BASE}\nBase.load_settings(__name__)\n"
    assert apps('from .base import *\nINSTALLED_APPS += ["news"]', base) == ["blog", "toolbar", "news"]


INSTANCE = """def load(self, module):
        for name in filter(str.isupper, dir(self)):
            setattr(module, name, getattr(self, name))
"""
UPDATE = """@classmethod
    def export(cls, names):
        names.update(vars(cls))
"""
ITEMS = """@classmethod
    def export(cls, names):
        for name in dir(cls):
            names[name] = getattr(cls, name)
"""


@pytest.mark.parametrize(
    ("method", "call"),
    [
        (INSTANCE, "Base().load(sys.modules[__name__])"),
        (UPDATE, "Base.export(globals())"),
        (ITEMS, "Base.export(globals())"),
    ],
)
def test_however_the_method_writes_the_attributes(method: str, call: str) -> None:
    base = f"""
# config/base.py
class Base:
    INSTALLED_APPS = ["blog"]
    {method}
"""
    assert apps(f"import sys\nfrom .base import Base\n{call}", base) == ["blog"]


def test_a_method_that_writes_nothing_loads_nothing() -> None:
    base = """
# config/base.py
class Base:
    INSTALLED_APPS = ["blog"]
    @classmethod
    def report(cls, name):
        print(name)
"""
    dev = 'from .base import Base\nBase.report(__name__)\nINSTALLED_APPS = ["news"]'
    assert apps(dev, base) == ["news"]


def test_a_property_that_asks_for_itself_is_not_decided() -> None:
    base = """
# config/base.py
from core.settings import Settings
class Base(Settings):
    AUTH_USER_MODEL = "blog.User"
    @property
    def INSTALLED_APPS(self):
        return ["blog"] + self.EXTRA
    @property
    def EXTRA(self):
        return self.INSTALLED_APPS
"""
    text = f"{LOADER}{base}# config/dev.py\nfrom .base import Base\nBase.load_settings(__name__)\n"
    found = settings(text)
    assert ([name for name, _ in found.installed], found.complete) == (["blog"], False)


def test_an_ancestor_whose_source_is_not_known_may_say_otherwise() -> None:
    dev = """
from somewhere import Mixin
from .base import Base
class Dev(Mixin, Base):
    pass
Dev.load_settings(__name__)
"""
    found = settings(f"{LOADER}{BASE}# config/dev.py\n{dev}\n")
    assert not found.complete
    assert "somewhere.Mixin" in found.why


def test_properties_and_methods_of_a_configuration_are_settings() -> None:
    text = """
        # settings.py
        from configurations import Configuration
        class Base(Configuration):
            OWN = ["blog"]
            def INSTALLED_APPS(self):
                return self.OWN + ["news"]
        class Dev(Base):
            @property
            def INSTALLED_APPS(self):
                return Base.OWN + ["toolbar", "news"]
        # blog/__init__.py
        # news/__init__.py
    """
    assert [name for name, _ in settings(text).installed] == ["blog", "toolbar", "news"]

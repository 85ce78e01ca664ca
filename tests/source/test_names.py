"""What a name means: imports followed to the definition, or a reason why they lead nowhere."""

from __future__ import annotations

import pytest

from analyzer.source.names import Binding, Defined, External, Package, Unresolved
from tests.projects import source


def resolved(text: str, name: str, module: str = "here") -> Binding:
    """What `name` means at the top of a module."""
    project = source(text)
    return project.names.resolve(project.module(module), name)


def meaning(text: str, name: str = "Post", module: str = "here") -> str:
    """The dotted path behind a name, in brackets for what is outside the project, "?" for nothing."""
    match resolved(text, name, module):
        case Defined() as found:
            return found.path
        case Package(found):
            return found.name
        case External(path):
            return f"({path})"
        case Unresolved():
            return "?"


POST = """
# blog/__init__.py
# blog/models.py
class Post: pass
class _Draft: pass
"""


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("class Post: pass", "Post", "here.Post"),
        ("from blog.models import Post", "Post", "blog.models.Post"),
        ("from blog.models import Post as P", "P", "blog.models.Post"),
        ("from blog.models import (\n    Post as P,\n    Post,\n)", "Post", "blog.models.Post"),
        ("import blog.models", "blog.models.Post", "blog.models.Post"),
        ("import blog.models as m", "m.Post", "blog.models.Post"),
        ("from blog import models", "models.Post", "blog.models.Post"),
        ("from blog.models import *", "Post", "blog.models.Post"),
        ("from blog.models import Post\nPage = Post", "Page", "blog.models.Post"),
        ("from blog import models\nPage = models.Post", "Page", "blog.models.Post"),
        ("from blog.models import Post\nPost = Post", "Post", "blog.models.Post"),
        ("from blog.models import *\nPost = Post", "Post", "blog.models.Post"),
        ("if x:\n    from blog.models import Post", "Post", "blog.models.Post"),
        ("with x:\n    from blog.models import Post", "Post", "blog.models.Post"),
        (
            "try:\n    from blog.models import Post\nexcept ImportError:\n    Post = None",
            "Post",
            "blog.models.Post",
        ),
        (
            "try:\n    from gone.x import Post\nexcept ImportError:\n    class Post: pass",
            "Post",
            "(gone.x.Post)",
        ),
        (
            "try:\n    from blog.gone import Post\nexcept ImportError:\n    class Post: pass",
            "Post",
            "here.Post",
        ),
        ("class Post: pass\nclass Post(object): pass", "Post", "here.Post"),
        ("from gone import Post\nfrom blog.models import Post", "Post", "blog.models.Post"),
        ("class Outer:\n    class Post: pass", "Outer.Post", "here.Outer.Post"),
        ("class Base:\n    class Post: pass\nclass Outer(Base): pass", "Outer.Post", "here.Base.Post"),
        ("from django.db import models", "models.Model", "django.db.models.base.Model"),
        ("from django.db.models import Model", "Model", "django.db.models.base.Model"),
        ("import unknown.package as u", "u.x.Y", "(unknown.package.x.Y)"),
        ("from unknown import *", "Post", "?"),
        ("", "dict", "(builtins.dict)"),
        ("def dict(): pass", "dict", "here.dict"),
    ],
)
def test_a_name_is_followed_to_its_definition(text: str, name: str, path: str) -> None:
    assert meaning(f"{POST}# here.py\n{text}\n", name) == path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "Post"),
        ("from blog.models import Gone", "Gone"),
        ("from blog.gone import Post", "Post"),
        ("from blog.models import *", "_Draft"),
        ("from blog.models import Post", "Post.gone"),
        ("from here import Post", "Post"),
        ("def f():\n    class Post: pass", "Post"),
        ("class Outer:\n    class Post: pass", "Post"),
    ],
)
def test_what_leads_nowhere_has_a_reason(text: str, name: str) -> None:
    found = resolved(f"{POST}# here.py\n{text}\n", name)
    assert isinstance(found, Unresolved)
    assert found.reason


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("blog.views", "from .models import Post"),
        ("blog.views", "from . import models\nPost = models.Post"),
        ("blog.deep.views", "from ..models import Post"),
        ("blog.deep", "from ..models import Post"),
        ("blog", "from .models import Post"),
    ],
)
def test_leading_dots_count_from_the_package(module: str, text: str) -> None:
    """From a package's `__init__` one dot is the package itself."""
    files = {
        "blog": "# blog/__init__.py\n# blog/models.py\nclass Post: pass\n",
        "blog.views": "# blog/views.py\n",
        "blog.deep": "# blog/deep/__init__.py\n",
        "blog.deep.views": "# blog/deep/views.py\n",
    }
    files[module] = files[module].replace(".py\n", f".py\n{text}\n", 1)
    assert meaning("".join(files.values()), "Post", module) == "blog.models.Post"


def test_too_many_dots_lead_nowhere() -> None:
    assert meaning("# here.py\nfrom .......x import Post\n") in ("?", "(x.Post)", "(.Post)")


REEXPORTED = """
    # blog/__init__.py
    from .models import *
    # blog/models/__init__.py
    from .post import Post, _Hidden
    from .page import *
    # blog/models/post.py
    class Post: pass
    class _Hidden: pass
    # blog/models/page.py
    from .post import Post as Original
    __all__ = ["Page"]
    __all__ += ["Leaf"]
    class Page: pass
    class Leaf: pass
    class Other: pass
    # here.py
    import blog
"""


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("blog.Post", "blog.models.post.Post"),
        ("blog.Page", "blog.models.page.Page"),
        ("blog.Leaf", "blog.models.page.Leaf"),
        ("blog.models", "blog.models"),
        ("blog.models.post", "blog.models.post"),
        ("blog.Other", "?"),
        ("blog.Original", "?"),
        ("blog._Hidden", "?"),
        ("blog.models._Hidden", "blog.models.post._Hidden"),
    ],
)
def test_names_are_handed_on_by_packages(name: str, path: str) -> None:
    assert meaning(REEXPORTED, name) == path


def test_of_two_stars_the_later_wins() -> None:
    project = """
        # one.py
        class Post: pass
        # two.py
        class Post: pass
        # here.py
        from one import *
        from two import *
    """
    assert meaning(project) == "two.Post"


def test_a_star_behind_an_unknown_list_exports_all() -> None:
    project = """
        # one.py
        __all__ = [name for name in names]
        class Post: pass
        # here.py
        from one import *
    """
    assert meaning(project) == "one.Post"


def test_a_list_that_only_grows_from_an_unknown_one_is_unknown() -> None:
    project = """
        # one.py
        from other import __all__ as others
        __all__ = others + ["Leaf"]
        __all__ += ["Page"]
        class Post: pass
        # here.py
        from one import *
    """
    assert meaning(project) == "one.Post"


def test_imports_in_circles_end() -> None:
    project = """
        # one.py
        from two import *
        from two import Post
        # two.py
        from one import *
        from one import Post
        # here.py
        from one import Post
    """
    assert meaning(project) == "?"


def test_a_circle_of_modules_is_no_circle_of_names() -> None:
    project = """
        # one.py
        import two
        class Post: pass
        Page = two.Page
        # two.py
        import one
        Page = one.Post
        # here.py
        from one import Page
    """
    assert meaning(project, "Page") == "one.Post"


def test_a_submodule_is_reached_by_attribute_only_in_a_package() -> None:
    project = """
        # blog/__init__.py
        # blog/models.py
        # blog/models_extra.py
        # here.py
        import blog
    """
    assert meaning(project, "blog.models_extra") == "blog.models_extra"
    assert meaning(project, "blog.models.models_extra") == "?"


def test_a_folder_that_is_only_named_like_a_package_does_not_hide_it() -> None:
    project = """
        # django/manage.py
        # django/here.py
        from django.db import models
    """
    assert meaning(project, "models.Model") == "django.db.models.base.Model"


def test_stars_in_circles_end_soon() -> None:
    """Every module knows every other one; there are more ways through them than could be tried."""
    names = [f"m{number}" for number in range(12)]
    stars = "".join(f"from {name} import *\n" for name in names)
    project = "".join(f"# {name}.py\n{stars}" for name in names)
    assert meaning(f"{project}class Post: pass\n# here.py\n{stars}") == "m11.Post"
    assert meaning(f"{project}# here.py\n{stars}") == "?"


def test_the_branch_for_type_checkers_means_nothing_where_there_is_another() -> None:
    text = POST + (
        "# here.py\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    Base = Gone[int]\n"
        "else:\n    from blog.models import Post as Base\n"
    )
    assert meaning(text, "Base") == "blog.models.Post"


def test_a_name_that_is_none_until_a_condition_defines_it_means_that() -> None:
    text = POST + "# here.py\nBase = None\nif x:\n    from blog.models import Post as Base\n"
    assert meaning(text, "Base") == "blog.models.Post"

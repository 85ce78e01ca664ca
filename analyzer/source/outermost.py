"""A tree that is a package itself: its name, which only the files inside tell.

Projects once kept manage.py in the folder of the project's package, so that the folder above it
stands on `sys.path`, and everything is imported by way of the package.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.source.discover import Tree
from analyzer.source.loading import Files

STARTERS = ("manage.py", "wsgi.py", "asgi.py")


def outermost(tree: Tree, files: Files) -> str:
    """The name of the package that the tree is; "" for a tree that is none.

    The settings that manage.py starts with are named by way of it, and no package inside is called so.
    """
    if "__init__.py" not in files.paths:
        return ""
    return next(_names(tree, files), "")


def _names(tree: Tree, files: Files) -> Iterator[str]:
    tops = {file.path.partition("/")[0].removesuffix(".py") for file in tree.files}
    for starter in STARTERS:
        for named in files.scan(starter).settings if starter in files.paths else ():
            top, _, rest = named.partition(".")
            if rest.partition(".")[0] in tops and top not in tops:
                yield top

"""A script that points migrations which stay to other names than those that go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from analyzer.history.values import Key


def pointing(dependencies: Mapping[str, Iterable[tuple[Key, str]]]) -> str:
    """The text of the script; `dependencies` are, by file, what it names and the name to take its place."""
    files = {
        path: [[app, old, new] for (app, old), new in sorted(pairs)]
        for path, pairs in sorted(dependencies.items())
    }
    return _SCRIPT.replace("@FILES@", literal(files))


def literal(value: object) -> str:
    """A value as JSON inside a Python string of three quotes, the same text whatever the names are."""
    text = json.dumps(value, indent=1, ensure_ascii=True)
    return text.replace("\\", "\\\\").replace("'''", "\\'\\'\\'")


_SCRIPT = """\
\"\"\"Points migrations that stay to new names. Made by migscan.

Run at the root of the project:  python THIS --first   while the old migrations are gone and no new ones there
                                 python THIS           for the new names, on the files as they were committed
\"\"\"

import json
import pathlib
import re
import sys

FILES = json.loads('''@FILES@''')


def main():
    texts = {}
    for path, pairs in FILES.items():
        text = pathlib.Path(path).read_text(encoding="utf-8")
        for app, old, new in pairs:
            name = "__first__" if "--first" in sys.argv[1:] else new
            pair = r"\\(\\s*(['\\"])%s\\1\\s*,\\s*(['\\"])%s\\2\\s*,?\\s*\\)"
            pair %= (re.escape(app), re.escape(old))
            put = "(%s, %s)" % (json.dumps(app), json.dumps(name))
            text, count = re.subn(pair, lambda _: put, text)
            if not count:
                sys.exit("%s does not name %s.%s as it did: nothing was changed" % (path, app, old))
        texts[path] = text
    for path, text in texts.items():
        pathlib.Path(path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
"""

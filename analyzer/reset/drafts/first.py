"""A script that puts operations at the head of files that `makemigrations` wrote.

In a migration of their own they would be the first of their app, so that whatever depends on
`("app", "__first__")`, as all that points to a swappable user model does, would no longer wait for tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.reset.pointing import literal


def script(parts: Mapping[str, tuple[str, str, str]]) -> str:
    """The text of the script; by file its imports, what stands before the class, and the operations."""
    return _SCRIPT.replace("@FILES@", literal({path: list(texts) for path, texts in sorted(parts.items())}))


_SCRIPT = """\
\"\"\"Puts what tables need, such as extensions, at the head of their first migrations. Made by migscan.

Run at the root of the project, once the new files have their names:  python THIS
\"\"\"

import json
import pathlib
import re
import sys

FILES = json.loads('''@FILES@''')
DONE = "# migscan: first operations"


def main():
    texts = {}
    for path, (imports, before, operations) in FILES.items():
        text = pathlib.Path(path).read_text(encoding="utf-8")
        if DONE in text:
            continue
        head = re.search(r"^class Migration\\(", text, re.MULTILINE)
        listed = re.search(r"^    operations = \\[", text, re.MULTILINE)
        if head is None or listed is None:
            sys.exit("%s is not as makemigrations writes it: nothing was changed" % path)
        body = text[head.start() : listed.end()]
        parts = [text[: head.start()].rstrip(), "\\n", imports, "\\n\\n", before, body]
        text = "".join([*parts, "\\n        ", DONE, "\\n", operations, text[listed.end() :]])
        compile(text, path, "exec")
        texts[path] = text
    for path, text in texts.items():
        pathlib.Path(path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
"""

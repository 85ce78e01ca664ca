"""A script that puts operations into files that `makemigrations` wrote: at the head, or before a field.

In a migration of their own they would be the first of their app, so that whatever depends on
`("app", "__first__")`, as all that points to a swappable user model does, would no longer wait for tables.
Rows that the default of a new column looks up must be there before the column is added.
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.reset.pointing import literal

Place = tuple[str, str, str]
"""(file, model, field): before the AddField of that field, at the head where these are empty."""


def script(parts: Mapping[Place, tuple[str, str, str]]) -> str:
    """The text of the script; by place its imports, what stands before the class, and the operations."""
    return (_SCRIPT + _WRITTEN).replace(
        "@PARTS@", literal([[*place, *texts] for place, texts in sorted(parts.items())])
    )


def last_script(parts: Mapping[str, tuple[str, str, str]]) -> str:
    """The text of a script that puts operations at the end of files, with all of their class that is
    needed: see `parted`."""
    return (_LAST + _WRITTEN).replace(
        "@FILES@", literal({path: list(texts) for path, texts in sorted(parts.items())})
    )


def parted(text: str) -> tuple[str, str, str]:
    """A draft as what a file must begin with, what stands before its class, and that class's body, which
    adds to what stands in the class already."""
    before, _, body = text.partition("class Migration(migrations.Migration):\n")
    lines = [line for line in before.splitlines(keepends=True) if not line.startswith("# ")]
    future = "".join(line for line in lines if line.startswith("from __future__ import "))
    rest = "".join(line for line in lines if not line.startswith("from __future__ import "))
    for name in ("dependencies", "operations"):
        body = body.replace(f"\n    {name} = [", f"\n    {name} += [", 1)
        body = (
            f"    {name} += [{body.removeprefix(f'    {name} = [')}"
            if body.startswith(f"    {name} = [")
            else body
        )
    return future, rest.strip(), body


_WRITTEN = """\
        compile(text, path, "exec")
        texts[path] = text
    for path, text in texts.items():
        pathlib.Path(path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
"""
"""How both scripts end: nothing is written unless everything is fit to be."""

_SCRIPT = """\
\"\"\"Puts what tables need, such as extensions, into new migrations before it is needed. Made by migscan.

Run at the root of the project, once the new files have their names:  python THIS
\"\"\"

import json
import pathlib
import re
import sys

PARTS = json.loads('''@PARTS@''')
DONE = "# migscan: first operations"
HEAD = r"^    operations = \\[\\n?"
FIELD = r"^(?=        migrations\\.AddField\\(\\n            model_name='%s',\\n            name='%s',\\n)"


def main():
    texts = {}
    for path, model, field, imports, before, operations in PARTS:
        text = texts.get(path) or pathlib.Path(path).read_text(encoding="utf-8")
        done = "%s%s" % (DONE, ", before %s.%s" % (model, field) if field else "")
        if re.search("^ *%s$" % re.escape(done), text, re.MULTILINE):
            continue
        head = re.search(r"^class Migration\\(", text, re.MULTILINE)
        wanted = FIELD % (re.escape(model), re.escape(field)) if field else HEAD
        at = re.search(wanted, text, re.MULTILINE)
        if head is None or at is None:
            sys.exit("%s is not as makemigrations writes it: nothing was changed" % path)
        body = text[head.start() : at.end()].rstrip(" \\n") + "\\n"
        parts = [text[: head.start()].rstrip(), "\\n", imports, "\\n\\n", before, body]
        text = "".join([*parts, "        ", done, "\\n", operations, text[at.end() :]])
"""

_LAST = """\
\"\"\"Puts what makemigrations does not write at the end of the last new files. Made by migscan.

Run at the root of the project, once the new files have their names:  python THIS
\"\"\"

import json
import pathlib
import re
import sys

FILES = json.loads('''@FILES@''')
DONE = "# migscan: last operations"


def main():
    texts = {}
    for path, (future, before, body) in FILES.items():
        text = pathlib.Path(path).read_text(encoding="utf-8")
        if DONE in text:
            continue
        head = re.search(r"^class Migration\\(", text, re.MULTILINE)
        names = re.findall(r"^    (dependencies|operations) = \\[", text, re.MULTILINE)
        if head is None or sorted(names) != ["dependencies", "operations"]:
            sys.exit("%s is not as makemigrations writes it: nothing was changed" % path)
        parts = [future, text[: head.start()].rstrip(), "\\n", before, "\\n\\n\\n"]
        text = "".join([*parts, text[head.start() :].rstrip(), "\\n\\n    ", DONE, "\\n", body])
"""

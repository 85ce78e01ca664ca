"""What can be mended without a decision, as edits of files: nothing is written here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from analyzer.audits.rules import Finding


class Edit(Struct, frozen=True):
    """A file as it is (None where it is not there) and as it is to be; `why` in a few words."""

    path: str
    before: bytes | None
    after: bytes
    why: str


Read = Callable[[str], bytes | None]
"""The bytes of a file of the project; None where there is none to be read."""


def missing_init(findings: Iterable[Finding], read: Read) -> list[Edit]:
    """An empty `__init__.py` for each migrations folder that has none."""
    folders = sorted({f.file.rpartition("/")[0] for f in findings if f.code == "MS105" and not f.suppressed})
    paths = [f"{folder}/__init__.py" for folder in folders if folder]
    return [Edit(path, None, b"", "makes it a package") for path in paths if read(path) is None]


def last_migrations(findings: Iterable[Finding], leaves: Mapping[str, list[str]], read: Read) -> list[Edit]:
    """`max_migration.txt` with the name of the one leaf; `leaves` are the names by folder."""
    edits = []
    for path in sorted({f.file for f in findings if f.code == "MS115" and not f.suppressed}):
        names, before = leaves.get(path.rpartition("/")[0], []), read(path)
        if len(names) == 1 and before is not None:
            edits.append(Edit(path, before, f"{names[0]}\n".encode(), "names the last migration"))
    return edits


def unified(edits: Iterable[Edit]) -> str:
    """The edits as a patch, as `git apply` takes it."""
    return "".join(_patch(edit) for edit in edits)


def _patch(edit: Edit) -> str:
    head = f"diff --git a/{edit.path} b/{edit.path}\n"
    if edit.before is None:
        head += "new file mode 100644\n"
    before, after = (_lines(data or b"") for data in (edit.before, edit.after))
    old = "/dev/null" if edit.before is None else f"a/{edit.path}"
    body = difflib.unified_diff(before, after, old, f"b/{edit.path}")
    return head + "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in body)


_NO_NEWLINE = "\\ No newline at end of file\n"


def _lines(data: bytes) -> list[str]:
    """Lines as git counts them: they end with a line feed, whatever else Python would split at."""
    return [line for line in re.split("(?<=\n)", data.decode("utf-8", "surrogateescape")) if line]

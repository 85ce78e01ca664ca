"""Which findings have to do with changed files, though they were worked out on the whole project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from analyzer.audits.rules import Finding

_NUMBERED = re.compile(r"\d{3,}_\w+")


class Touched(Struct, frozen=True):
    """Changed and deleted files of a project, and the folders of its apps by label."""

    changed: frozenset[str]
    deleted: frozenset[str]
    apps: Mapping[str, str]

    def touches(self, finding: Finding) -> bool:
        """Whether a finding stands in a changed file, rests on one, or names a migration that is one.

        What a deletion breaks stands elsewhere: in what is left of its app, or where its name is said.
        """
        changes = self.changed | self.deleted
        if not changes.isdisjoint((finding.file, *finding.related)):
            return True
        if not _stems(changes).isdisjoint(_NUMBERED.findall(finding.message)):
            return True
        folder = self.apps.get(finding.app)
        return folder is not None and any(path.startswith(f"{folder}/") for path in self.deleted)


def _stems(paths: Iterable[str]) -> set[str]:
    return {path.rpartition("/")[2].removesuffix(".py") for path in paths if path.endswith(".py")}

"""Which findings have to do with changed files, though they were worked out on the whole project."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from analyzer.audits.rules import Finding

_NAMES = re.compile(r"([^\W\d]\w*\.)?(\d{3,}_\w+)")


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
        if any(self._named(path, finding) for path in changes):
            return True
        folder = self.apps.get(finding.app)
        return folder is not None and any(path.startswith(f"{folder}/") for path in self.deleted)

    def _named(self, path: str, finding: Finding) -> bool:
        """Whether the message tells of the migration in a file; without an app's label, its own is meant."""
        folder, _, file = path.rpartition("/")
        name = file.removesuffix(".py")
        if name == file or name not in finding.message:
            return False
        own = {
            label for label, place in self.apps.items() if folder == place or folder.startswith(f"{place}/")
        }
        told = _NAMES.findall(finding.message)
        return any(said == name and (label[:-1] or finding.app) in own for label, said in told)

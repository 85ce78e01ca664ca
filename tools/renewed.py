"""What is taken from an earlier run changes nothing: the claim, over any projects: `make renewed`.

Changes migrations of a copy of every project, one way after another, and compares what a run that may
take the models from the one before says with what a run without any cache says.

    tools/renewed.py [--files N] [--seed N] [PROJECT]…

Without projects: the fixtures, and what `make bench` has fetched.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from analyzer import analysis
from analyzer.options import Options
from analyzer.source import stamps

REPOSITORY = Path(__file__).resolve().parents[1]
CACHED, FRESH = Options(), Options(cache=False)
OPERATION = re.compile(rb"\n        migrations\.")
MORE = {
    "data": b'\n        migrations.RunPython(lambda apps, _: apps.get_model("x", "Y").objects.create(n=1)),',
    "a field": b'\n        migrations.AddField("nobody", "name", models.IntegerField()),',
}
NEW = b"""from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("%s", "%s")]
"""


def main() -> None:
    """Compare the projects of the command line, and end with exit code 1 where one differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--files", type=int, default=2, metavar="N", help="migrations to change (default: 2)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which ones (default: 0)")
    parser.add_argument("projects", nargs="*", type=Path, metavar="PROJECT")
    asked = parser.parse_args()
    stamps.MARGIN = 100_000_000  # or else no file of a copy would be old enough to be believed
    roots = asked.projects or sorted(_default())
    differing = [root for root in roots if not _same(root, asked.files, random.Random(asked.seed))]  # noqa: S311
    print(f"{len(roots) - len(differing)} of {len(roots)} projects: the same as without an earlier run")
    sys.exit(1 if differing else 0)


def _default() -> Iterator[Path]:
    for folder in (REPOSITORY / "fixtures", REPOSITORY / ".bench"):
        yield from (path for path in folder.glob("*") if path.is_dir())


def _same(root: Path, files: int, random_: random.Random) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, root.resolve().name)
        shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", ".migscan_cache"))
        migrations = sorted(copy.rglob("migrations/[0-9][0-9][0-9][0-9]_*.py"))
        analysis.analyse(copy, CACHED)
        same = True
        for path in random_.sample(migrations, min(files, len(migrations))):
            for change in _changes(path, random_):
                anew = mock.Mock(wraps=analysis.worked_out)
                with mock.patch.object(analysis, "worked_out", anew):
                    found = analysis.analyse(copy, CACHED)
                equal = found == analysis.analyse(copy, FRESH)
                same &= equal
                how = "all anew" if anew.called else "renewed"
                print(f"{'same' if equal else 'DIFFERS':8} {how:9} {path.relative_to(copy.parent)}: {change}")
                gc.collect()
    return same


def _changes(path: Path, random_: random.Random) -> Iterator[str]:
    """Change a migration in several ways, each from how it was, and tell how."""
    before = path.read_bytes()
    path.write_bytes(before + b"\n# a comment\n")
    yield "a comment"
    path.write_bytes(b"# a comment\n" + before)
    yield "other lines"
    if places := [match.start() for match in OPERATION.finditer(before)]:
        at = random_.choice(places)
        for what, text in MORE.items():
            path.write_bytes(before[:at] + text + before[at:])
            yield f"one more operation, of {what}"
        path.write_bytes(before[:at] + before[at:].replace(b"migrations.", b"migrations.Gone", 1))
        yield "another operation"
    path.write_bytes(before)
    new = path.with_name("9999_new.py")
    new.write_bytes(NEW % (path.parent.parent.name.encode(), path.stem.encode()))
    yield "a new file beside it"
    path.unlink()
    yield "it is gone"
    path.write_bytes(before)
    new.unlink()
    yield "as it was"


if __name__ == "__main__":
    main()

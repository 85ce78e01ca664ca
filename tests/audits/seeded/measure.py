"""Plants defects in copies of projects and counts which are found: `python measure.py TREE… [NUMBER]`.

For each error rule and project: how many were planted, how many found at a place that may be blamed,
and what other errors appeared that do not follow from the defect.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from analyzer.analysis import Analysis, analyse
from analyzer.audits.recorded import Past
from analyzer.audits.registry import compared
from analyzer.audits.rules import Finding, Severity
from analyzer.options import Options
from analyzer.recording import recorded
from tests.audits.seeded.defects import COMPARED, KINDS, Defect, Project, planted, used_again
from tests.audits.seeded.operations import OPERATIONS

KEPT = ("*.py", "*.txt", "*.toml", "*.cfg", "*.lock", "*.in", "*.ini")
Failure = tuple[str, str, str]
"""The code of a defect, its files, and what went wrong."""


def copied(tree: Path, folder: Path) -> Path:
    """The part of a project that is read, in a folder of its own."""
    for pattern in KEPT:
        for path in tree.rglob(pattern):
            if path.is_file() and not {"node_modules", ".git", "static"} & set(path.parts):
                target = folder / path.relative_to(tree)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    return folder


def read(root: Path, options: Options) -> Project:
    texts = {}
    for path in root.rglob("*.py"):
        texts[path.relative_to(root).as_posix()] = path.read_text("utf-8", "surrogateescape")
    return Project(texts, analyse(root, options))


@contextmanager
def changed(root: Path, texts: Mapping[str, str], files: Mapping[str, str | None]) -> Iterator[None]:
    """The project with some files changed, as long as the block lasts."""
    _write(root, files)
    try:
        yield
    finally:
        _write(root, {path: texts.get(path) for path in files})


def _write(root: Path, files: Mapping[str, str | None]) -> None:
    for path, text in files.items():
        if text is None:
            (root / path).unlink(missing_ok=True)
        else:
            (root / path).write_text(text, "utf-8", "surrogateescape")


def errors(findings: tuple[Finding, ...]) -> set[tuple[str, str, int]]:
    return {(f.code, f.file, f.line) for f in findings if f.severity is Severity.ERROR}


def judged(defect: Defect, found: set[tuple[str, str, int]]) -> str:
    """What is wrong with the errors that a defect brought; nothing where all is well."""
    hits = {(file, line) for code, file, line in found if code == defect.code}
    others = {code for code, _, _ in found} - {defect.code} - defect.follows
    if not hits & defect.blamed:
        return f"not found at {sorted(defect.blamed)[:2]}, but {sorted(hits)[:2]}"
    if hits - defect.blamed:
        return f"also at {sorted(hits - defect.blamed)[:2]}"
    return f"brought {', '.join(sorted(others))}" if others else ""


def measure(root: Path, number: int, options: Options) -> tuple[Counter[str], list[Failure]]:
    """(how many were planted by code, what went wrong) of a project that may be written to."""
    project = read(root, options)
    before = errors(project.analysis.findings)
    count: Counter[str] = Counter()
    failures: list[Failure] = []
    for kind in (*KINDS, *OPERATIONS):
        for defect in planted(kind, project, number):
            with changed(root, project.texts, defect.files):
                wrong = judged(defect, errors(analyse(root, options).findings) - before)
            count[defect.code] += 1
            if wrong:
                failures.append((defect.code, " ".join(sorted(defect.files)), wrong))
    return count, failures


def measure_compared(root: Path, number: int, options: Options) -> tuple[Counter[str], list[Failure]]:
    """The same for the rules that compare with a revision; makes a repository of the folder."""
    project = read(root, options)
    _git(root, "init", "--quiet", "--initial-branch=main")
    _git(root, "add", "--all", "--force", "--", "*.py")
    _git(root, "commit", "--quiet", "--message", "all")
    count: Counter[str] = Counter()
    failures: list[Failure] = []
    for kind in COMPARED:
        for defect in planted(kind, project, number):
            gone = defect if kind is used_again else None
            with _revision(root, gone), changed(root, project.texts, defect.files):
                wrong = judged(defect, errors(compared(past(root, analyse(root, options)))))
            count[defect.code] += 1
            if wrong:
                failures.append((defect.code, " ".join(sorted(defect.files)), wrong))
    return count, failures


@contextmanager
def _revision(root: Path, deleted: Defect | None) -> Iterator[None]:
    """A branch on which a defect's files were deleted, so that they are new in the defect."""
    if deleted is not None:
        _git(root, "rm", "--quiet", "--force", "--", *deleted.files)
        _git(root, "commit", "--quiet", "--message", "gone")
    try:
        yield
    finally:
        if deleted is not None:
            _git(root, "reset", "--quiet", "--hard", "HEAD^")


def past(root: Path, analysis: Analysis) -> Past:
    out = {app.label for app in analysis.apps if app.installed is False}
    migrations = tuple(m for m in analysis.migrations if m.app not in out)
    return Past(recorded(root, "HEAD", {m.file.rpartition("/")[0] for m in migrations}), migrations)


def _git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=root, capture_output=True, check=True)  # noqa: S607


def main(trees: list[str], number: int = 20) -> None:
    options = Options(jobs=1)
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for tree in trees:
        with tempfile.TemporaryDirectory() as folder:
            root = copied(Path(tree), Path(folder, Path(tree).name))
            for count, failures in (measure(root, number, options), measure_compared(root, number, options)):
                total += count
                wrong.update(code for code, _, _ in failures)
                for code, files, why in failures:
                    sys.stdout.write(f"{tree} {code} {files}: {why}\n")
        sys.stdout.write(f"{tree}: {sum(total.values())} planted so far\n")
        sys.stdout.flush()
    for code in sorted(total):
        sys.stdout.write(f"{code} planted {total[code]} found {total[code] - wrong[code]}\n")


if __name__ == "__main__":
    main([word for word in sys.argv[1:] if not word.isdigit()], *map(int, filter(str.isdigit, sys.argv[1:])))

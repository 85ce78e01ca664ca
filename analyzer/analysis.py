"""A project's source in, everything known about it out: remembered, or else worked out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from analyzer.audits.judgement import judged
from analyzer.options import Options
from analyzer.outcome import Analysis, Outline, Reading, counts
from analyzer.remembered import Ground, Remembered, marks
from analyzer.source.cache import FOLDER
from analyzer.source.loading import Progress
from analyzer.sources import Sources, read, sources, survey

if TYPE_CHECKING:
    from analyzer.pipeline import Examined, Renewed

__all__ = ["Analysis", "Outline", "Progress", "Reading", "analyse", "counts", "outlined", "worked_out"]


Tell = Callable[[str], None]


def unheard(stage: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def silent(note: str) -> None:
    """A note that nobody reads."""


def analyse(root: Path, options: Options, progress: Progress = unheard, tell: Tell = silent) -> Analysis:
    """Read the project under `root` and say everything that its source decides.

    `tell` is told what the reader should know of the run itself, not of the project.

    Raises UsageError where the options name settings or rules that are not there.  Never raises on
    what the project's files hold.
    """
    progress("discover", 0, 0)
    found = sources(root, options)
    known = _known(found, root, options, progress, tell)
    found.files.note()
    return _judged(known, found, options)


def _known(found: Sources, root: Path, options: Options, progress: Progress, tell: Tell) -> Analysis:
    """What is remembered, or else worked out, as far as needed."""
    if not options.cache:
        return worked_out(found, options, progress).analysis
    remembered = Remembered(root, Ground(found, options))
    known = remembered.recall()
    if known is not None:
        return known
    renewed = _renewed(found, options, progress, remembered) if remembered.is_there else None
    made = renewed or worked_out(found, options, progress)
    looked = {**made.looked, **marks(found.files.looked)}
    trouble = remembered.keep(made.analysis, (made.unmoved, made.reached), made.unmoved.plain, looked)
    if trouble:
        tell(f"nothing is remembered for the next run: {FOLDER} {trouble}")
    return made.analysis


def _renewed(found: Sources, options: Options, progress: Progress, remembered: Remembered) -> Renewed | None:
    """What migrations say anew, where nothing but plain ones changed since an earlier run."""
    from analyzer.pipeline import renew
    from analyzer.unmoved import plain

    now = plain(found.files)
    earlier = remembered.earlier(now)
    if earlier is None:
        return None
    survey(found, options, progress, meanwhile=lambda: None)
    return renew(found, options, progress, earlier, now)


def outlined(root: Path, options: Options, progress: Progress = unheard) -> Outline:
    """What the migration graph alone decides, or all that is remembered; for options that select no more.

    Nothing is said about comments.  Raises UsageError as `analyse` does.
    """
    progress("discover", 0, 0)
    found = sources(root, options)
    known = Remembered(root, Ground(found, options)).recall() if options.cache else None
    if known is None:
        survey(found, options, progress, meanwhile=_load_outline)
        from analyzer.outline import outline

        part = outline(found, options, progress)
        found.files.note()
    else:
        part = Outline(known.project, known.apps, known.migrations, known.history, known.findings)
    places = {finding.file for finding in part.findings} & {file.path for file in found.tree.files}
    findings = judged(part.findings, places, found.files.any_data, options, all_of_them=False)
    return replace(part, findings=findings)


def _judged(known: Analysis, found: Sources, options: Options) -> Analysis:
    """The analysis with the findings that the project wants to hear of."""
    findings = judged(known.findings, known.commented, found.files.any_data, options)
    return replace(known, findings=findings)


def worked_out(found: Sources, options: Options, progress: Progress = unheard) -> Examined:
    """What is said where nothing is remembered.

    Most of migscan is loaded only here, while other processes read files.
    """
    read(found, options, progress, meanwhile=_load)
    from analyzer.pipeline import examine

    return examine(found, options, progress)


def _load_outline() -> None:
    import analyzer.outline  # noqa: F401 - for the time it takes


def _load() -> None:
    import analyzer.history.drift.project
    import analyzer.modelling
    import analyzer.pipeline  # noqa: F401 - for the time it takes

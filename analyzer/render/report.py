"""The report as files: Markdown, the same as JSON, and the pictures."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.options import Options
from analyzer.render.json import document
from analyzer.render.links import Link, linker
from analyzer.render.markdown import Image, markdown
from analyzer.render.markdown.ledgers import PATCH
from analyzer.reset.elidable import MAX_SIZE, Marked, mark
from analyzer.reset.ledgers import elidable_places, ledgers

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, Progress

Files = dict[str, str]


def report_files(analysis: Analysis, folder: Path, root: Path, options: Options, progress: Progress) -> Files:
    """Every file of the report by name; nothing is written here."""
    link = linker(folder, root)
    images, files = _pictures(analysis, link, options, progress) if options.graphs else ((), {})
    progress("report", 0, 0)
    marked = _marked(analysis, root)
    if marked.patch:
        files[PATCH] = marked.patch
    return {"report.md": markdown(analysis, link, images, marked), "report.json": document(analysis), **files}


def _marked(analysis: Analysis, root: Path) -> Marked:
    """The one-time operations marked as elidable, in the files as they stand."""
    places = elidable_places(ledgers(analysis))
    sources: dict[str, bytes] = {}
    for name in {file for file, _ in places}:
        path = root / name
        with suppress(OSError):
            if path.is_file() and path.stat().st_size <= MAX_SIZE:
                sources[name] = path.read_bytes()
    return mark(sources, places)


def _pictures(
    analysis: Analysis, link: Link, options: Options, progress: Progress
) -> tuple[tuple[Image, ...], Files]:
    """Every picture as SVG; as DOT, with a note, where none could be drawn."""
    from analyzer.render.draw import NotDrawn, draw_all, engine
    from analyzer.render.pictures import pictures

    every = pictures(analysis, link)
    progress("pictures", 0, len(every))
    results = draw_all(every, program=engine(options.dot))
    images, files = [], {}
    for picture in every:
        result = results[picture.name]
        if isinstance(result, NotDrawn):
            files[f"{picture.name}.dot"] = picture.dot
            note = f"{picture.title}: not drawn, {result.reason}. Its source is {picture.name}.dot."
            images.append(Image(picture.name, picture.title, None, (note, *picture.notes)))
        else:
            files[f"{picture.name}.svg"] = result.data.decode()
            images.append(Image(picture.name, picture.title, f"{picture.name}.svg", picture.notes))
    return tuple(images), files

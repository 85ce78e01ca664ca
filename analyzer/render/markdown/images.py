"""Pictures of the report: where they stand, and what is said where one was not drawn."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from analyzer.render.markdown.text import text


class Image(Struct, frozen=True):
    """A picture by name; `file` is None where it was not drawn, `notes` say why, or what was left out."""

    name: str
    title: str
    file: str | None
    notes: tuple[str, ...] = ()


Images = Sequence[Image]


def shown(images: Images, *names: str) -> list[str]:
    """The pictures with these names."""
    lines: list[str] = []
    for image in (image for name in names for image in images if image.name == name):
        lines += [*([""] if lines else []), *_block(image)]
    return lines


def starting(images: Images, prefix: str) -> list[str]:
    """The names of the pictures that start so, in their order."""
    return [image.name for image in images if image.name.startswith(prefix)]


def _block(image: Image) -> list[str]:
    """The picture, a link to itself since it may be wide; its notes where it could not be drawn.

    A drawn picture shows its notes itself.
    """
    if image.file is None:
        return [f"*{' '.join(map(text, image.notes)) or text(f'{image.title}: not drawn.')}*"]
    return [f"[![{text(image.title)}]({image.file})]({image.file})"]

"""Small changes to the blocks of Wagtail's stream fields, one at a time, at random: text in, text out."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.oracle.mutations.changes import Change, compiles, offset, told

NEW = "mutated"
BLOCK = "Block"

KEYWORDS = {
    "required": ("False", "True"),
    "label": ("'Mutated'", "None"),
    "help_text": ("'Mutated'",),
    "icon": ("'mutated'",),
    "classname": ("'mutated'",),
    "form_classname": ("'mutated'",),
    "default": ("'mutated'", "None"),
    "group": ("'Mutated'",),
    "search_index": ("False",),
    "template": ("'mutated.html'",),
}
LISTS = {"min_num": ("1",), "max_num": ("max(2, 3)",), "collapsed": ("True",)}
CLASSES = {
    "CharBlock": "TextBlock",
    "TextBlock": "CharBlock",
    "RichTextBlock": "RawHTMLBlock",
    "StructBlock": "StreamBlock",
    "StreamBlock": "StructBlock",
    "URLBlock": "CharBlock",
    "BooleanBlock": "CharBlock",
    "ListBlock": "StructBlock",
}


@dataclass(frozen=True)
class Source:
    """A file with its calls that make blocks, and its classes of blocks."""

    path: str
    text: str
    calls: tuple[ast.Call, ...]
    classes: tuple[ast.ClassDef, ...]

    def replaced(self, node: ast.expr | ast.stmt, new: str) -> str:
        """The text with something else in the place of a node."""
        begin = offset(self.text, node.lineno, node.col_offset)
        end = offset(self.text, node.end_lineno or 0, node.end_col_offset or 0)
        return self.text[:begin] + new + self.text[end:]

    def written(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ""


Kind = Callable[[Source, random.Random], str | None]


def block_changes(root: Path, seed: int) -> Iterator[Change]:
    """Changes without end, the same for the same seed; some leave the text as it was or break it."""
    chance = random.Random(seed)  # noqa: S311 - changes, no secrets
    found = [_source(root, path) for path in sorted(root.rglob("*.py")) if "migrations" not in path.parts]
    sources = [source for source in found if source is not None]
    while sources:
        source, (name, kind) = chance.choice(sources), chance.choice(KINDS)
        text = kind(source, chance)
        if text is not None and text != source.text and compiles(text):
            yield Change(source.path, text, f"{name}: {source.path} ({told(source.text, text)})")


def _source(root: Path, path: Path) -> Source | None:
    text = path.read_text(encoding="utf-8")
    if BLOCK not in text or "wagtail" not in text or "/tests" in path.as_posix():
        return None
    nodes = list(ast.walk(ast.parse(text)))
    calls = tuple(n for n in nodes if isinstance(n, ast.Call) and _name(n.func).endswith(BLOCK))
    classes = tuple(
        n for n in nodes if isinstance(n, ast.ClassDef) and any(_name(b).endswith(BLOCK) for b in n.bases)
    )
    return Source(path.relative_to(root).as_posix(), text, calls, classes) if calls else None


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _fields(cls: ast.ClassDef) -> list[ast.Assign]:
    return [s for s in cls.body if isinstance(s, ast.Assign) and isinstance(s.value, ast.Call)]


# ---------------------------------------------------------------- the kinds of change


def set_keyword(source: Source, chance: random.Random) -> str | None:
    call = chance.choice(source.calls)
    known = {**KEYWORDS, **LISTS} if _name(call.func) in ("ListBlock", "StreamBlock") else KEYWORDS
    key = chance.choice(sorted(known))
    value = chance.choice(known[key])
    for keyword in call.keywords:
        if keyword.arg == key:
            return source.replaced(keyword.value, value)
    end = offset(source.text, call.end_lineno or 0, call.end_col_offset or 0) - 1
    before = source.text[:end].rstrip()
    comma = "" if before.endswith((",", "(")) else ", "
    return f"{before}{comma}{key}={value}{source.text[end:]}"


def drop_keyword(source: Source, chance: random.Random) -> str | None:
    call = chance.choice(source.calls)
    if not call.keywords:
        return None
    gone = chance.choice(call.keywords)
    parts = [source.written(arg) for arg in call.args]
    parts += [source.written(keyword) for keyword in call.keywords if keyword is not gone]
    return source.replaced(call, f"{source.written(call.func)}({', '.join(parts)})")


def change_class(source: Source, chance: random.Random) -> str | None:
    func = chance.choice(source.calls).func
    new = CLASSES.get(_name(func))
    return source.replaced(func, source.written(func).replace(_name(func), new)) if new else None


def drop_call(source: Source, chance: random.Random) -> str | None:
    """`ListBlock(CharBlock())` as `ListBlock(CharBlock)`."""
    call = chance.choice(source.calls)
    return None if call.args or call.keywords else source.replaced(call, source.written(call.func))


def add_block(source: Source, chance: random.Random) -> str | None:
    cls = chance.choice(source.classes) if source.classes else None
    fields = _fields(cls) if cls is not None else []
    if not fields:
        return None
    field = chance.choice(fields)
    again = f"{source.written(field)}\n{' ' * field.col_offset}{NEW} = {source.written(field.value)}"
    return source.replaced(field, again)


def remove_block(source: Source, chance: random.Random) -> str | None:
    cls = chance.choice(source.classes) if source.classes else None
    fields = _fields(cls) if cls is not None else []
    return source.replaced(chance.choice(fields), "pass") if fields else None


def rename_block(source: Source, chance: random.Random) -> str | None:
    cls = chance.choice(source.classes) if source.classes else None
    fields = _fields(cls) if cls is not None else []
    return source.replaced(chance.choice(fields).targets[0], NEW) if fields else None


def swap_blocks(source: Source, chance: random.Random) -> str | None:
    cls = chance.choice(source.classes) if source.classes else None
    fields = _fields(cls) if cls is not None else []
    if len(fields) < 2:
        return None
    one, other = sorted(chance.sample(fields, 2), key=lambda field: -field.lineno)
    first = source.replaced(one, source.written(other))
    return Source(source.path, first, (), ()).replaced(other, source.written(one))


def take_out(source: Source, chance: random.Random) -> str | None:
    """A block of a class made above it."""
    cls = chance.choice(source.classes) if source.classes else None
    fields = _fields(cls) if cls is not None and cls.col_offset == 0 and not cls.decorator_list else []
    if cls is None or not fields:
        return None
    field = chance.choice(fields)
    changed = source.replaced(field.value, NEW.upper())
    begin = offset(source.text, cls.lineno, 0)
    return f"{changed[:begin]}{NEW.upper()} = {source.written(field.value)}\n\n\n{changed[begin:]}"


def inherit(source: Source, chance: random.Random) -> str | None:
    """A class below all others that inherits one and takes its place in the calls."""
    classes = [cls for cls in source.classes if cls.col_offset == 0]
    used = [call for call in source.calls if any(_name(call.func) == cls.name for cls in classes)]
    if not used:
        return None
    call = chance.choice(used)
    cls = next(cls for cls in classes if cls.name == _name(call.func))
    body = chance.choice(("pass", *(f"{source.written(f.targets[0])} = None" for f in _fields(cls))))
    if call.lineno < (cls.end_lineno or 0):
        return None
    changed = source.replaced(call.func, f"Mutated{cls.name}")
    end = offset(source.text, cls.end_lineno or 0, cls.end_col_offset or 0)
    return f"{changed[:end]}\n\n\nclass Mutated{cls.name}({cls.name}):\n    {body}\n{changed[end:]}"


def construct(source: Source, chance: random.Random) -> str | None:
    """A constructor that changes what is handed on."""
    classes = [c for c in source.classes if not any(isinstance(s, ast.FunctionDef) for s in c.body)]
    if not classes:
        return None
    cls = chance.choice(classes)
    pad = " " * (cls.col_offset + 4)
    change = chance.choice(("kwargs['label'] = 'Mutated'", "kwargs.pop('required', None)", "pass"))
    method = f"\n\n{pad}def __init__(self, *args, **kwargs):\n{pad}    {change}\n"
    method += f"{pad}    super().__init__(*args, **kwargs)\n"
    end = offset(source.text, cls.end_lineno or 0, cls.end_col_offset or 0)
    return source.text[:end] + method + source.text[end:]


KINDS: Sequence[tuple[str, Kind]] = (
    ("set keyword", set_keyword),
    ("set keyword", set_keyword),
    ("set keyword", set_keyword),
    ("drop keyword", drop_keyword),
    ("drop keyword", drop_keyword),
    ("change class", change_class),
    ("drop call", drop_call),
    ("add block", add_block),
    ("remove block", remove_block),
    ("rename block", rename_block),
    ("swap blocks", swap_blocks),
    ("take out", take_out),
    ("inherit", inherit),
    ("construct", construct),
)

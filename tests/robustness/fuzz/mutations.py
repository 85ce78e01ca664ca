"""One file's bytes spoilt: what editors, merges, disks and people do to files, and what nobody does."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.robustness.fuzz.nests import ODDITIES, expression, statement

Mutation = Callable[[Random, bytes, bytes], bytes]
"""(random, file, another file) to what becomes of the file."""

TOKEN = re.compile(rb"\w+|\s+|\S")
WORD = re.compile(rb"[A-Za-z_]\w*")
SITE = re.compile(
    rb"""(?<=[=(\[,])[ \t]*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    rb"""|[\w.]+(?:\([^()\n]*\))?|\[[^\[\]]*\])(?=[ \t]*[,)\]\n])"""
)
"""Where an expression may stand instead of another."""
COOKIES = (
    "latin-1", "utf-16", "utf-7", "utf-8-sig", "klingon", "cp1252", "idna", "rot13", "zlib", "hex",
    "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "shift_jis", "big5", "\u00e9",
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7", "cp037", "latin-1", "cp1252")
NEWLINES = (b"\r", b"\r\n", b"\n\r", b"\x0b", b"\x0c", b"\x85", "\u2028".encode(), b"\0\n", b"\n\n")
BYTES = (
    b"\0", b"\xff", b"\xfe\xff", b"\xed\xa0\x80", b"\xc3", b"\xf4\x90\x80\x80", b"\x1a", b"\x08", b"\t",
    b"\\", b"\x0c", "\u202e".encode(), "\u00a0".encode(), "\ufeff".encode(), "\U0001f600".encode(),
    "ﬁ".encode(), b"\\\n", b"'''", b'"""', b"#", b"{", b"[", b"(", b")", b"]", b"}", b":", b"*", b"@",
    b";", b"$", b"?",
)  # fmt: skip


def truncated(random: Random, data: bytes, _: bytes) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] if random.random() < 0.7 else data[at:]


def spliced(random: Random, data: bytes, other: bytes) -> bytes:
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def interleaved(random: Random, data: bytes, other: bytes) -> bytes:
    """As after a merge that nobody resolved."""
    mine, theirs = data.split(b"\n"), other.split(b"\n")
    at = random.randint(0, len(mine))
    marks = [b"<<<<<<< HEAD", b"=======", b">>>>>>> theirs"] if random.random() < 0.5 else [b"", b"", b""]
    some = theirs[: random.randint(0, len(theirs))]
    return b"\n".join([*mine[:at], marks[0], *mine[at:], marks[1], *some, marks[2]])


def noise(random: Random, data: bytes, _: bytes) -> bytes:
    spoilt = bytearray(data)
    for _n in range(random.choice((1, 3, 30))):
        if spoilt:
            spoilt[random.randrange(len(spoilt))] = random.randrange(256)
    return bytes(spoilt)


def inserted(random: Random, data: bytes, _: bytes) -> bytes:
    for _n in range(random.choice((1, 1, 4))):
        at = random.randint(0, len(data))
        data = data[:at] + random.choice(BYTES) * random.choice((1, 1, 2, 500)) + data[at:]
    return data


def lines_moved(random: Random, data: bytes, _: bytes) -> bytes:
    lines = data.split(b"\n")
    for _n in range(random.choice((1, 2, 5))):
        at, size = random.randrange(len(lines)), random.choice((1, 1, 3, 10))
        block = lines[at : at + size]
        kind = random.randrange(4)
        if kind == 0:
            del lines[at : at + size]
        elif kind == 1:
            lines[at:at] = block * random.choice((1, 1, 40))
        elif kind == 2:
            del lines[at : at + size]
            there = random.randint(0, len(lines))
            lines[there:there] = block
        else:
            lines[at : at + size] = [random.choice((b" " * 4, b"\t", b" ")) + line for line in block]
        lines = lines or [b""]
    return b"\n".join(lines)


def dedented(random: Random, data: bytes, _: bytes) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    lines[at : at + 5] = [line.lstrip() for line in lines[at : at + 5]]
    return b"\n".join(lines)


def tokens_replaced(random: Random, data: bytes, other: bytes) -> bytes:
    tokens, pool = TOKEN.findall(data), TOKEN.findall(other) or [b"x"]
    for _n in range(random.choice((1, 2, 8))):
        if tokens:
            odd = random.choice(ODDITIES).encode("utf-8", "surrogatepass")
            tokens[random.randrange(len(tokens))] = odd if random.random() < 0.4 else random.choice(pool)
    return b"".join(tokens)


def words_confused(random: Random, data: bytes, _: bytes) -> bytes:
    """One name for another, everywhere: circles, twins and things that are not what they are used as."""
    words = sorted(set(WORD.findall(data))) or [b"x"]
    one, two = random.choice(words), random.choice(words)
    return re.sub(rb"\b%s\b" % one, two, data)


def expressions_replaced(random: Random, data: bytes, _: bytes) -> bytes:
    for _n in range(random.choice((1, 1, 3))):
        sites = list(SITE.finditer(data))
        if not sites:
            return data + f"\nA = {expression(random)}\n".encode("utf-8", "surrogatepass")
        site = random.choice(sites)
        new = expression(random).encode("utf-8", "surrogatepass")
        data = data[: site.start(1)] + new + data[site.end(1) :]
    return data


def statements_put_in(random: Random, data: bytes, _: bytes) -> bytes:
    lines = data.split(b"\n")
    at = random.randint(0, len(lines))
    before = lines[at] if at < len(lines) else b""
    margin = before[: len(before) - len(before.lstrip())]
    new = statement(random).encode("utf-8", "surrogatepass").split(b"\n")
    return b"\n".join([*lines[:at], *(margin + line for line in new), *lines[at:]])


def bracket_lost(random: Random, data: bytes, _: bytes) -> bytes:
    places = [match.start() for match in re.finditer(rb"[()\[\]{}\"':,]", data)]
    for at in sorted(random.sample(places, min(len(places), random.choice((1, 3)))), reverse=True):
        data = data[:at] + data[at + 1 :]
    return data


def encoded(random: Random, data: bytes, _: bytes) -> bytes:
    kind = random.random()
    if kind < 0.5:
        line = random.choice(
            ("# -*- coding: {} -*-\n", "#!/usr/bin/python\n# vim: fileencoding={}\n", "\n#coding={}\n")
        )
        return line.format(random.choice(COOKIES)).encode() + data.replace(b" ", b" \xe9", 1)
    return data.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace")


def newlines(random: Random, data: bytes, _: bytes) -> bytes:
    new = random.choice(NEWLINES)
    return (
        data.replace(b"\n", new) if random.random() < 0.5 else data.replace(b"\n", new, random.randint(1, 9))
    )


def one_line(random: Random, data: bytes, _: bytes) -> bytes:
    return data.replace(b"\n", random.choice((b"", b" ", b";")))


def repeated(random: Random, data: bytes, _: bytes) -> bytes:
    """The whole file again and again, up to a size that is still read."""
    return (data + b"\n") * random.choice((2, 2, 5, 20))


def random_bytes(random: Random, data: bytes, _: bytes) -> bytes:
    return random.randbytes(random.choice((0, 1, 50, 5000)))


LIGHT: tuple[Mutation, ...] = (
    truncated, spliced, interleaved, noise, inserted, lines_moved, dedented, tokens_replaced, words_confused,
    bracket_lost, newlines,
)  # fmt: skip
"""What leaves most of a file as it was, and may be done to any kind of text."""
CODE: tuple[Mutation, ...] = (
    *LIGHT, *LIGHT, encoded, one_line, repeated, random_bytes,
    *(expressions_replaced,) * 10, *(statements_put_in,) * 6, *(words_confused,) * 2, *(tokens_replaced,) * 2,
)  # fmt: skip


def mutated(random: Random, data: bytes, other: bytes, by: tuple[Mutation, ...] = CODE) -> bytes:
    """The file after one mutation or several."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 4))):
        data = random.choice(by)(random, data, other)[:2_000_000]
    return data

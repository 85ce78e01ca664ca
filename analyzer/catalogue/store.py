"""How the catalogue keeps several versions of a package in one small file, opened part by part.

The first variant stands by itself: its modules in order of their names, some of them compressed
together in a chunk, with an index of the names.  Each of the others holds what differs from one before
it, its base: the modules that are new or changed, each compressed with the base's module as its
dictionary, and the names of those that are gone.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

CHUNK = 80_000
"""Bytes that are compressed together at least: less would take more room, more would take more time."""

WINDOW = 32_768
"""What zlib uses of a dictionary: its end."""


class Variant(msgspec.Struct, frozen=True, array_like=True):
    """One version of one distribution of a package; `base` is the place of the variant it differs from."""

    distribution: str
    version: str
    data: bytes
    base: int = 0


class Bundle(msgspec.Struct, frozen=True, array_like=True):
    """A top-level package in all its catalogued variants, of which the first is the usual one."""

    facts_version: int
    variants: tuple[Variant, ...]


class _Whole(msgspec.Struct, frozen=True, array_like=True):
    index: bytes
    chunks: tuple[bytes, ...]


class _Changes(msgspec.Struct, frozen=True, array_like=True):
    modules: dict[str, bytes]
    gone: tuple[str, ...]


Index = tuple[tuple[str, ...], ...]

_decode_bundle = msgspec.msgpack.Decoder(Bundle).decode
_decode_whole = msgspec.msgpack.Decoder(_Whole).decode
_decode_index = msgspec.msgpack.Decoder(Index).decode
_decode_chunk = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...]).decode
_decode_changes = msgspec.msgpack.Decoder(_Changes).decode
_encode = msgspec.msgpack.Encoder().encode


class Contents(Protocol):
    """The encoded modules of one variant by dotted name."""

    @property
    def names(self) -> frozenset[str]:
        """The names of all modules."""

    def module(self, name: str) -> bytes | None:
        """One module's encoded facts; None where the variant has no such module."""


class _Modules:
    """The modules of a variant that stands by itself, unpacked chunk by chunk."""

    def __init__(self, data: bytes) -> None:
        whole = _decode_whole(data)
        self._chunks = whole.chunks
        self._opened: dict[int, tuple[msgspec.Raw, ...]] = {}
        index = _decode_index(zlib.decompress(whole.index))
        self._places = {name: (at, i) for at, names in enumerate(index) for i, name in enumerate(names)}
        self.names = frozenset(self._places)

    def module(self, name: str) -> bytes | None:
        if name not in self._places:
            return None
        at, place = self._places[name]
        if at not in self._opened:
            self._opened[at] = _decode_chunk(zlib.decompress(self._chunks[at]))
        return bytes(self._opened[at][place])


class _Changed:
    """The modules of a variant that differs from another one."""

    def __init__(self, base: Contents, data: bytes) -> None:
        changes = _decode_changes(zlib.decompress(data))
        self._base = base
        self._changed = changes.modules
        self.names = (base.names | changes.modules.keys()).difference(changes.gone)

    def module(self, name: str) -> bytes | None:
        if name not in self.names:
            return None
        before, changed = self._base.module(name), self._changed.get(name)
        return before if changed is None else _inflated(changed, before)


def open_bundle(data: bytes) -> Bundle:
    """The variants of a file, none of them unpacked."""
    return _decode_bundle(data)


def contents(bundle: Bundle, variant: Variant) -> Contents:
    """What a variant holds."""
    first = bundle.variants[0]
    if variant is first:
        return _Modules(first.data)
    return _Changed(contents(bundle, bundle.variants[variant.base]), variant.data)


def pack(facts_version: int, variants: Sequence[tuple[str, str, Mapping[str, bytes]]]) -> bytes:
    """The file of (distribution, version, modules) triples, the usual one first."""
    packed = [Variant(*variants[0][:2], _packed(variants[0][2]))]
    for at, (distribution, version, modules) in enumerate(variants[1:], 1):
        changes = [_changes(variants[base][2], modules) for base in range(at)]
        base = min(range(at), key=lambda base: len(changes[base]))
        packed.append(Variant(distribution, version, changes[base], base))
    return _encode(Bundle(facts_version, tuple(packed)))


def _changes(base: Mapping[str, bytes], modules: Mapping[str, bytes]) -> bytes:
    changed = {
        name: _deflated(data, base.get(name))
        for name, data in sorted(modules.items())
        if data != base.get(name)
    }
    return zlib.compress(_encode(_Changes(changed, tuple(sorted(base.keys() - modules.keys())))), 9)


def _packed(modules: Mapping[str, bytes]) -> bytes:
    groups: list[list[str]] = [[]]
    size = 0
    for name, data in sorted(modules.items()):
        if size >= CHUNK:
            groups.append([])
            size = 0
        groups[-1].append(name)
        size += len(data)
    chunks = (_encode([msgspec.Raw(modules[name]) for name in names]) for names in groups)
    index = zlib.compress(_encode(groups), 9)
    return _encode(_Whole(index, tuple(zlib.compress(chunk, 9) for chunk in chunks)))


def _deflated(data: bytes, like: bytes | None) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, (like or b"")[-WINDOW:])
    return packer.compress(data) + packer.flush()


def _inflated(data: bytes, like: bytes | None) -> bytes:
    return zlib.decompressobj(-15, (like or b"")[-WINDOW:]).decompress(data)

"""How the catalogue keeps several versions of a package in one small file, opened part by part.

The first variant stands by itself: its modules in order of their names, some of them compressed
together in a chunk, with an index of the names.  Each of the others holds what differs from one before
it, its base: the modules that are new or changed, each compressed with the base's module as its
dictionary, and the names of those that are gone.

All files share a dictionary of what many packages are written with: chunks, indexes and new modules
are compressed with it, and read with it again (RFC 1951, with zlib's preset dictionary).
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
    """A package in all its catalogued variants, of which the first is the usual one; a namespace has none."""

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


class _Nothing:
    """The modules of a namespace: each package below it has a file of its own (PEP 420)."""

    names: frozenset[str] = frozenset()

    def module(self, name: str) -> bytes | None:
        return None


NAMESPACE: Contents = _Nothing()


class _Modules:
    """The modules of a variant that stands by itself, unpacked chunk by chunk."""

    def __init__(self, data: bytes, shared: bytes) -> None:
        whole = _decode_whole(data)
        self._chunks = whole.chunks
        self._shared = shared
        self._opened: dict[int, tuple[msgspec.Raw, ...]] = {}
        index = _decode_index(_inflated(whole.index, shared))
        self._places = {name: (at, i) for at, names in enumerate(index) for i, name in enumerate(names)}
        self.names = frozenset(self._places)

    def module(self, name: str) -> bytes | None:
        if name not in self._places:
            return None
        at, place = self._places[name]
        if at not in self._opened:
            self._opened[at] = _decode_chunk(_inflated(self._chunks[at], self._shared))
        return bytes(self._opened[at][place])


class _Changed:
    """The modules of a variant that differs from another one."""

    def __init__(self, base: Contents, data: bytes, shared: bytes) -> None:
        changes = _decode_changes(zlib.decompress(data))
        self._base = base
        self._shared = shared
        self._changed = changes.modules
        self.names = (base.names | changes.modules.keys()).difference(changes.gone)

    def module(self, name: str) -> bytes | None:
        if name not in self.names:
            return None
        before, changed = self._base.module(name), self._changed.get(name)
        return before if changed is None else _inflated(changed, before or self._shared)


def open_bundle(data: bytes) -> Bundle:
    """The variants of a file, none of them unpacked."""
    return _decode_bundle(data)


def contents(bundle: Bundle, variant: Variant, shared: bytes) -> Contents:
    """What a variant holds; `shared` is the dictionary that it was packed with."""
    first = bundle.variants[0]
    if variant is first:
        return _Modules(first.data, shared)
    return _Changed(contents(bundle, bundle.variants[variant.base], shared), variant.data, shared)


def samples(modules: Mapping[str, bytes]) -> bytes:
    """What is packed of a variant that stands by itself, for a dictionary to be made of."""
    return b"".join(_parts(modules))


def pack(
    facts_version: int, variants: Sequence[tuple[str, str, Mapping[str, bytes]]], shared: bytes
) -> bytes:
    """The file of (distribution, version, modules) triples, the usual one first; of none for a namespace."""
    if not variants:
        return _encode(Bundle(facts_version, ()))
    packed = [Variant(*variants[0][:2], _packed(variants[0][2], shared))]
    for at, (distribution, version, modules) in enumerate(variants[1:], 1):
        changes = [_changes(variants[base][2], modules, shared) for base in range(at)]
        base = min(range(at), key=lambda base: len(changes[base]))
        packed.append(Variant(distribution, version, changes[base], base))
    return _encode(Bundle(facts_version, tuple(packed)))


def _changes(base: Mapping[str, bytes], modules: Mapping[str, bytes], shared: bytes) -> bytes:
    changed = {
        name: _deflated(data, base.get(name) or shared)
        for name, data in sorted(modules.items())
        if data != base.get(name)
    }
    return zlib.compress(_encode(_Changes(changed, tuple(sorted(base.keys() - modules.keys())))), 9)


def _packed(modules: Mapping[str, bytes], shared: bytes) -> bytes:
    index, *chunks = (_deflated(part, shared) for part in _parts(modules))
    return _encode(_Whole(index, tuple(chunks)))


def _parts(modules: Mapping[str, bytes]) -> list[bytes]:
    """The index of a variant, and its chunks."""
    groups: list[list[str]] = [[]]
    size = 0
    for name, data in sorted(modules.items()):
        if size >= CHUNK:
            groups.append([])
            size = 0
        groups[-1].append(name)
        size += len(data)
    return [_encode(groups), *(_encode([msgspec.Raw(modules[name]) for name in names]) for names in groups)]


def _deflated(data: bytes, like: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, like[-WINDOW:])
    return packer.compress(data) + packer.flush()


def _inflated(data: bytes, like: bytes) -> bytes:
    return zlib.decompressobj(-15, like[-WINDOW:]).decompress(data)

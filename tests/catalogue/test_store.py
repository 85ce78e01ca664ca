"""The file of a package: every variant comes out as it went in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.catalogue import store
from analyzer.catalogue.dictionary import dictionary
from analyzer.catalogue.store import contents, open_bundle, pack

MODULES = st.dictionaries(
    st.sampled_from(["a", "a.b", "a.b.c", "a.d"]), st.text(max_size=40).map(lambda text: _encoded(text * 9))
)


def _encoded(text: str) -> bytes:
    return store._encode(text)


SHARED = _encoded("12345" * 40)


@given(st.lists(MODULES, min_size=1, max_size=4), st.sampled_from([b"", SHARED]))
def test_every_variant_comes_out_as_it_went_in(versions: list[dict[str, bytes]], shared: bytes) -> None:
    variants = [("dist", str(at), modules) for at, modules in enumerate(versions)]
    bundle = open_bundle(pack(7, variants, shared))
    assert bundle.facts_version == 7
    assert [(v.distribution, v.version) for v in bundle.variants] == [
        ("dist", str(i)) for i in range(len(versions))
    ]
    for variant, modules in zip(bundle.variants, versions, strict=True):
        found = contents(bundle, variant, shared)
        assert {name: found.module(name) for name in found.names} == modules
        assert found.module("a.nowhere") is None


def test_large_packages_are_opened_in_parts() -> None:
    modules = {f"a.m{at:03}": _encoded(f"{at} " * 2000) for at in range(60)}
    bundle = open_bundle(pack(1, [("dist", "1", modules)], SHARED))
    found = contents(bundle, bundle.variants[0], SHARED)
    assert {name: found.module(name) for name in found.names} == modules


def test_a_variant_costs_little_more_than_what_differs() -> None:
    text = " ".join(str(number * number) for number in range(4000))
    one = {"a": _encoded(text)}
    two = {"a": _encoded(text.replace("9801", "other"))}
    single = pack(1, [("dist", "1", one)], b"")
    double = pack(1, [("dist", "1", one), ("dist", "2", two)], b"")
    assert len(double) - len(single) < 250


def test_a_version_that_says_the_same_costs_next_to_nothing() -> None:
    modules = {f"a.m{at}": _encoded(str(at) * 50) for at in range(40)}
    single = pack(1, [("dist", "1", modules)], SHARED)
    double = pack(1, [("dist", "1", modules), ("dist", "2", modules)], SHARED)
    assert len(double) - len(single) < 40


def test_what_the_dictionary_has_takes_less_room() -> None:
    said = {"a": _encoded("".join(chr(33 + number * number % 90) for number in range(500)))}
    assert len(pack(1, [("dist", "1", said)], said["a"])) < len(pack(1, [("dist", "1", said)], b"")) / 2


def test_a_namespace_has_no_variant_and_no_modules() -> None:
    assert open_bundle(pack(1, [], SHARED)).variants == ()
    assert store.NAMESPACE.names == frozenset()
    assert store.NAMESPACE.module("a.b") is None


# ---------------------------------------------------------------- the dictionary


def test_a_dictionary_holds_what_several_samples_have() -> None:
    common, others = bytes(range(100, 228)), [bytes([number]) * 400 for number in range(5)]
    assert dictionary([common + other for other in others]) == common


def test_a_dictionary_is_no_larger_than_zlib_can_use() -> None:
    sample = b"".join(number.to_bytes(3, "big") for number in range(20_000))
    found = dictionary([sample] * 3)
    assert store.WINDOW - 128 < len(found) <= store.WINDOW
    assert dictionary([sample, sample]) == b""
    assert dictionary([]) == b""

"""The file of a package: every variant comes out as it went in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.catalogue import store
from analyzer.catalogue.store import contents, open_bundle, pack

MODULES = st.dictionaries(
    st.sampled_from(["a", "a.b", "a.b.c", "a.d"]), st.text(max_size=40).map(lambda text: _encoded(text * 9))
)


def _encoded(text: str) -> bytes:
    return store._encode(text)


@given(st.lists(MODULES, min_size=1, max_size=4))
def test_every_variant_comes_out_as_it_went_in(versions: list[dict[str, bytes]]) -> None:
    bundle = open_bundle(pack(7, [("dist", str(at), modules) for at, modules in enumerate(versions)]))
    assert bundle.facts_version == 7
    assert [(v.distribution, v.version) for v in bundle.variants] == [
        ("dist", str(i)) for i in range(len(versions))
    ]
    for variant, modules in zip(bundle.variants, versions, strict=True):
        found = contents(bundle, variant)
        assert {name: found.module(name) for name in found.names} == modules
        assert found.module("a.nowhere") is None


def test_large_packages_are_opened_in_parts() -> None:
    modules = {f"a.m{at:03}": _encoded(f"{at} " * 2000) for at in range(60)}
    bundle = open_bundle(pack(1, [("dist", "1", modules)]))
    found = contents(bundle, bundle.variants[0])
    assert {name: found.module(name) for name in found.names} == modules


def test_a_variant_costs_little_more_than_what_differs() -> None:
    text = " ".join(str(number * number) for number in range(4000))
    one = {"a": _encoded(text)}
    two = {"a": _encoded(text.replace("9801", "other"))}
    single, double = pack(1, [("dist", "1", one)]), pack(1, [("dist", "1", one), ("dist", "2", two)])
    assert len(double) - len(single) < 250

"""Facts by content: what one run has read, the next takes over, unless anything is odd."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.analysis import Analysis, worked_out
from analyzer.options import Options
from analyzer.source import cache as caching
from analyzer.source import loading
from analyzer.source.cache import FOLDER, Cache, digest
from analyzer.source.facts import FACTS_VERSION
from analyzer.sources import sources
from tests.projects import project, write

BLOG = """
    # blog/__init__.py
    # blog/models.py
    from django.db import models
    class Post(models.Model):
        title = models.CharField(max_length=10)
"""


def run(root: Path) -> Analysis:
    """A run that remembers facts alone."""
    options = Options(jobs=1, cache=True)
    return worked_out(sources(root, options), options).analysis


def file(root: Path) -> Path:
    return root / FOLDER / "facts.msgpack"


def test_what_is_put_is_there_for_the_next_run(tmp_path: Path) -> None:
    first = Cache(tmp_path)
    first.put("a", msgspec.msgpack.encode("facts"))
    first.save()
    found = Cache(tmp_path).get("a")
    assert found is not None
    assert bytes(found) == msgspec.msgpack.encode("facts")
    assert Cache(tmp_path).get("b") is None


def test_without_a_root_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cache = Cache(None)
    cache.put("a", msgspec.msgpack.encode(1))
    cache.save()
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_did_not_use_is_forgotten(tmp_path: Path) -> None:
    first = Cache(tmp_path)
    for name in "ab":
        first.put(name, msgspec.msgpack.encode(name))
    first.save()
    second = Cache(tmp_path)
    second.get("a")
    second.save()
    assert Cache(tmp_path).get("a") is not None
    assert Cache(tmp_path).get("b") is None


def test_the_identity_is_the_content() -> None:
    assert digest(b"a") == digest(b"a")
    assert digest(b"a") != digest(b"b")


def test_the_folder_keeps_itself_out_of_git_and_backups(tmp_path: Path) -> None:
    run(write(tmp_path, BLOG))
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"
    assert (tmp_path / FOLDER / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f0688")
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == [
        ".gitignore", "CACHEDIR.TAG", "facts.msgpack",
    ]  # fmt: skip


def test_a_second_run_parses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(write(tmp_path, BLOG))

    def refuse(*_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(loading, "extract", refuse)
    monkeypatch.setattr(loading, "scan", refuse)
    assert run(tmp_path) == first


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    run(write(tmp_path, BLOG))
    before = file(tmp_path).stat()
    run(tmp_path)
    after = file(tmp_path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    run(write(tmp_path, BLOG))
    run(write(tmp_path, BLOG.replace("Post", "Page")))
    assert [model.label for model in run(tmp_path).models] == ["blog.Page"]


def _nothing(data: bytes) -> bytes:
    return b""


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


def _foreign(data: bytes) -> bytes:
    return b"\x00not a cache"


@pytest.mark.parametrize("spoil", [_nothing, _cut, _flipped, _foreign])
def test_a_spoilt_cache_is_a_miss_and_is_replaced(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    first = run(write(tmp_path, BLOG))
    good = file(tmp_path).read_bytes()
    file(tmp_path).write_bytes(spoil(good))
    assert run(tmp_path) == first
    assert file(tmp_path).read_bytes() == good


@settings(deadline=None)
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_flipped_byte_goes_unnoticed(place: int, flip: int) -> None:
    with project({}) as root:
        first = Cache(root)
        for name in "ab":
            first.put(name, msgspec.msgpack.encode({"facts": name}))
        first.save()
        stored = bytearray(file(root).read_bytes())
        stored[place % len(stored)] ^= flip
        file(root).write_bytes(stored)
        assert Cache(root).get("a") is None


def test_the_cache_of_another_version_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Cache(tmp_path)
    first.put("a", msgspec.msgpack.encode("facts"))
    first.save()
    monkeypatch.setattr(caching, "FACTS_VERSION", FACTS_VERSION + 1)
    assert Cache(tmp_path).get("a") is None


def test_the_folder_may_be_a_file(tmp_path: Path) -> None:
    first = run(write(tmp_path / "a", BLOG))
    write(tmp_path / "b", BLOG)
    (tmp_path / "b" / FOLDER).write_text("")
    assert run(tmp_path / "b").models == first.models


def test_nothing_half_written_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(write(tmp_path, BLOG))
    good = file(tmp_path).read_bytes()

    def refuse(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", refuse)
        run(write(tmp_path, BLOG.replace("Post", "Page")))
    assert file(tmp_path).read_bytes() == good
    assert len(os.listdir(tmp_path / FOLDER)) == 3


def test_a_folder_that_leads_elsewhere_is_not_written_to(tmp_path: Path) -> None:
    root, elsewhere = write(tmp_path / "a", BLOG), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / FOLDER).symlink_to(elsewhere)
    assert [model.label for model in run(root).models] == ["blog.Post"]
    assert list(elsewhere.iterdir()) == []

"""What is believed of a file without reading it, and what is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.options import Options
from analyzer.source import stamps
from analyzer.source.cache import FOLDER, digest, seal
from analyzer.sources import sources

BEFORE, AFTER = "NAME = 1\n", "NAME = 2\n"
Change = Callable[[Path], None]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that an earlier run has read, of files that count as old."""
    monkeypatch.setattr(stamps, "MARGIN", -(10**12))
    root = tmp_path / "shop"
    root.mkdir()
    (root / "names.py").write_text(BEFORE)
    told(root)
    assert record(root).exists()
    return root


def record(root: Path) -> Path:
    return root / FOLDER / "stamps.msgpack"


def told(root: Path) -> tuple[str, bool]:
    """What tells the file's content, and whether it was read for that."""
    files = sources(root, Options()).files
    was = []
    read = files.data

    def data(path: str) -> bytes:
        was.append(path)
        return read(path)

    files.data = data  # type: ignore[method-assign]
    identity = files.identity("names.py")
    files.note()
    return identity, bool(was)


def test_a_file_with_the_same_dates_is_not_read(shop: Path) -> None:
    assert told(shop) == (digest(BEFORE.encode()), False)


def write(root: Path) -> None:
    (root / "names.py").write_text(AFTER)


def write_with_the_old_date(root: Path) -> None:
    before = (root / "names.py").stat()
    write(root)
    os.utime(root / "names.py", ns=(before.st_atime_ns, before.st_mtime_ns))


def put_another_in_its_place(root: Path) -> None:
    shutil.copy2(root / "names.py", root / "other")
    (root / "other").write_text(AFTER)
    shutil.copystat(root / "names.py", root / "other")
    os.replace(root / "other", root / "names.py")


@pytest.mark.parametrize("change", [write, write_with_the_old_date, put_another_in_its_place])
def test_a_changed_file_is_read(shop: Path, change: Change) -> None:
    change(shop)
    assert told(shop) == (digest(AFTER.encode()), True)
    assert told(shop) == (digest(AFTER.encode()), False)


def date_it_back(root: Path) -> None:
    os.utime(record(root), ns=(0, record(root).stat().st_mtime_ns - 2 * stamps.SKEW))


def spoil(root: Path) -> None:
    record(root).write_bytes(b"\0" + record(root).read_bytes())


def seal_nonsense(root: Path) -> None:
    assert seal(record(root), b"\xff") == ""


def copy(root: Path) -> None:
    shutil.copytree(root, root.with_name("copy"))
    shutil.rmtree(root)
    root.with_name("copy").rename(root)


@pytest.mark.parametrize("change", [date_it_back, spoil, seal_nonsense, copy])
def test_a_record_that_may_be_of_other_files_is_not_believed(shop: Path, change: Change) -> None:
    change(shop)
    assert told(shop) == (digest(BEFORE.encode()), True)
    assert told(shop) == (digest(BEFORE.encode()), False)


def test_a_file_that_was_changed_just_before_it_was_read_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "names.py").write_text(BEFORE)
    assert told(tmp_path) == (digest(BEFORE.encode()), True)
    assert told(tmp_path) == (digest(BEFORE.encode()), True)
    assert not record(tmp_path).exists()


def test_without_a_cache_everything_is_read(shop: Path) -> None:
    files = sources(shop, Options(cache=False)).files
    write_with_the_old_date(shop)
    assert files.identity("names.py") == digest(AFTER.encode())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_must_not_be_read_any_more_is_said_to_be_so(shop: Path) -> None:
    (shop / "names.py").chmod(0)
    files = sources(shop, Options()).files
    files.identity("names.py")
    assert files.unreadable == {"names.py": "Permission denied"}

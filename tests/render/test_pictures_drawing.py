"""Drawing: whatever the program does, there is a picture or a reason."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from analyzer.render.draw import Drawn, Engine, NotDrawn, draw, draw_all, engine
from analyzer.render.pictures.chart import Picture

DOT = "digraph { a -> b }"

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")


def program(folder: Path, script: str) -> Engine:
    path = folder / "dot"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Engine(str(path), "dot")


def test_the_bundled_program_draws() -> None:
    drawn = draw(DOT, title="Two & more")
    assert isinstance(drawn, Drawn)
    assert b"<title>Two &amp; more</title>" in drawn.data
    assert b"<!DOCTYPE" not in drawn.data


def test_a_png_is_a_png() -> None:
    drawn = draw(DOT, "png")
    assert isinstance(drawn, Drawn)
    assert drawn.data.startswith(b"\x89PNG")


def test_broken_dot_gives_a_reason() -> None:
    result = draw("digraph {")
    assert isinstance(result, NotDrawn)
    assert result.reason


def test_a_program_that_is_not_there_is_named() -> None:
    found = engine("no-such-dot")
    assert isinstance(found, NotDrawn)
    assert "no-such-dot" in found.reason
    assert draw(DOT, program=found) == found


def test_without_any_program_the_reason_says_how_to_draw(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("analyzer.render.draw._script_folders", lambda: [tmp_path])
    monkeypatch.setenv("PATH", str(tmp_path))
    found = engine()
    assert isinstance(found, NotDrawn)
    assert "dot -Tsvg" in found.reason


@posix
def test_a_named_program_is_used(tmp_path: Path) -> None:
    assert engine(program(tmp_path, "exit 0").path) == Engine(str(tmp_path / "dot"), "dot")


@posix
def test_a_failing_program_is_quoted(tmp_path: Path) -> None:
    result = draw(DOT, program=program(tmp_path, "echo no such font >&2; exit 3"))
    assert isinstance(result, NotDrawn)
    assert "no such font" in result.reason


@posix
def test_a_program_that_cannot_start_is_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "dot"
    path.write_text("no program")
    path.chmod(0o755)
    assert isinstance(draw(DOT, program=Engine(str(path), "dot")), NotDrawn)


@posix
def test_time_is_really_up_for_the_program_and_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    slow = program(tmp_path, f"(sleep 1.5; touch {mark}) & sleep 60")
    start = time.monotonic()
    result = draw(DOT, timeout=0.3, program=slow)
    assert time.monotonic() - start < 1.4
    assert isinstance(result, NotDrawn)
    assert "0.3 s" in result.reason
    time.sleep(1.6)
    assert not mark.exists()


def test_several_are_drawn_by_name_in_order() -> None:
    every = [Picture(f"p{number}", "t", f"digraph {{ n{number} }}", ()) for number in range(9)]
    drawn = draw_all(every, jobs=3)
    assert list(drawn) == [f"p{number}" for number in range(9)]
    assert all(f"n{number}".encode() in result.data for number, result in enumerate(drawn.values())
               if isinstance(result, Drawn))  # fmt: skip

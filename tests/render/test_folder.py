"""The report folder: migscan replaces what it wrote, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.errors import UsageError
from analyzer.render.folder import check, check_place, write, write_file
from analyzer.source.own import MANIFEST

FIRST = {"report.md": "one\n", "levels.svg": "<svg/>\n"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_it_is_made_with_a_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "a/out"
    assert write(folder, FIRST) == ("levels.svg", "report.md")
    assert names(folder) == {MANIFEST, *FIRST}
    assert (folder / "report.md").read_text() == "one\n"


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "out", FIRST)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert write(tmp_path / "out", FIRST) == ()
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == before


def test_what_is_no_longer_written_goes(tmp_path: Path) -> None:
    write(tmp_path / "out", FIRST)
    assert write(tmp_path / "out", {"report.md": "two\n"}) == ("levels.svg", "report.md")
    assert names(tmp_path / "out") == {MANIFEST, "report.md"}


def test_files_of_others_stay(tmp_path: Path) -> None:
    write(tmp_path / "out", FIRST)
    (tmp_path / "out/notes.txt").write_text("mine")
    write(tmp_path / "out", {"report.md": "two\n"})
    assert (tmp_path / "out/notes.txt").read_text() == "mine"


def test_a_file_that_somebody_edited_is_theirs(tmp_path: Path) -> None:
    write(tmp_path / "out", FIRST)
    (tmp_path / "out/report.md").write_text("one, and my remark\n")
    with pytest.raises(UsageError, match=r"report\.md was made or changed"):
        write(tmp_path / "out", {"report.md": "two\n"})
    assert (tmp_path / "out/report.md").read_text() == "one, and my remark\n"
    write(tmp_path / "out", {"report.md": "two\n"}, force=True)
    assert (tmp_path / "out/report.md").read_text() == "two\n"


def test_line_endings_alone_are_no_edit(tmp_path: Path) -> None:
    write(tmp_path / "out", FIRST)
    (tmp_path / "out/report.md").write_bytes(b"one\r\n")
    assert "report.md" in write(tmp_path / "out", {"report.md": "two\n"})


def test_a_deleted_file_comes_back(tmp_path: Path) -> None:
    write(tmp_path / "out", FIRST)
    (tmp_path / "out/report.md").unlink()
    assert write(tmp_path / "out", FIRST) == ("report.md",)


def test_an_interrupted_run_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest names new content before it arrives, so the next run knows old and new files."""
    out = tmp_path / "out"
    write(out, FIRST)
    replace = Path.replace

    def interrupted(path: Path, target: Path) -> Path:
        if target.name == "report.md":
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(out, {"levels.svg": "<svg>new</svg>\n", "report.md": "two\n"})
    assert names(out) == {MANIFEST, *FIRST}, "nothing half-written is left"
    assert (out / "levels.svg").read_text() == "<svg>new</svg>\n"
    write(out, {"levels.svg": "<svg>third</svg>\n", "report.md": "three\n"})
    assert (out / "report.md").read_text() == "three\n"


def test_a_foreign_folder_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("not ours")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="did not write"):
        check(tmp_path, force=False)
    with pytest.raises(UsageError):
        write(tmp_path, FIRST)
    assert (tmp_path / "report.md").read_text() == "not ours"
    check(tmp_path, force=True)
    write(tmp_path, FIRST, force=True)
    assert (tmp_path / "report.md").read_text() == "one\n"
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_empty_folder_and_ours_are_welcome(tmp_path: Path) -> None:
    check(tmp_path, force=False)
    check(tmp_path / "new", force=False)
    write(tmp_path, FIRST)
    check(tmp_path, force=False)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="not a folder"):
        check(tmp_path / "out", force=True)


def test_a_manifest_cannot_point_outside(tmp_path: Path) -> None:
    """It comes with a project, perhaps from a stranger."""
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    write(tmp_path / "out", FIRST)
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    manifest["files"]["../victim.txt"] = manifest["files"]["report.md"]
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="did not write"):
        check(tmp_path / "out", force=False)
    write(tmp_path / "out", {}, force=True)
    assert victim.read_text() == "precious"


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    write(tmp_path / "out", FIRST)
    (tmp_path / "out/report.md").unlink()
    (tmp_path / "out/report.md").symlink_to(victim)
    with pytest.raises(UsageError):
        write(tmp_path / "out", FIRST)
    write(tmp_path / "out", FIRST, force=True)
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("where", ["shop", "shop/migrations", "shop/deep/out"])
def test_never_inside_an_app(tmp_path: Path, where: str) -> None:
    with pytest.raises(UsageError, match="inside the app package shop"):
        check_place(tmp_path / where, tmp_path, ["people", "shop"])


def test_beside_apps_is_fine(tmp_path: Path) -> None:
    check_place(tmp_path / "migscan-report", tmp_path, ["people", "shop"])
    check_place(tmp_path / "shopping", tmp_path, ["people", "shop"])


def test_one_file_is_written_only_when_it_differs(tmp_path: Path) -> None:
    path = tmp_path / "docs/models.svg"
    assert write_file(path, b"<svg/>")
    assert not write_file(path, b"<svg/>")
    assert write_file(path, b"<svg></svg>")
    assert names(path.parent) == {"models.svg"}

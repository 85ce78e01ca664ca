"""`elidable=True` added to calls: the smallest change, the same code, a patch that git takes."""

from __future__ import annotations

import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from analyzer.reset.elidable import Marked, mark

FILE = "blog/migrations/0002_change.py"


def source(operations: str) -> str:
    head = (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = [\n"
    )
    return head + textwrap.indent(textwrap.dedent(operations), "        ") + "    ]\n"


def marked(text: str, *lines: int) -> Marked:
    return mark({FILE: text.encode()}, [(FILE, line) for line in lines or (6,)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("migrations.RunPython(f),\n", "migrations.RunPython(f, elidable=True),\n"),
        ("migrations.RunPython(f, ),\n", "migrations.RunPython(f, elidable=True, ),\n"),
        ("RunSQL(sql='x',),\n", "RunSQL(sql='x', elidable=True,),\n"),
        ("RunPython(\n    f,\n    g,\n),\n", "RunPython(\n    f,\n    g,\n    elidable=True,\n),\n"),
        ("RunPython(\n    f, g\n),\n", "RunPython(\n    f, g, elidable=True\n),\n"),
        ("RunPython(\n    f  # why\n),\n", "RunPython(\n    f,  # why\n    elidable=True,\n),\n"),
        ("RunPython(f,\n    g),\n", "RunPython(f,\n    g, elidable=True),\n"),
        (
            'RunSQL(\n    """\n    SELECT 1\n    """,\n),\n',
            'RunSQL(\n    """\n    SELECT 1\n    """,\n    elidable=True,\n),\n',
        ),
        ("RunPython(code=f, reverse_code=g)\n", "RunPython(code=f, reverse_code=g, elidable=True)\n"),
    ],
)
def test_the_argument_is_added_in_the_form_of_the_call(before: str, after: str) -> None:
    assert marked(source(before)).contents == {FILE: source(after).encode()}


@pytest.mark.parametrize(
    "operations",
    [
        "RunPython(f, elidable=False),\n",
        "RunPython(f, g, None, None, True),\n",
        "RunPython(*both),\n",
        "RunPython(**both),\n",
        "RunSQL('x', state_operations=[]),\n",
        "RunSQL('x', '', []),\n",
        "Other(f),\n",
        "RunPython((f)),\n",
        "*[RunPython(f) for f in all_of_them],\n",
        "RunPython(f) if postgres else RunPython(g),\n",
        "RunPython(f), RunPython(g),\n",
    ],
)
def test_what_is_not_a_plain_call_is_left_alone(operations: str) -> None:
    found = marked(source(operations))
    assert (found.contents, found.patch, found.done) == ({}, "", ())
    assert [(one.file, one.line) for one in found.left] == [(FILE, 6)]


def test_an_operation_inside_another_one_is_marked() -> None:
    text = source("SeparateDatabaseAndState(\n    database_operations=[\n        RunPython(f),\n    ],\n),\n")
    assert marked(text, 8).contents == {
        FILE: text.replace("RunPython(f)", "RunPython(f, elidable=True)").encode()
    }


def test_a_file_that_cannot_be_parsed_is_left_alone() -> None:
    assert "cannot be parsed" in marked("operations = [\n").left[0].why
    assert "UTF-8" in mark({FILE: b"x = '\xff'\n"}, [(FILE, 1)]).left[0].why
    assert "not read" in mark({}, [(FILE, 1)]).left[0].why


def test_a_file_that_is_nested_too_deeply_is_left_alone() -> None:
    text = source("RunPython(f),\n") + f"x = {' + '.join(['1'] * 1500)}\n"
    (left,) = marked(text).left
    assert left.why in ("its file is nested too deeply", "its file cannot be parsed")  # by Python's version


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_git_and_patch_take_the_patch(tmp_path: Path, newline: str, end: str) -> None:
    operations = "RunPython(f),\nRunPython(\n    f,\n),\n" + "\n" * 9 + "RunPython(g),\n"
    text = (source(operations).rstrip("\n") + end).replace("\n", newline)
    found = marked(text, 6, 7, 19)
    assert len(found.done) == 3
    patch = tmp_path / "elidable.patch"
    patch.write_bytes(found.patch.encode())
    commands = (["git", "apply", str(patch)], ["patch", "-s", "--binary", "-p1", "-i", str(patch)])
    for command in commands if shutil.which("patch") else commands[:1]:
        file = tmp_path / FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
        assert file.read_bytes() == found.contents[FILE]

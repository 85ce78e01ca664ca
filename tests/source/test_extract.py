"""Bytes to text and to facts, as Python would read them, and a first look that parses nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.source import extract as extracting
from analyzer.source.extract import COMPUTED, Scan, decode, extract, scan
from analyzer.source.facts import Assign, FileFacts, Literal, Ref

# ---------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("é".encode(), "é"),
        ("é".encode("utf-8-sig"), "é"),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\né"),
        (b"#!/usr/bin/env python\n# -*- coding: iso-8859-15 -*-\n\xa4", "€"),
        (b"# vim: set fileencoding=cp1252 :\n\x80", "€"),
        (b"a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
    ],
)
def test_text_is_read_as_python_reads_it(data: bytes, text: str) -> None:
    found, problem = decode(data)
    assert found.endswith(text)
    assert problem is None


def test_a_coding_line_counts_only_at_the_top() -> None:
    """PEP 263: the first two lines, and the second only below a comment or nothing."""
    assert decode(b"a = 1\n# coding: latin-1\n" + "é".encode())[0].endswith("é")
    assert decode(b"\n\n# coding: latin-1\n" + "é".encode())[0].endswith("é")


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a = 1\nb = '\xe9'", 2, "is not valid utf-8; read as Latin-1"),
        (b"# coding: no-such\n", 1, "unknown encoding `no-such`; read as Latin-1"),
        (b"# coding: hex\n", 1, "unknown encoding `hex`; read as Latin-1"),
        (b"a = 1\n\0", 2, "contains null bytes"),
        ("a = 1".encode("utf-16"), 1, "UTF-16"),
    ],
)
def test_what_python_could_not_decode_is_a_problem_with_a_line(data: bytes, line: int, words: str) -> None:
    _, problem = decode(data)
    assert problem is not None
    assert (problem.kind, problem.line) == ("encoding", line)
    assert words in problem.message


def test_a_file_in_a_wrong_encoding_is_still_read() -> None:
    facts = extract(b"name = '\xe9'", full=True)
    assert facts.body == (Assign((Ref("name"),), "=", Literal("é"), 1),)
    assert [problem.kind for problem in facts.problems] == ["encoding"]


@pytest.mark.parametrize("size", [extracting.MAX_BYTES + 1])
def test_too_much_to_be_source_is_a_problem(size: int) -> None:
    facts = extract(b"a = 1\n" * (size // 6 + 1), full=True)
    assert (facts.body, [problem.kind for problem in facts.problems]) == ((), ["size"])


def test_a_line_too_long_to_be_source_is_a_problem() -> None:
    facts = extract(b"a = '" + b"x" * extracting.MAX_LINE + b"'", full=True)
    assert (facts.body, [problem.kind for problem in facts.problems]) == ((), ["size"])


def test_a_long_file_of_short_lines_is_source() -> None:
    assert extract(b"a = 1\n" * 1000, full=True).problems == ()


encodings = st.sampled_from(["utf-8", "utf-7", "utf-16", "unicode_escape", "raw_unicode_escape", "idna"])


@settings(deadline=None)
@given(st.binary(), st.booleans())
@example(b"# coding: utf-7\n+2AA-", True)
@example(b"# coding: unicode_escape\n\\ud800 \\d", True)
def test_extract_is_total_on_bytes(data: bytes, full: bool) -> None:
    assert isinstance(extract(data, full), FileFacts)


@settings(deadline=None)
@given(encodings, st.binary())
def test_extract_is_total_on_any_declared_encoding(encoding: str, data: bytes) -> None:
    assert isinstance(extract(f"# coding: {encoding}\n".encode() + data, full=True), FileFacts)


@settings(deadline=None)
@given(st.binary() | st.text().map(lambda text: f"class A({text}):".encode()))
def test_scan_is_total(data: bytes) -> None:
    assert isinstance(scan(data), Scan)


# ---------------------------------------------------------------- a first look


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("class A(B): pass", [("A", ("B",))]),
        ("class A(m.B, C):", [("A", ("B", "C"))]),
        ("class A(\n    m.B,  # (why)\n    C,\n):", [("A", ("B", "C"))]),
        ("class A(B, metaclass=M):", [("A", ("B",))]),
        ("class A(B[T]):", [("A", ("B",))]),
        ("class A[T](B):", [("A", ("B",))]),
        ("class A(with_metaclass(M, B)):", [("A", ("with_metaclass", "M", "B"))]),
        ("class A(get_base(B)):", [("A", ("get_base", "B", COMPUTED))]),
        ("  class A(B):", [("A", ("B",))]),
        ("class\tA(B):", [("A", ("B",))]),
        ("class A(m . B):", [("A", ("B",))]),
        ("class A:", []),
        ("class A():", [("A", ())]),
        ("# class A(B):", []),
        ("x = 'class A(B):'", []),
    ],
)
def test_headers_are_classes_with_the_last_words_of_their_bases(
    text: str, headers: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert list(scan(text.encode()).headers) == headers


@pytest.mark.parametrize(
    "text",
    [
        "from django.db import models\nclass Post(models.Model): pass",
        "from django.db.models import Model\nclass Post(Model): pass",
        "from django.db import models\nclass Post(Base):\n    title = models.CharField()",
        "from x.models import ForeignKey\nclass Post(Base):\n    by = ForeignKey('x.Y')",
        "class User(AbstractUser): pass  # models",
        "class A(B): pass\nUser.add_to_class('x', 1)",
        "class Post(Base):\n    class Meta:\n        db_table = 'x'",
    ],
)
def test_a_file_that_may_define_models_is_likely(text: str) -> None:
    assert scan(text.encode()).likely


@pytest.mark.parametrize(
    "text",
    [
        "from django.db import models\nx = models.CharField()",
        "class Form(forms.Form):\n    title = forms.CharField()",
        "from pydantic import BaseModel\nclass Post(BaseModel): pass",
        "class Post: pass",
    ],
)
def test_a_file_that_cannot_define_models_is_not_likely(text: str) -> None:
    assert not scan(text.encode()).likely


@pytest.mark.parametrize(
    "text",
    [
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")',
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'",
        "environ(DJANGO_SETTINGS_MODULE='config.settings')",
        'os.environ.setdefault(\n    "DJANGO_SETTINGS_MODULE",\n    "config.settings",\n)',
    ],
)
def test_the_settings_that_a_starter_names_are_seen(text: str) -> None:
    assert scan(text.encode()).settings == ("config.settings",)


def test_settings_in_a_variable_are_not_seen() -> None:
    assert scan(b'os.environ.setdefault("DJANGO_SETTINGS_MODULE", name)').settings == ()


def test_settings_and_app_configs_are_seen() -> None:
    assert scan(b"INSTALLED_APPS = []").installed_apps
    assert scan(b"class A(AppConfig): pass").app_config
    assert not scan(b"class A(Config): pass").app_config


@pytest.mark.parametrize(
    ("text", "aliases"),
    [
        ("from a import B as C", [("B", "C")]),
        ("import a\nC = a.B  # for short", [("B", "C")]),
        ("try:\n    C = B\nexcept E:\n    C = D\n", [("B", "C"), ("D", "C")]),
        ("import a\nC = get_base()", [(COMPUTED, "C")]),
        ("import a\nC = (A if a else B)", [(COMPUTED, "C")]),
        ("import a\nC = 'B'\nD = 1\nE == B\n# F = B\n", []),
        ("import a\nc = B\n", []),
    ],
)
def test_other_names_for_a_class_are_seen(text: str, aliases: list[tuple[str, str]]) -> None:
    assert list(scan(text.encode()).aliases) == aliases

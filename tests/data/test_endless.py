"""Code that never ends, is too deep or too much: given up, and said so."""

from __future__ import annotations

import time

import pytest

from tests.data.shop import forward, migration, operations, python

BOMBS = {
    "recursion": "def again():\n    again()\nagain()\nTag.objects.create(name='x')",
    "two that call each other": "def a():\n    b()\ndef b():\n    a()\na()\nTag.objects.create(name='x')",
    "a lambda of itself": "f = lambda n: f(f(n))\nf(1)\nTag.objects.create(name='x')",
    "while true": "while True:\n    Tag.objects.create(name='x')",
    "a text that doubles": "s = 'x'\nfor n in range(24):\n    s = s + s\nTag.objects.create(name=s)",
    "numbers that double": "n = 9\nwhile n:\n    n = n + n\nTag.objects.create(n=n)",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_endless_code_ends(body: str) -> None:
    assert python(forward(body)).verdict == "seed"


def test_loops_in_loops_are_given_up() -> None:
    names = [f"{'    ' * n}for n{n} in {list(range(20))}:" for n in range(8)]
    body = "\n".join([*names, "    " * 8 + "print(1)", "Tag.objects.create(name='x')"])
    start = time.process_time()
    found = python(forward(body))
    assert found.verdict == "unknown"
    assert "more code than is followed" in found.evidence[0].why
    assert time.process_time() - start < 5


def test_code_nested_too_deep_is_given_up() -> None:
    deep = "\n".join("    " * n + "if apps:" for n in range(50)) + "\n" + "    " * 50 + "f(apps)"
    body = "def f(x):\n    return g(x)\n" + deep
    assert python(forward(body)).verdict in ("unknown", "noop")


def test_what_takes_too_much_code_is_worked_out_once() -> None:
    names = [f"{'    ' * n}for n{n} in {list(range(20))}:" for n in range(8)]
    loops = "\n".join(f"    {line}" for line in [*names, "    " * 8 + "print(1)"])
    big = f"# shop/big.py\ndef made():\n{loops}\nBIG = made()\n"
    code = "from shop.big import BIG\n" + forward("print(BIG)")
    run = "migrations.RunPython(forward)"
    files = [migration(code, run, f"000{n}_run", f"000{n - 1}_run" if n > 1 else "") for n in range(1, 9)]
    start = time.process_time()
    found = operations(*files, big)
    assert [one.verdict for one in found] == ["unknown"] * 8
    assert time.process_time() - start < 5

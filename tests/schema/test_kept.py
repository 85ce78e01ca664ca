"""What an object keeps of its arguments is told only where nothing else may set it."""

from __future__ import annotations

import pytest

from tests.history.drifts import created, drift

TEXT = """
class Size:
    def __init__(self, length):
        self.length = length
        {init}
    {method}
def change(size):
    size.__dict__["length"] = 9
SIZE = Size(5)
{after}
class Post(models.Model):
    title = models.CharField(max_length=SIZE.length)
"""


def certain(length: int, **parts: str) -> list[bool]:
    """Whether it is certain that the field differs from one of a length."""
    text = TEXT.format(**{"init": "", "method": "", "after": "", **parts})
    found = drift(text, created("Post", f"('title', models.CharField(max_length={length}))"))
    return [difference.certain for difference in found.differences]


def test_an_argument_that_is_kept() -> None:
    assert (certain(5), certain(9)) == ([], [True])


@pytest.mark.parametrize(
    "parts",
    [
        {"init": "for name in ('length',): setattr(self, name, 9)"},
        {"init": "object.__setattr__(self, 'length', 9)"},
        {"init": "vars(self)['length'] = 9"},
        {"init": "self.__dict__['length'] = 9"},
        {"init": "self.__dict__.update(length=9)"},
        {"init": "change(self)"},
        {"method": "def reset(self): setattr(self, 'length', 9)", "after": "SIZE.reset()"},
        {"after": "SIZE.length = 9"},
    ],
)
def test_what_else_may_set_it(parts: dict[str, str]) -> None:
    assert True not in certain(9, **parts)

"""Fields taken apart by migscan and by real Django: the same arguments, left out or written."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from tests.oracle.versions.fields import compared

needs_django = pytest.mark.skipif(
    importlib.util.find_spec("django") is None, reason="the oracle needs Django (dependency group `oracle`)"
)


@needs_django
def test_django_and_migscan_write_the_same() -> None:
    import django

    count, wrong = compared(sys.executable, django.VERSION[:2])
    assert wrong == {}
    assert count > 80

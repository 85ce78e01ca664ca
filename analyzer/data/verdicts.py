"""Placeholder until the classification lands; replaced as a whole."""

from __future__ import annotations

from analyzer.data.values import DataOperation
from analyzer.history.values import Migration
from analyzer.source.names import Names


def data_operations(migrations: tuple[Migration, ...], names: Names) -> tuple[DataOperation, ...]:
    return ()

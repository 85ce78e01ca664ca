"""Python text to facts: the only package that knows ast-grep."""

from analyzer.source.syntax.statements import parse

__all__ = ["parse"]

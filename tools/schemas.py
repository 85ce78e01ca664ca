"""Writes the JSON Schemas of our documents; run it where a document gets a key."""

from __future__ import annotations

from analyzer.render.schemas import SCHEMAS, published

for command, schema in SCHEMAS.items():
    published(command).write_text(schema(), encoding="utf-8")

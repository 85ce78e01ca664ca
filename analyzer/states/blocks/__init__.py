"""The blocks of Wagtail's stream fields, taken apart as the blocks' own `deconstruct` does."""

"""Migrations replayed: the models, fields and options that their operations add up to."""

from analyzer.history.replay.states import States, replay

__all__ = ["States", "replay"]

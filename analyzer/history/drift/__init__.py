"""What `makemigrations` would still write: the models against the state of the migrations."""

from analyzer.history.drift.detect import drift
from analyzer.history.drift.project import project_drift
from analyzer.history.drift.values import Difference, Drift, Undecided

__all__ = ["Difference", "Drift", "Undecided", "drift", "project_drift"]

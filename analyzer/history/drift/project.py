"""The drift of a whole project, from what its models and migrations were read to say."""

from __future__ import annotations

from analyzer.history.drift.apps import migrated_apps
from analyzer.history.drift.detect import drift
from analyzer.history.drift.traces import Traces
from analyzer.history.drift.values import Drift
from analyzer.history.drift.versions import as_followed, under_all
from analyzer.history.values import Migration
from analyzer.schema.read import SchemaReading
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.habits import habits
from analyzer.states.models import model_states
from analyzer.states.values import ProjectState


def project_drift(
    reading: SchemaReading,
    migrations: tuple[Migration, ...],
    state: ProjectState,
) -> Drift:
    """What `makemigrations` without an app's name would write.

    `state` is that of the migrations.  Where several versions of Django are possible, only what holds
    under the oldest and the newest is certain; of very old ones only what is made and what goes.
    """
    modules = reading.classes.names.modules
    usual = habits(reading.classes.names, reading.classes.evaluator)
    labels = reading.resolver.by_key
    deconstructor = Deconstructor(
        reading.resolver.registry.fields, habits=usual, label=lambda cls: labels.get(cls.key)
    )
    apps = migrated_apps(reading.apps.apps, modules, migrations)
    traces = Traces(reading)
    user = reading.settings.auth_user_model
    versions = reading.django.bounds
    after = model_states(reading, deconstructor.former, versions)
    found = tuple(
        drift(state, models, apps, deconstructor, django, user, traces)
        for models, django in zip(after, versions, strict=True)
    )
    return as_followed(under_all(found), reading.django.oldest)

"""The drift of a whole project, from what its models and migrations were read to say."""

from __future__ import annotations

from analyzer.catalogue.requirements import Requirement
from analyzer.history.drift.apps import migrated_apps
from analyzer.history.drift.detect import drift
from analyzer.history.drift.traces import Traces
from analyzer.history.drift.values import Drift
from analyzer.history.drift.versions import possible, under_all
from analyzer.history.values import Migration
from analyzer.schema.read import SchemaReading
from analyzer.schema.version import django_version
from analyzer.states.deconstruct import Deconstructor
from analyzer.states.models import model_states
from analyzer.states.values import ProjectState


def project_drift(
    reading: SchemaReading,
    migrations: tuple[Migration, ...],
    state: ProjectState,
    required: Requirement | None = None,
) -> Drift:
    """What `makemigrations` without an app's name would write.

    `state` is that of the migrations, `required` what the project asks of Django.  Where several
    versions are possible, only what holds under the oldest and the newest is certain.
    """
    modules = reading.classes.names.modules
    deconstructor = Deconstructor(reading.resolver.registry.fields)
    apps = migrated_apps(reading.apps.apps, modules, migrations)
    traces = Traces(reading)
    user = reading.settings.auth_user_model
    versions = possible(required.range if required is not None else None, django_version(modules.files))
    return under_all(
        tuple(
            drift(
                state,
                model_states(reading, deconstructor.former, django),
                apps,
                deconstructor,
                django,
                user,
                traces,
            )
            for django in versions
        )
    )

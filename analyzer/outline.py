"""The migration graph alone: what some rules need, without models, states and drift.

A project's source in, the findings about its graph out, in a fraction of the time that everything takes.
"""

from __future__ import annotations

from analyzer.audits import registry
from analyzer.audits.values import Facts
from analyzer.catalogue.site import externals
from analyzer.graphs.history import graph_of
from analyzer.history.migrations import read_migrations
from analyzer.history.outside import Outside
from analyzer.history.values import told
from analyzer.options import Options
from analyzer.outcome import Outline
from analyzer.schema.ground import read_apps
from analyzer.schema.places import places
from analyzer.schema.version import django_versions
from analyzer.source.evaluate import Evaluator
from analyzer.source.loading import Progress
from analyzer.source.modules import Modules
from analyzer.source.names import Names
from analyzer.sources import Sources


def outline(found: Sources, options: Options, progress: Progress) -> Outline:
    """The findings of the rules in `registry.GRAPH`, which look at nothing else."""
    files, site = found.files, found.site
    django = django_versions(files, found.requirements, site, options.django_version)
    packages = externals(site, found.requirements, django.taken)
    names = Names(Modules(files, packages))
    progress("migrations", 0, 0)
    ground = read_apps(names, Evaluator(names), options.settings, options.all_apps)
    written = read_migrations(ground.apps.apps, ground.classes)
    migrations, history = graph_of(written, ground.apps.apps, packages, options.all_apps)
    facts = Facts(
        tree=found.tree,
        apps=ground.apps.apps,
        files=written,
        migrations=migrations,
        history=history,
        settings=ground.settings,
        places=places(ground.settings, names),
        documents=files.documents,
        outside=Outside(),
    )
    files.save(partial=True)
    return Outline(
        project=options.project or found.root.resolve().name,
        apps=ground.apps.apps,
        migrations=tuple(map(told, migrations)),
        history=history,
        findings=registry.run(facts, registry.GRAPH),
    )

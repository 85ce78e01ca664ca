"""What models and migrations stand on: the settings, and the apps that these install."""

from __future__ import annotations

from msgspec import Struct

from analyzer.catalogue.rules import CONSTANTS
from analyzer.schema.apps import Apps, find_apps
from analyzer.schema.classes import Classes
from analyzer.schema.enumerations import Enumerations
from analyzer.schema.instances import Instances
from analyzer.schema.prefixed import prefixed_settings
from analyzer.schema.settings import IS_INSTALLED, Choice, Settings, choose_settings, chosen_before
from analyzer.schema.swapping import Swapper
from analyzer.schema.translations import translations
from analyzer.source.evaluate import Evaluator
from analyzer.source.importing import importing
from analyzer.source.names import Names
from analyzer.source.standard import standard


class Ground(Struct, frozen=True):
    """The settings, the apps, and the classes of the project, read as far as they are asked for."""

    settings: Settings
    apps: Apps
    classes: Classes


def read_apps(
    names: Names,
    evaluator: Evaluator,
    settings: str | None,
    all_apps: bool,
    choice: Choice | None = None,
) -> Ground:
    """Choose the settings and find the apps; the evaluator then knows what settings say.

    `choice` is what would be chosen, where that is known.
    """
    evaluator.calls = {**standard(), **translations()}
    chosen = (
        choose_settings(names.modules, evaluator, settings)
        if choice is None
        else chosen_before(names.modules, evaluator, choice)
    )
    names.modules.settle(chosen.path or "")
    swapper = Swapper(evaluator, chosen)
    evaluator.settings = swapper.settings()
    evaluator.calls = {
        **swapper.calls(),
        IS_INSTALLED: chosen.is_installed,
        **standard(),
        **translations(),
        **importing(evaluator),
    }
    constants = {path: chosen.text(name, default) for path, (name, default) in CONSTANTS.items()}
    evaluator.constants = {**constants, **chosen.connection()}
    classes = Classes(names, evaluator)
    evaluator.members = Enumerations(classes).attribute
    evaluator.asked = Instances(classes).asked
    names.decide_by(classes.decides)
    installed = (app for app, _ in chosen.installed)
    evaluator.settings = {**prefixed_settings(classes, installed), **evaluator.settings}
    apps = find_apps(classes, chosen, all_apps)
    return Ground(chosen, apps, classes)

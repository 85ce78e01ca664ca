"""Names that code imports by a text, `import_string("package.module.name")`."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.source.evaluate import Env, Evaluator, Result
from analyzer.source.names import External
from analyzer.source.values import Undecided, Value

IMPORT_STRING = "django.utils.module_loading.import_string"


def importing(evaluator: Evaluator) -> Mapping[str, Result]:
    """What Django's function gives for the dotted path of a class, a function or a value."""

    def import_string(args: tuple[Value, ...], named: Env) -> Value:
        dotted = args[0] if args else named.get("dotted_path")
        if not isinstance(dotted, str):
            return Undecided("what is imported by a text is not decided")
        where, _, name = dotted.rpartition(".")
        module = evaluator.names.modules.find(where)
        found = External(dotted) if module is None else evaluator.names.member(module, name)
        return evaluator.binding_value(found, dotted)

    return {IMPORT_STRING: import_string}

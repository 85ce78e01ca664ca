"""Commands and gates that the procedures share."""

from __future__ import annotations

import shlex

from analyzer.render.markdown.text import bullets
from analyzer.render.words import count
from analyzer.reset.plan import Plan

SHELL = "```sh"
TAG = "before-migration-reset"
DEPLOY = (
    "Deploy it everywhere, and run `migrate` on every database alias and tenant as with any release. "
    "Do not go on before the gate is passed on all of them."
)


def manage(plan: Plan, *words: str) -> str:
    """A call of manage.py, safe for a shell."""
    return shlex.join(["python", plan.manage, *words])


def named_settings(plan: Plan) -> str:
    """What a call of migscan must say of the settings again; it begins with a space."""
    return f" --settings {shlex.quote(plan.settings)}" if plan.settings else ""


def shell(*commands: str) -> list[str]:
    """Commands as a block of their own."""
    return ["", SHELL, *commands, "```", ""]


def gate(plan: Plan, names: str, *, new: bool = False) -> list[str]:
    """What must hold on every database before the next step; `names` are those that it has recorded."""
    call = compared(plan, *(("--expect", "new") if new else ()))
    answer = f"{'The deployed reset' if new else 'A reset'} is not blocked"
    lines = [
        f"there, with the code of this release: {check(plan)}",
        f"here, with a new export of each: `{call}` ends with 0 and says *{answer}*: {names}.",
    ]
    return ["", "**Gate.** Go on only when every database has passed it:", "", *bullets(lines)]


def check(plan: Plan) -> str:
    """That nothing is left to apply or to write."""
    return (
        f"`{manage(plan, 'migrate', '--check')}` and `{manage(plan, 'makemigrations', '--check')}` "
        "end with 0."
    )


def compared(plan: Plan, *words: str) -> str:
    """The call that compares environments with the files; with examples where none was named."""
    named = plan.environments or (("prod", "prod.csv"), ("dev", "dev.csv"))
    exports = [word for name, file in named for word in ("--applied", f"{name}={file}")]
    return shlex.join(["migscan", "compare", ".", *exports, *words]) + named_settings(plan)


def verified(plan: Plan, number: int) -> list[str]:
    """The step that compares what new files make of an empty database with what the old ones made."""
    return [
        f"{number}. Hold the new files against the old ones, without any database:",
        *shell(f"migscan verify . --base {TAG}{named_settings(plan)}"),
        (
            "   It must end with 0. With 1 go on only if nothing stands under *The databases differ*, "
            "*Lost* or "
            "*Changed*, and somebody has looked at each entry under *Source does not decide* and *To be "
            "looked "
            "at*."
        ),
    ]


def regenerate(plan: Plan, folder: str) -> list[str]:
    """The steps from the old files to those that Django writes."""
    return [
        (
            f"1. Delete exactly the listed files, {count(len(plan.delete), 'old one')} among them; every "
            "`__init__.py` stays:"
        ),
        *shell(
            f'git --literal-pathspecs rm -q --pathspec-from-file="$PLAN/{folder}/delete.txt"',
            *loosened(plan, folder),
        ),
        "2. Let Django write the new ones: no labels, all apps at once. It asks nothing; if it does, stop.",
        *shell(manage(plan, "makemigrations")),
        (
            "3. Hold what it wrote against `layout.md`, file by file. Another file, another "
            "order or another "
            "dependency means that something was not as it was read: find out before you go on."
        ),
    ]


def stays(plan: Plan) -> bool:
    """Whether migrations stay that name some that go."""
    return any(not one.package for one in plan.inbound)


def loosened(plan: Plan, folder: str) -> list[str]:
    """The command that lets migrations stay while what they name is gone."""
    note = "   # migrations that stay name some of them"
    return [f'python "$PLAN/{folder}/point.py" --first{note}'] if stays(plan) else []


def restored(plan: Plan) -> list[str]:
    """The command that brings migrations which stay back as they were committed."""
    files = sorted({one.file for one in plan.inbound if not one.package})
    return [shlex.join(["git", "--literal-pathspecs", "restore", "--", *files])] if files else []


def pointed(plan: Plan, folder: str) -> list[str]:
    """The commands that let migrations which stay name the new ones."""
    return [*restored(plan), f'python "$PLAN/{folder}/point.py"'] if stays(plan) else []

"""The three procedures as PLAN.md describes them, and what must hold on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analyzer.render.plan.artefacts import PRUNES
from analyzer.render.plan.commands import TAG, compared, loosened, named_settings, pointed, restored
from analyzer.reset.plan import Procedure
from tests.oracle.real.projects import Refused
from tests.oracle.rehearse.databases import Content
from tests.oracle.rehearse.half import half_migrated
from tests.oracle.rehearse.stage import Stage

CHECK = ("makemigrations", "--check", "--dry-run")
NEW = ("--expect", "new")


DIFFERS = ("The databases differ", "Lost", "Changed")
"""Titles of `migscan verify` below which nothing may stand."""


def before(stage: Stage) -> None:
    """The preconditions: models and migrations agree, and every environment is up to date.

    Raises Refused where they do not agree: nobody may go on then.
    """
    code, said = stage.django("old", *CHECK)
    if code:
        raise Refused(f"a precondition of PLAN.md does not hold, makemigrations --check: {said[-600:]}")
    stage.must("migrate --check with the old code", "old", "migrate", "--check", "--database=default")
    _compared(stage, "old", 0)
    _compared(stage, "behind", 1)


def _compared(stage: Stage, other: str, wanted: int, *words: str) -> None:
    """The gate: what `migscan compare` says of the database and of another one."""
    for file, name in (("prod.csv", "old"), ("dev.csv", other)):
        rows = "".join(f"{app},{named}\n" for app, named in sorted(stage.databases.recorded(name)))
        (stage.tree / file).write_text(f"app,name\n{rows}", encoding="utf-8")
    code, said = stage.letter(compared(stage.made, *words))
    told = " ".join(("migscan compare", *words))
    stage.hold(code == wanted, f"{told}: {code} for old and {other}", said)
    for file in ("prod.csv", "dev.csv"):
        (stage.tree / file).unlink()


def _verified(stage: Stage) -> None:
    command = f"migscan verify . --base {TAG}{named_settings(stage.made)}"
    code, said = stage.letter(command)
    wrong = [line for line in said.splitlines() if line.startswith(DIFFERS)]
    stage.hold(code < 2 and not wrong, f"migscan verify ends with {code}", said)


def lagging(count: int) -> list[str]:
    return ["behind", *(f"half-{number}" for number in range(count))]


def _regenerate(stage: Stage, folder: str) -> None:
    stage.done_so(f'git --literal-pathspecs rm -q --pathspec-from-file="$PLAN/{folder}/delete.txt"')
    for line in loosened(stage.made, folder):
        stage.done_so(line.partition("   #")[0])
        stage.done.add(line.partition("   #")[0])
    stage.must("makemigrations", "old", "makemigrations")
    made = stage.made
    names = [stage.tree / made.packages[one.app].folder / f"{one.name}.py"
             for one in made.layout.migrations if one.app in made.packages]  # fmt: skip
    missing = [str(name.relative_to(stage.tree)) for name in names if not name.is_file()]
    stage.hold(not missing, f"the {len(names)} predicted files are written", "\n".join(missing))


def _renamed(stage: Stage, folder: str) -> None:
    stage.done_so(f'python "$PLAN/{folder}/new_names.py" --look')
    stage.done_so(f'python "$PLAN/{folder}/new_names.py"')


def _each(stage: Stage, commands: Sequence[str]) -> None:
    for command in commands:
        stage.done_so(command)


def _brought(stage: Stage) -> None:
    """What `makemigrations` does not write, from the drafts as they are."""
    drafts = stage.plan / "drafts"
    if (drafts / "files").is_dir() and stage.made.procedure != "replaces":
        stage.done_so('cp -R "$PLAN/drafts/files/." .')
    for name in ("first_operations", "last_operations"):
        if (drafts / f"{name}.py").is_file():
            stage.done_so(f'python "$PLAN/drafts/{name}.py"')


def _checked(stage: Stage, rows: Content) -> None:
    """What must hold with the new code: nothing to do, every row kept, an empty database like an old one."""
    stage.must("migrate --check on the old database", "old", "migrate", "--check")
    stage.must("makemigrations --check", "old", *CHECK)
    stage.same("all rows kept", rows, "old")
    stage.databases.empty("fresh")
    stage.must("migrate on an empty database", "fresh", "migrate")
    stage.alike("its schema is that of the old one", "old", "fresh")
    stage.seeded("its rows are those that old migrations make", "fresh")


def _stopped(stage: Stage, what: str, names: Sequence[str]) -> None:
    """Databases that lag behind are stopped with an error, and no row of theirs is touched."""
    green, touched = [], []  # of packages that lag behind, tables may get columns
    for name in names:
        before = stage.databases.content(name)
        whole = not name.startswith("half")
        for words in (("migrate", "--check"), ("migrate",))[not whole :]:
            if stage.django(name, *words)[0] == 0:
                green.append(f"{name}: {' '.join(words)}")
        after = stage.databases.content(name)
        for table, (count, digest) in before.items():
            number, said = after.get(table, (0, ""))
            if number < count or (whole and (number, said) != (count, digest)):
                touched.append(f"{name}: {table}")
    stage.hold(not green, f"{what}: {len(names)} are stopped", "\n".join(green))
    stage.hold(not touched, "and none of their rows is touched", "\n".join(touched))


def _back(stage: Stage, to: str, rows: Content, again: str) -> None:
    """The release before runs on the same database, and the later one after it."""
    stage.git("checkout", "-q", to)
    stage.must(f"back to {to}: migrate --check", "old", "migrate", "--check")
    stage.must(f"back to {to}: migrate", "old", "migrate")
    stage.same("all rows kept", rows, "old")
    stage.git("checkout", "-q", again)
    stage.must(f"forth to {again}: migrate --check", "old", "migrate", "--check")


def _prune(stage: Stage, rows: Content) -> None:
    wrong = []
    refused = stage.made.layout.django < PRUNES
    for app in stage.made.apps if not refused else ():
        code, said = stage.django("old", "migrate", app, "--prune")
        wrong += [f"{app}: {said}"] if code else []
        refused = refused or "Cannot use --prune" in said
    if refused:
        script = stage.plan / stage.made.procedure / "prune.sql"
        stopped = stage.databases.script("old", script.read_text(encoding="utf-8"))
        wrong += [stopped] if stopped else []
    stage.hold(
        not wrong,
        f"{'prune.sql' if refused else 'migrate --prune'} of {len(stage.made.apps)} apps",
        "\n".join(wrong),
    )
    left = {key for key in stage.databases.recorded("old") if key in {*stage.made.rows.required}}
    new = {*stage.made.rows.new}
    stage.hold(not left - new, "no old row is left", str(sorted(left - new)[:6]))
    stage.done_so(f'python "$PLAN/{stage.made.procedure}/clean_up.py"')
    _checked(stage, rows)


# ---------------------------------------------------------------- A


def _placeholder(stage: Stage, half: int) -> None:
    made, databases = stage.made, stage.databases
    rows = databases.content("old")
    stage.done_so('cp -R "$PLAN/placeholder/release-n/." .')
    stage.must("release N: makemigrations --check", "old", *CHECK)
    stage.commit("release-n")
    databases.copy("behind", "late")
    stage.must("release N: migrate", "old", "migrate")
    stage.must("release N: migrate --check", "old", "migrate", "--check")
    missing = {one.key for one in made.placeholders} - databases.recorded("old")
    stage.hold(not missing, "the gate: every placeholder is recorded", str(sorted(missing)))
    _compared(stage, "old", 0)
    _compared(stage, "behind", 1)
    stage.git("checkout", "-q", "old")
    stage.must("back to the release before: migrate --check", "old", "migrate", "--check")
    stage.git("checkout", "-q", "release-n")
    _regenerate(stage, "placeholder")
    _renamed(stage, "placeholder")
    _each(stage, pointed(made, "placeholder"))
    predicted = {one.key for one in made.layout.migrations}
    extra = [one.path for one in made.placeholders if (one.app, one.stands_for) not in predicted]
    if extra:
        stage.git("--literal-pathspecs", "restore", "--source=HEAD", "--staged", "--worktree", *extra)
    _brought(stage)
    stage.commit("release-n1")
    _verified(stage)
    _checked(stage, rows)
    _compared(stage, "old", 0, *NEW)
    _compared(stage, "behind", 1, *NEW)
    _stopped(stage, "databases that missed release N", lagging(half))
    stage.git("checkout", "-q", "release-n")
    stage.must("one of them: release N first", "late", "migrate")
    stage.git("checkout", "-q", "release-n1")
    stage.must("one of them: then release N+1", "late", "migrate")
    stage.alike("and it has the same schema", "old", "late")
    _back(stage, "release-n", rows, "release-n1")
    _prune(stage, rows)


# ---------------------------------------------------------------- B


LISTED = '--pathspec-from-file="$PLAN/replaces/delete.txt"'


def anchored(stage: Stage) -> None:
    """The files of release 0, or those that go out with release 1."""
    if stage.made.anchors:
        stage.done_so('cp -R "$PLAN/replaces/release-0/." .')
        stage.must("release 0: makemigrations --check", "old", *CHECK)
        stage.commit("release-0")


def remade(stage: Stage) -> None:
    """The files of release 1."""
    _regenerate(stage, "replaces")
    _renamed(stage, "replaces")
    stage.done_so(f"git --literal-pathspecs restore --source=HEAD --staged --worktree {LISTED}")
    _each(stage, restored(stage.made))
    _brought(stage)
    stage.commit("release-1")
    _verified(stage)


def _replaces(stage: Stage, half: int) -> None:
    made, databases = stage.made, stage.databases
    rows = databases.content("old")
    anchored(stage)
    early = made.partition.anchored.early
    kept = [(name, f"{name}-kept") for name in lagging(half)] + [("old", "skipped")]
    for name, copy in kept:
        databases.copy(name, copy)
    if early:
        stage.must("release 0: migrate", "old", "migrate")
        stage.must("release 0: migrate, behind", "behind", "migrate")
    remade(stage)
    stage.must("release 1: migrate", "old", "migrate")
    _checked(stage, rows)
    _half(stage, half)
    stage.must("release 1: a database that lags behind goes on", "behind", "migrate")
    stage.alike("and gets the same schema", "old", "behind")
    wanted = {(app, name) for (app, _), name in made.remade.items()}
    missing = wanted - databases.recorded("old")
    stage.hold(not missing, "the gate: every new name is recorded", str(sorted(missing)))
    _compared(stage, "old", 0)
    _compared(stage, "behind-kept", 1)
    _back(stage, "release-0" if early else "old", rows, "release-1")
    stage.done_so(f"git --literal-pathspecs rm -q {LISTED}")
    stage.done_so('python "$PLAN/replaces/finish.py"')
    _each(stage, pointed(made, "replaces"))
    stage.commit("release-2")
    _verified(stage)
    _checked(stage, rows)
    _compared(stage, "old", 0, *NEW)
    _compared(stage, "behind-kept", 1, *NEW)
    _stopped(stage, "databases that missed release 1", [copy for _, copy in kept])
    _back(stage, "release-1", rows, "release-2")
    _prune(stage, rows)


def _half(stage: Stage, count: int) -> None:
    """Databases that got half of the way go on, or are stopped by the guard and helped by the old code."""
    made = stage.made
    names = [f"half-{number}" for number in range(count)]

    def ready(name: str) -> bool:
        """Whether it got as far as PLAN.md asks for."""
        recorded = stage.databases.recorded(name)
        begun = {app for app, _ in recorded}
        ends = made.partition.anchored
        return not ends.early and recorded >= {*ends.needed.values()} and begun >= {*made.apps}

    counts, wrong = half_migrated(stage.django, stage.databases.schema, ready, names)
    told = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
    stage.hold(not wrong, f"databases on the way: {told}", "\n".join(wrong))
    full = stage.databases.schema("old")
    again = [name for name in names if stage.databases.schema(name) != full]
    for name in again[:2]:
        stage.databases.copy(f"{name}-kept", name)
        stage.git("checkout", "-q", "old")
        stage.must(f"{name}: restored, the old code goes on", name, "migrate")
        early = made.partition.anchored.early
        if early:
            stage.git("checkout", "-q", "release-0")
            stage.must(f"{name}: then release 0", name, "migrate")
        stage.git("checkout", "-q", "release-1")
        stage.must(f"{name}: and then the new one", name, "migrate")
        stage.alike(f"{name}: it has the same schema", "old", name)


# ---------------------------------------------------------------- C


def _sql(stage: Stage, half: int) -> None:
    databases = stage.databases
    rows = databases.content("old")
    _regenerate(stage, "sql")
    _each(stage, pointed(stage.made, "sql"))
    _brought(stage)
    stage.commit("new")
    look, forth, back = (
        (stage.plan / f"sql/{name}.{databases.dialect}.sql").read_text(encoding="utf-8")
        for name in ("1_look", "2_reset", "3_back")
    )
    passed, changed = [], []
    for name in lagging(half):
        before = databases.recorded(name), databases.content(name)
        if "behind" not in databases.script(name, forth) or not databases.found(name, look):
            passed.append(name)
        if before != (databases.recorded(name), databases.content(name)):
            changed.append(name)
    stage.hold(not passed, f"{half + 1} databases that lag behind are stopped by the guard", str(passed))
    stage.hold(not changed, "and left as they were", str(changed))
    databases.copy("old", "kept")
    found = databases.found("old", look)
    stage.hold(not found, "looking finds nothing on the old database", found)
    stopped = databases.script("old", forth)
    stage.hold(not stopped, "the rows are exchanged", stopped)
    _verified(stage)
    stage.must("the new code: migrate", "old", "migrate")
    _checked(stage, rows)
    _compared(stage, "old", 0, *NEW)
    _compared(stage, "behind", 1, *NEW)
    stopped = databases.script("old", back)
    same = databases.recorded("old") == databases.recorded("kept")
    stage.hold(not stopped and same, "and back again", stopped)
    stage.git("checkout", "-q", "old")
    stage.must("with the old code: migrate --check", "old", "migrate", "--check")
    stage.must("with the old code: migrate", "old", "migrate")
    stage.same("all rows kept", rows, "old")


REHEARSED: Mapping[Procedure, Callable[[Stage, int], None]] = {
    "placeholder": _placeholder,
    "replaces": _replaces,
    "sql": _sql,
}

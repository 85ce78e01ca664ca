"""What new files are called in the end, by the procedure of a plan."""

from __future__ import annotations

from analyzer.history.values import Key
from analyzer.reset.naming import following
from analyzer.reset.plan import Plan


class Names:
    """The new migrations of a plan's apps, under the names that they have once the procedure is done."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.written: dict[str, list[str]] = {}
        self.extras: dict[tuple[str, str], str] = {}
        for app in plan.apps:
            self._read(app)
        ends = {(app, name) for app, names in self.written.items() for name in names}
        ends |= {(app, name) for (app, _), name in self.extras.items()}
        self.shims: dict[str, tuple[str, ...]] = {}
        """Old names that packages depend on, which no new file has."""
        for app, name in sorted({one.parent for one in plan.inbound if one.package} - ends):
            self.shims[app] = (*self.shims.get(app, ()), name)

    def _read(self, app: str) -> None:
        words = self.plan.extras.get(app, ())
        listed = [migration.name for migration in self.plan.layout.of(app)]
        match self.plan.procedure:
            case "placeholder":
                held = {one.stands_for: one.name for one in self.plan.placeholders if one.app == app}
                self.written[app] = [held[name] for name in listed]
                self.extras |= {(app, word): held[word] for word in words}
                return
            case "replaces":
                listed = [self.plan.remade[app, name] for name in listed if (app, name) in self.plan.remade]
                named = [name for (label, _), name in self.plan.remade.items() if label == app]
                listed = listed or sorted(named)
                names = following(named, words)
            case _:
                names = following(listed, words)
        self.written[app] = listed
        self.extras |= dict(zip(((app, word) for word in words), names, strict=True))

    def first(self, app: str) -> str:
        return self.written[app][0]

    def last(self, app: str) -> str:
        return self.written[app][-1]

    def now(self, key: Key) -> Key:
        """What a new file is called in the end, given its name in the layout."""
        names = [migration.name for migration in self.plan.layout.of(key[0])]
        return (key[0], self.written[key[0]][names.index(key[1])])

    def end(self, app: str) -> str:
        """The last new file beside which no other one is written."""
        if self.plan.procedure != "replaces":
            return self.last(app)
        return max(name for (label, _), name in self.plan.remade.items() if label == app)

    def before(self, app: str, word: str) -> Key:
        """The file of the same app that comes before the one for a word."""
        words = self.plan.extras.get(app, ())
        at = words.index(word)
        return (app, self.extras[app, words[at - 1]] if at else self.bases(app)[-1])

    def bases(self, app: str) -> tuple[str, ...]:
        """The last file that `makemigrations` writes, and the empty ones with old names behind it."""
        return (self.last(app), *(self.shims.get(app, ()) if self.plan.procedure != "replaces" else ()))

    def path(self, app: str, name: str) -> str:
        return f"{self.plan.packages[app].folder}/{name}.py"

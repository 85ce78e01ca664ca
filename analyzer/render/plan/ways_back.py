"""How to go back from each point of a procedure, as long as that can be done."""

from __future__ import annotations

from analyzer.render.markdown.text import bullets
from analyzer.reset.plan import Plan


def backwards(plan: Plan) -> list[str]:
    """How to go back from each point, as long as that can be done."""
    match plan.procedure:
        case "placeholder":
            return bullets(
                [
                    (
                        "From release N: deploy the release before. Its `migrate` ignores the rows of the "
                        "placeholders."
                    ),
                    (
                        "From release N+1, until the old rows are pruned: deploy release N. "
                        "`migrate --check` is 0 "
                        "both ways, no row is touched."
                    ),
                    "After pruning: only with the backup of `django_migrations`.",
                ]
            )
        case "replaces" | "squash":
            return bullets(
                [
                    "From release 1: deploy the release before. The rows of the new names are ignored.",
                    "From release 2, until the old rows are pruned: deploy release 1.",
                    (
                        "After pruning never to a release that still has `replaces`: it would "
                        "run migrations again."
                    ),
                ]
            )
        case "sql":
            return bullets(
                [
                    (
                        "Until a migration is applied on top: run `sql/3_back.*.sql`, which "
                        "checks that, and deploy "
                        "the old code."
                    ),
                    "After that: only with the backup.",
                ]
            )

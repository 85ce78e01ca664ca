"""Fingerprints and baselines: what stays known, and what is new."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from analyzer.audits import baseline
from analyzer.audits.baseline import Baseline
from analyzer.audits.rules import Finding
from analyzer.audits.subjects import fingerprinted
from analyzer.errors import UsageError
from tests.projects import analysed

PROJECT = """
# apps/blog/__init__.py
# apps/blog/models.py
from django.db import models
class Post(models.Model):
    author = models.ForeignKey(unknown(), models.CASCADE)
    editor = models.ForeignKey(unknown(), models.CASCADE)
# apps/blog/migrations/__init__.py
# apps/blog/migrations/0001_initial.py
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("blog", "0001_gone"), ("blog", "0001_lost"), ("shop", "__latest__")]
    operations = []
"""
MODELS, MODELS_INIT = "# apps/blog/models.py", "# apps/blog/models/__init__.py"


def findings(text: str) -> tuple[Finding, ...]:
    return analysed(text).findings


def prints(text: str) -> list[str]:
    return sorted(finding.fingerprint for finding in findings(text))


def test_every_finding_has_its_own() -> None:
    assert len(set(prints(PROJECT))) == len(prints(PROJECT)) >= 5


@pytest.mark.parametrize(
    "changed",
    [
        PROJECT.replace("class ", "\n\n\nclass "),
        PROJECT.replace('[("blog", "0001_gone"), ', '[\n        ("blog", "0001_gone"),\n\n        '),
        PROJECT.replace("# apps/blog", "# backend/src/blog"),
        PROJECT.replace(MODELS, f"{MODELS_INIT}\nfrom .post import Post\n# apps/blog/models/post.py"),
    ],
    ids=["moved", "reformatted", "another folder", "models split"],
)  # fmt: skip
def test_they_survive(changed: str) -> None:
    assert prints(changed) == prints(PROJECT)


def test_another_statement_is_another_finding() -> None:
    changed = prints(PROJECT.replace("0001_lost", "0001_other"))
    assert len(set(changed) - set(prints(PROJECT))) == 1


def test_a_finding_tells_its_app_and_subject() -> None:
    told = {(finding.code, finding.app, finding.subject) for finding in findings(PROJECT)}
    assert {("MS102", "blog", "0001_initial"), ("MS003", "blog", "blog.Post.author")} <= told


def test_operations_of_one_kind_are_told_apart() -> None:
    text = """
        # blog/__init__.py
        # blog/migrations/__init__.py
        # blog/migrations/0001_initial.py
        from django.db import migrations
        class Migration(migrations.Migration):
            operations = [
                migrations.AddField("post", "x", unknown),
                migrations.AddField("post", "y", unknown),
            ]
    """
    found = [finding for finding in findings(text) if finding.file.endswith("0001_initial.py")]
    assert len({finding.fingerprint for finding in found}) == len(found)


# ---------------------------------------------------------------- baselines


def known(text: str, codes: frozenset[str] | None = None, old: Baseline = Baseline(1)) -> Baseline:  # noqa: B008
    written = baseline.text(baseline.written(findings(text), old, codes))
    return baseline.read(written.encode(), "known.json")


def test_what_is_known_is_suppressed_and_what_is_new_is_not() -> None:
    changed = findings(PROJECT.replace("0001_lost", "0001_other"))
    (new,) = [finding for finding in baseline.known(changed, known(PROJECT)) if not finding.suppressed]
    assert "0001_other" in new.message


def test_what_is_gone_is_told_and_dropped() -> None:
    fixed = PROJECT.replace('("blog", "0001_lost"), ', "")
    (entry,) = baseline.gone(findings(fixed), known(PROJECT), None)
    assert (entry.code, entry.subject) == ("MS102", "0001_initial")
    assert entry not in known(fixed, None, known(PROJECT)).findings


def test_rules_that_were_not_asked_for_stay() -> None:
    before = known(PROJECT)
    assert baseline.gone([], before, frozenset({"MS003"})) == [
        e for e in before.findings if e.code == "MS003"
    ]
    kept = baseline.written([], before, frozenset({"MS003"}))
    assert kept == [entry for entry in before.findings if entry.code != "MS003"]


def test_the_file_has_an_entry_a_line_and_no_line_numbers() -> None:
    text = baseline.text(baseline.written(findings(PROJECT), Baseline(1), None))
    assert len(text.splitlines()) == 2 + len(findings(PROJECT))
    assert '"line"' not in text
    assert baseline.text([]) == '{"version": 1, "findings": []}\n'


@pytest.mark.parametrize("data", [b"", b"[]", b'{"version": "x"}', b"\xff", b'{"version": 9}'])
def test_another_file_is_no_baseline(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"known\.json: is "):
        baseline.read(data, "known.json")


def test_a_message_may_quote_a_name_of_any_length() -> None:
    (one, *_) = findings(PROJECT)
    for name in ("x" * 3_000_000, "x/" * 1_500_000, "x." * 1_500_000, "X_" * 1_500_000):
        (found,) = fingerprinted([replace(one, message=f"no {name} there")])
        assert found.fingerprint != one.fingerprint

"""When two texts of SQL make the same object."""

from __future__ import annotations

import pytest

from analyzer.data.sqltext import split
from analyzer.data.sqlwording import wording

FUNCTION = "CREATE FUNCTION stamp() RETURNS trigger AS {body} LANGUAGE {language}"
BODY = "$$ BEGIN NEW.at := now(); RETURN NEW; END $$"


def said(text: str) -> str:
    (statement,) = split(text)
    return wording(statement)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE VIEW v AS SELECT 1", "create  view V as\n  select 1; -- all"),
        ("CREATE VIEW v AS SELECT 1", "CREATE OR REPLACE VIEW /* the */ public.v AS SELECT 1"),
        ("CREATE VIEW v AS SELECT 1", 'CREATE VIEW "public"."v" AS SELECT 1'),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)"),
        (FUNCTION.format(body=BODY, language="plpgsql"), FUNCTION.format(body=BODY, language="'plpgsql'")),
        (
            FUNCTION.format(body=BODY, language="plpgsql"),
            """CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $fn$
            begin -- now
                new.at := NOW();
                return new;
            end;
            $fn$;""",
        ),
        (
            "CREATE TRIGGER t AFTER INSERT ON b FOR EACH ROW EXECUTE PROCEDURE stamp()",
            "CREATE TRIGGER t AFTER INSERT ON b FOR EACH ROW EXECUTE FUNCTION stamp()",
        ),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert said(one) == said(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE VIEW v AS SELECT 'a'", "CREATE VIEW v AS SELECT 'A'"),
        ("CREATE VIEW v AS SELECT 'a  b'", "CREATE VIEW v AS SELECT 'a b'"),
        ("CREATE VIEW v AS SELECT E'\\n'", "CREATE VIEW v AS SELECT '\\n'"),
        ("CREATE VIEW v AS SELECT user", 'CREATE VIEW v AS SELECT "user"'),
        ('CREATE VIEW "V" AS SELECT 1', "CREATE VIEW V AS SELECT 1"),
        ("CREATE INDEX i ON t (a)", "CREATE UNIQUE INDEX i ON t (a)"),
        (
            FUNCTION.format(body=BODY, language="plpgsql"),
            FUNCTION.format(body=BODY.replace("now()", "NULL"), language="plpgsql"),
        ),
        (
            FUNCTION.format(body="$$ if x:\n  y() $$", language="plpython3u"),
            FUNCTION.format(body="$$ if x:\n y() $$", language="plpython3u"),
        ),
    ],
)
def test_another(one: str, other: str) -> None:
    assert said(one) != said(other)

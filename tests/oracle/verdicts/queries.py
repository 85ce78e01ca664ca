"""How PostgreSQL is asked for what is in its catalogs: identity, table, name, text of each thing.

What belongs to an extension counts as part of it.  The values of sequences are data and not asked for.
"""

from __future__ import annotations

OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'"


def _free(catalog: str, oid: str) -> str:
    """Belongs to no extension."""
    return (
        f"NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalog}'::regclass"
        f" AND d.objid = {oid} AND d.deptype = 'e')"
    )


def _relations(kinds: str, text: str, where: str = "true") -> str:
    return (
        f"SELECT c.oid, c.oid::regclass::text, c.oid::regclass::text, {text} "  # noqa: S608 - our own words
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE c.relkind = ANY (string_to_array('{kinds}', NULL)::\"char\"[]) AND {OWN} "
        f"AND {_free('pg_class', 'c.oid')} AND {where}"
    )


def _of_table(columns: str, source: str, where: str, table: str) -> str:
    """Things that stand on a table of ours."""
    return (
        f"SELECT {columns} FROM {source} JOIN pg_class c ON c.oid = {table} "  # noqa: S608 - our own words
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OWN} AND {_free('pg_class', 'c.oid')} "
        f"AND c.relkind IN ('r', 'p', 'f', 'm', 'v') AND {where}"
    )


def _named(catalog: str, prefix: str, text: str, where: str = "true") -> str:
    """Things with a schema of their own."""
    return (
        f"SELECT o.oid, '', n.nspname || '.' || o.{prefix}name, {text} "  # noqa: S608 - our own words
        f"FROM {catalog} o JOIN pg_namespace n ON n.oid = o.{prefix}namespace "
        f"WHERE {OWN} AND {_free(catalog, 'o.oid')} AND {where}"
    )


_COLUMN = """a.attrelid || '.' || a.attnum, c.oid::regclass::text, a.attname,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
        (SELECT 'COLLATE ' || l.collname FROM pg_collation l JOIN pg_type t ON t.oid = a.atttypid
         WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation),
        CASE a.attidentity WHEN '' THEN NULL ELSE 'IDENTITY' END,
        CASE a.attgenerated WHEN '' THEN NULL ELSE 'GENERATED' END)"""

_DEFAULT = """d.adrelid || '.' || d.adnum, c.oid::regclass::text, a.attname,
    regexp_replace(pg_get_expr(d.adbin, d.adrelid), 'nextval\\(.*\\)', 'nextval')"""

_SEQUENCE = "(SELECT concat_ws(' ', seqincrement, seqcycle) FROM pg_sequence WHERE seqrelid = c.oid)"

_UNOWNED = "NOT EXISTS (SELECT FROM pg_depend w WHERE w.objid = c.oid AND w.deptype IN ('a', 'i'))"
"""A column's own sequence is said with the column."""

_TABLE = """concat_ws(' ', pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
    array_to_string(c.reloptions, ','), CASE WHEN c.relrowsecurity THEN 'ROW SECURITY' END,
    CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END)"""

_FUNCTION = """CASE WHEN o.prokind = 'a' THEN pg_get_function_arguments(o.oid)
    ELSE pg_get_functiondef(o.oid) END"""

_TYPE = """CASE o.typtype
    WHEN 'd' THEN concat_ws(' ', 'CREATE DOMAIN', n.nspname || '.' || o.typname, 'AS',
        format_type(o.typbasetype, o.typtypmod), 'DEFAULT ' || o.typdefault,
        (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k WHERE k.contypid = o.oid))
    WHEN 'e' THEN concat_ws(' ', 'CREATE TYPE', n.nspname || '.' || o.typname, 'AS ENUM',
        (SELECT '(' || string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) || ')'
         FROM pg_enum e WHERE e.enumtypid = o.oid))
    ELSE o.typtype::text END"""

_COLLATION = """format('(provider = %s, locale = %L, deterministic = %s)',
    CASE o.collprovider WHEN 'i' THEN 'icu' ELSE 'libc' END,
    coalesce(to_jsonb(o)->>'colllocale', to_jsonb(o)->>'colliculocale', o.collcollate),
    o.collisdeterministic)"""

_SETTING = """SELECT setdatabase || '.' || setrole, '', '', setconfig::text FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"""

_NO_CONSTRAINT = (
    "NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')"
)

POSTGRESQL: tuple[tuple[str, str], ...] = (
    ("extension", "SELECT oid, '', extname, '' FROM pg_extension WHERE extname <> 'plpgsql'"),
    ("schema", f"SELECT n.oid, '', n.nspname, '' FROM pg_namespace n WHERE {OWN}"),  # noqa: S608
    ("table", _relations("rpf", _TABLE)),
    ("view", _relations("v", "pg_get_viewdef(c.oid)")),
    ("materialized view", _relations("m", "pg_get_viewdef(c.oid)")),
    ("sequence", _relations("S", _SEQUENCE, _UNOWNED)),
    ("column", _of_table(_COLUMN, "pg_attribute a", "a.attnum > 0 AND NOT a.attisdropped"
                         " AND c.relkind IN ('r', 'p', 'f')", "a.attrelid")),
    ("default", _of_table(_DEFAULT, "pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid"
                          " AND a.attnum = d.adnum", "true", "d.adrelid")),
    ("constraint", _of_table("k.oid, c.oid::regclass::text, k.conname, pg_get_constraintdef(k.oid)",
                             "pg_constraint k", "k.contype IN ('c', 'f', 'p', 'u', 'x')", "k.conrelid")),
    ("index", _of_table("i.indexrelid, c.oid::regclass::text, x.relname,"
                        " regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ON', 'INDEX ON')"
                        " || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END",
                        "pg_index i JOIN pg_class x ON x.oid = i.indexrelid", _NO_CONSTRAINT, "i.indrelid")),
    ("trigger", _of_table("t.oid, c.oid::regclass::text, t.tgname,"
                          " pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text",
                          "pg_trigger t", "NOT t.tgisinternal", "t.tgrelid")),
    ("rule", _of_table("r.oid, c.oid::regclass::text, r.rulename, pg_get_ruledef(r.oid)",
                       "pg_rewrite r", "r.rulename <> '_RETURN'", "r.ev_class")),
    ("policy", _of_table("p.oid, c.oid::regclass::text, p.polname, pg_get_expr(p.polqual, p.polrelid)",
                         "pg_policy p", "true", "p.polrelid")),
    ("grant", _of_table("c.oid, c.oid::regclass::text, '', c.relacl::text",
                        "(SELECT 1) one", "c.relacl IS NOT NULL", "c.oid")),
    ("comment", _of_table("s.objoid || '.' || s.objsubid, c.oid::regclass::text, s.objsubid::text,"
                          " s.description", "pg_description s",
                          "s.classoid = 'pg_class'::regclass", "s.objoid")),
    ("function", _named("pg_proc", "pro", _FUNCTION)),
    ("type", _named("pg_type", "typ", _TYPE, "o.typtype IN ('e', 'd', 'r')")),
    ("collation", _named("pg_collation", "coll", _COLLATION)),
    ("operator", _named("pg_operator", "opr", "o.oprcode::text")),
    ("operator class", _named("pg_opclass", "opc", "''")),
    ("text search configuration", _named("pg_ts_config", "cfg", "''")),
    ("text search dictionary", _named("pg_ts_dict", "dict", "o.dictinitoption")),
    ("statistics", _named("pg_statistic_ext", "stx", "pg_get_statisticsobjdef(o.oid)")),
    ("event trigger", "SELECT oid, '', evtname, evtevent FROM pg_event_trigger"),
    ("setting", _SETTING),
)  # fmt: skip
"""Kind and query."""

"""Which operations are data operations, and what their own classes and places say."""

from __future__ import annotations

import pytest

from analyzer.data.values import DataOperation
from tests.data.shop import HEAD, forward, migration, operations, python

OWN = """
    # shop/operations.py
    from django.db import migrations
    from django.db.migrations.operations.base import Operation
    def start(name):
        def run(apps, _):
            apps.get_model("shop", "Tag").objects.create(name=name)
        return run
    class Start(migrations.RunPython):
        def __init__(self, name):
            super().__init__(start(name), migrations.RunPython.noop)
    class Index(migrations.RunSQL):
        sql = "CREATE INDEX tag_name ON shop_tag (upper(name))"
        reverse_sql = ""
        def __init__(self):
            super().__init__(self.sql, self.reverse_sql)
    class OnPostgres(migrations.RunSQL):
        def __init__(self, *args, **kwargs):
            self.other = kwargs.pop("other", migrations.RunSQL.noop)
            super().__init__(*args, **kwargs)
        def database_forwards(self, app_label, schema_editor, from_state, to_state):
            if schema_editor.connection.vendor != "postgresql":
                self.sql = self.other
            super().database_forwards(app_label, schema_editor, from_state, to_state)
    class Seed(Operation):
        elidable = True
        def __init__(self, name):
            self.name = name
        def database_forwards(self, app_label, schema_editor, from_state, to_state):
            from_state.apps.get_model("shop", "Tag").objects.create(name=self.name)
        def database_backwards(self, app_label, schema_editor, from_state, to_state):
            pass
    class Quiet(migrations.AddField):
        def database_forwards(self, *args):
            pass
"""


def only(found: tuple[DataOperation, ...]) -> DataOperation:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("own.Start('x')", "seed"),
        ("own.Index()", "schema"),
        ("own.OnPostgres('CREATE EXTENSION citext')", "schema"),
        ("own.OnPostgres('SELECT 1', other='UPDATE shop_tag SET n = 1')", "one-time"),
        ("own.Seed('x')", "seed"),
        ("own.Missing('x')", "unknown"),
    ],
)
def test_operations_of_the_project(written: str, verdict: str) -> None:
    found = operations(migration("from shop import operations as own", written), OWN)
    assert only(found).verdict == verdict


def test_what_a_field_operation_of_the_project_does_its_own_way_is_said_by_the_state() -> None:
    written = "own.Quiet('tag', 'name', models.TextField())"
    code = "from django.db import models\nfrom shop import operations as own"
    assert only(operations(migration(code, written), OWN)).verdict == "redundant"


@pytest.mark.parametrize(
    ("imported", "written", "verdict"),
    [
        ("from django.contrib.postgres.operations import HStoreExtension as Op", "Op()", "schema"),
        ("from django.contrib.postgres.operations import CreateExtension as Op", "Op('ltree')", "schema"),
        ("from django.contrib.postgres.operations import CreateCollation as Op", "Op('ci', '')", "schema"),
        ("from django.contrib.postgres.operations import RemoveCollation as Op", "Op('ci', '')", "redundant"),
        ("from somewhere import Mystery as Op", "Op()", "unknown"),
    ],
)
def test_operations_of_packages(imported: str, written: str, verdict: str) -> None:
    assert only(operations(migration(imported, written))).verdict == verdict


def test_plain_schema_operations_are_none_of_ours() -> None:
    assert operations(migration("", "migrations.RenameModel('A', 'B'), migrations.AddIndex('b', None)")) == ()


def test_indexes_made_beside_a_transaction_are_what_the_state_says() -> None:
    code = "from django.contrib.postgres.operations import AddIndexConcurrently"
    found = only(operations(migration(code, "AddIndexConcurrently('b', None)")))
    assert (found.verdict, found.operation, found.objects) == ("redundant", "AddIndexConcurrently", ())


INDEX = "migrations.RunSQL('CREATE INDEX tag_name ON shop_tag (name)'{})"
PARTITION = "migrations.RunSQL('CREATE TABLE t_1 PARTITION OF t DEFAULT')"
STATE = "[migrations.AddIndex('tag', None)]"


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        (INDEX.format(""), "schema"),
        (INDEX.format(f", state_operations={STATE}"), "redundant"),
        (f"migrations.SeparateDatabaseAndState([{INDEX.format('')}], {STATE})", "redundant"),
        (f"migrations.SeparateDatabaseAndState([{INDEX.format('')}], [])", "schema"),
        (
            f"migrations.SeparateDatabaseAndState([migrations.RunSQL('CREATE VIEW v AS SELECT 1')], {STATE})",
            "schema",
        ),
        (f"migrations.SeparateDatabaseAndState([{PARTITION}], {STATE})", "schema"),
    ],
)
def test_state_operations_beside_it_say_the_same(written: str, verdict: str) -> None:
    assert only(operations(migration("", written))).verdict == verdict


def test_an_index_that_a_later_operation_names_is_in_the_state() -> None:
    first = migration("", INDEX.format(""))
    later = migration(
        "from django.db import models",
        "migrations.AddIndex('tag', models.Index(fields=['name'], name='tag_name'))",
        "0002_index",
        "0001_initial",
    )
    assert only(operations(first)).verdict == "schema"
    assert only(operations(first, later)).verdict == "redundant"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("schema_editor.execute('CREATE VIEW v AS SELECT 1')", "schema"),
        ("schema_editor.alter_field(Tag, None, None)", "redundant"),
        ("schema_editor.add_index(Tag, None)", "schema"),
        ("with schema_editor.connection.cursor() as c:\n    c.execute('DROP TABLE old')", "redundant"),
        (
            "from django.db import connection\nconnection.cursor().execute('CREATE VIEW v AS SELECT 1')",
            "schema",
        ),
        ("schema_editor.execute(text)", "unknown"),
    ],
)
def test_schema_in_python(body: str, verdict: str) -> None:
    assert python(forward(body)).verdict == verdict


@pytest.mark.parametrize(
    ("arguments", "reverse", "elidable"),
    [
        ("forward", None, None),
        ("forward, back", "back", None),
        ("forward, migrations.RunPython.noop, elidable=True", "noop", True),
        ("code=forward, reverse_code=lambda apps, _: None, elidable=False", "lambda", False),
    ],
)
def test_reverse_and_elidable(arguments: str, reverse: str | None, elidable: bool | None) -> None:
    code = "def forward(apps, _):\n    pass\ndef back(apps, _):\n    pass"
    found = only(operations(migration(code, f"migrations.RunPython({arguments})")))
    assert (found.forward, found.reverse, found.elidable) == ("forward", reverse, elidable)


@pytest.mark.parametrize(
    ("arguments", "reverse"),
    [("'SELECT 1'", None), ("'SELECT 1', ''", "noop"), ("'SELECT 1', 'SELECT 2'", "SQL")],
)
def test_reverse_of_sql(arguments: str, reverse: str | None) -> None:
    assert only(operations(migration("", f"migrations.RunSQL({arguments})"))).reverse == reverse


def test_operations_made_in_a_loop_keep_their_names() -> None:
    text = f"""
        # shop/migrations/0001_initial.py
        {HEAD.strip()}
        TABLES = ["old", "older"]
        class Migration(migrations.Migration):
            operations = [migrations.RunSQL("DROP TABLE " + table) for table in TABLES]
    """
    found = operations(text)
    assert [o.verdict for o in found] == ["redundant", "redundant"]
    assert [o.tables_or_models for o in found] == [("old",), ("older",)]


def test_operations_for_some_databases_only_count_in_every_branch() -> None:
    text = f"""
        # shop/migrations/0001_initial.py
        {HEAD.strip()}
        from django.db import connection
        class Migration(migrations.Migration):
            engine = connection.settings_dict["ENGINE"]
            if "sqlite3" in engine:
                operations = []
            elif "mysql" in engine:
                operations = [migrations.RunSQL("CREATE INDEX a ON shop_tag (name) ALGORITHM = INPLACE")]
            else:
                operations = [
                    migrations.SeparateDatabaseAndState(
                        [migrations.RunSQL("CREATE INDEX a ON shop_tag (name)")],
                        [migrations.AddIndex("tag", None)],
                    )
                ]
    """
    assert [o.verdict for o in operations(text)] == ["schema", "redundant"]


def test_operations_behind_an_attribute_of_an_object() -> None:
    helper = """
        # shop/aware.py
        from django.db import migrations
        class _Aware:
            RunPython = migrations.RunPython
        aware = _Aware()
    """
    code = "from shop.aware import aware\n" + forward("Tag.objects.create(name='x')")
    assert only(operations(migration(code, "aware.RunPython(forward)"), helper)).verdict == "seed"


def test_operations_that_only_change_the_state_do_not_run() -> None:
    code = forward("Tag.objects.create(name='x')")
    written = "migrations.SeparateDatabaseAndState(state_operations=[migrations.RunPython(forward)])"
    assert operations(migration(code, written)) == ()


def test_what_an_operation_of_the_project_gives_to_both_database_and_state() -> None:
    helper = """
        # shop/operations.py
        from functools import partial
        from django.db import migrations, models
        def fill(apps, schema_editor, name):
            apps.get_model("shop", "Tag").objects.create(name=name)
        class Both(migrations.SeparateDatabaseAndState):
            def __init__(self, name):
                state = [migrations.AddField("tag", name, models.TextField())]
                database = [
                    migrations.RunPython(partial(fill, name=name), migrations.RunPython.noop),
                    migrations.RunSQL("CREATE VIEW " + name + " AS SELECT 1"),
                ]
                super().__init__(database_operations=database, state_operations=state)
    """
    found = operations(migration("from shop.operations import Both", "Both('busy')"), helper)
    assert sorted((o.operation, o.verdict) for o in found) == [("RunPython", "seed"), ("RunSQL", "schema")]


def test_operations_of_a_function_that_asks_a_setting_count_in_every_branch() -> None:
    code = """
from django.conf import settings
def chosen():
    if settings.QUICK:
        return [migrations.RunPython(migrations.RunPython.noop)]
    return [migrations.RunSQL("CREATE VIEW busy AS SELECT 1")]
"""
    text = migration(code, "*chosen()")
    assert sorted(o.verdict for o in operations(text)) == ["noop", "schema"]

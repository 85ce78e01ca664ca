"""SQL that is carried over names tables and columns as they are called in the end, or says why not."""

from __future__ import annotations

from tests.reset.test_drafts import MODEL, drafted, the

SEED = "INSERT INTO blog_post (title, text) VALUES ('text', 'b')"


def sql(text: str) -> str:
    return f'operations = [migrations.RunSQL("{text}", migrations.RunSQL.noop)]'


def test_a_table_whose_model_is_renamed_is_renamed() -> None:
    rename = 'operations = [migrations.RenameModel("Post", "Article")]'
    text = the(drafted(sql(SEED), rename, model=MODEL.replace("Post", "Article")))
    assert "INSERT INTO blog_article (title, text)" in text
    assert "# migscan: table blog_post is called blog_article since blog.0003_next" in text


def test_a_table_that_is_given_another_name_is_renamed() -> None:
    table = 'operations = [migrations.AlterModelTable("Post", "posts")]'
    model = f'{MODEL}    class Meta:\n        db_table = "posts"\n'
    assert "INSERT INTO posts (title, text)" in the(drafted(sql(SEED), table, model=model))


def test_a_column_that_is_renamed_is_renamed_where_columns_are_listed() -> None:
    rename = 'operations = [migrations.RenameField("post", "title", "name")]'
    model = MODEL.replace("title", "name")
    text = the(drafted(sql(SEED), rename, model=model))
    assert "(name, text)" in text
    update = "UPDATE blog_post SET title = 'x' WHERE title = 'y'"
    text = the(drafted(sql(f"{SEED}; {update}"), rename, model=model))
    assert "# migscan: column blog_post.title is called name since blog.0003_next" in text


def test_sql_of_a_table_or_column_that_is_gone_is_not_drafted() -> None:
    short = "class Post(models.Model):\n    title = models.CharField(max_length=20, unique=True)\n"
    remove = 'operations = [migrations.RemoveField("post", "text")]'
    (left,) = drafted(sql(SEED), remove, model=short).left
    assert left.why.endswith("column blog_post.text is gone since blog.0003_next")


def test_a_value_is_no_column() -> None:
    rename = 'operations = [migrations.RenameField("post", "text", "body")]'
    model = MODEL.replace("text =", "body =")
    text = the(drafted(sql("INSERT INTO blog_post (title, text) VALUES ('text', 'b')"), rename, model=model))
    assert "(title, body) VALUES ('text', 'b')" in text

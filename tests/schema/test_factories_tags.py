"""Tag models that fields make as their targets (django-tagulous), as real Django lists them."""

from __future__ import annotations

from tests.schema.blog import own, read, relations

IMPORT = "from django_tagulous.models import SingleTagField, TagField, TagModel\n"
POST = """
class Post(models.Model):
    tags = TagField(force_lowercase=True)
    kind = SingleTagField(tree=True)
"""


def test_a_tag_field_without_a_target_makes_one() -> None:
    found = relations(IMPORT + POST)
    assert (found["Post.tags"].kind, found["Post.tags"].target) == ("M2M", "blog.Tagulous_Post_tags")
    kind = found["Post.kind"]
    assert (kind.kind, kind.target, kind.null, kind.on_delete) == (
        "FK", "blog.Tagulous_Post_kind", True, "CASCADE",
    )  # fmt: skip
    models = own(read(IMPORT + POST))
    assert {field.name for field in models["Tagulous_Post_tags"].fields} == {
        "id", "name", "slug", "count", "protected",
    }  # fmt: skip
    assert {"parent", "path", "label", "level"} < {f.name for f in models["Tagulous_Post_kind"].fields}
    assert models["Tagulous_Post_tags"].db_table == "blog_tagulous_post_tags"


def test_models_with_tags_are_tagged_models() -> None:
    ancestors = own(read(IMPORT + POST))["Post"].abstract_ancestors
    assert ancestors == ("django_tagulous.models.tagged.TaggedModel",)


def test_each_heir_of_an_abstract_class_has_tags_of_its_own() -> None:
    text = IMPORT + POST + "    class Meta:\n        abstract = True\nclass One(Post): pass\n"
    assert {name for name in own(read(text)) if name.startswith("Tagulous")} == {
        "Tagulous_One_kind", "Tagulous_One_tags", "Tagulous_Post_kind", "Tagulous_Post_tags",
    }  # fmt: skip
    assert relations(text)["One.tags"].target == "blog.Tagulous_One_tags"


def test_a_tag_model_that_is_given_is_the_target() -> None:
    text = IMPORT + "class Word(TagModel): pass\nclass Post(models.Model):\n    tags = TagField(to=Word)\n"
    assert relations(text)["Post.tags"].target == "blog.Word"
    assert not any(name.startswith("Tagulous") for name in own(read(text)))


def test_the_old_name_of_the_package_is_the_same_package() -> None:
    text = (IMPORT + POST).replace("django_tagulous", "tagulous")
    assert relations(text)["Post.tags"].target == "blog.Tagulous_Post_tags"

"""Key-value stores (django-hierarkey): what its decorators make, as real Django lists it."""

from __future__ import annotations

from tests.schema.blog import own, read

TEXT = """
from hierarkey.models import GlobalSettingsBase, Hierarkey
store = Hierarkey(attribute_name="settings")

@store.set_global()
class Everything(GlobalSettingsBase):
    pass

@store.add(cache_namespace="posts", parent_field="place")
class Post(models.Model):
    place = models.ForeignKey(Place, models.CASCADE)
"""


def test_a_store_belongs_to_the_model_that_it_is_added_to() -> None:
    found = read(TEXT)
    model = own(found)["Post_SettingsStore"]
    assert {field.name: (field.cls, field.target) for field in model.fields} == {
        "id": ("AutoField", None),
        "key": ("CharField", None),
        "value": ("TextField", None),
        "object": ("ForeignKey", "blog.Post"),
    }
    assert model.db_table == "blog_post_settingsstore"
    assert model.abstract_ancestors == ("hierarkey.models.BaseHierarkeyStoreModel",)
    assert found.levels.of["blog.Post_SettingsStore"] == found.levels.of["blog.Post"] + 1


def test_a_global_store_belongs_to_no_model() -> None:
    names = {field.name for field in own(read(TEXT))["Everything_SettingsStore"].fields}
    assert names == {"id", "key", "value"}


def test_a_global_store_in_a_module_without_models_is_found() -> None:
    apart, _, _ = TEXT.partition("@store.add")
    models = own(read("import blog.configuration\n", configuration=apart))
    assert "Everything_SettingsStore" in models


def test_a_name_that_is_not_decided_is_said() -> None:
    found = read(TEXT.replace('"settings"', "compute()"))
    assert not any(name.endswith("Store") for name in own(found))
    assert {(u.line, u.why) for u in found.unknown} == {
        (8, "the name of the model that it makes is not decided"),
        (12, "the name of the model that it makes is not decided"),
    }

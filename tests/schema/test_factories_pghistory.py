"""Event models (django-pghistory): what `track` and `create_event_model` make, as real Django lists it."""

from __future__ import annotations

from tests.schema.blog import own, read, relations

IMPORT = "import pghistory\nimport pghistory.models\n"
POST = """
class Post(models.Model):
    slug = models.SlugField(unique=True)
    place = models.OneToOneField(Place, models.CASCADE, null=True)
    place2 = models.ForeignKey(Place, models.CASCADE, related_name="+")
    places = models.ManyToManyField(Place, related_name="+")
    scan = models.FileField()
"""


def tracked(arguments: str = "", post: str = POST) -> str:
    return f"{IMPORT}@pghistory.track({arguments}){post}"


def test_an_event_copies_the_columns_of_its_model() -> None:
    model = own(read(tracked()))["PostEvent"]
    assert {field.name: field.cls for field in model.fields} == {
        "id": "IntegerField",
        "slug": "SlugField",
        "place": "ForeignKey",
        "place2": "ForeignKey",
        "scan": "FileField",
        "pgh_id": "AutoField",
        "pgh_created_at": "DateTimeField",
        "pgh_label": "TextField",
        "pgh_obj": "ForeignKey",
        "pgh_context": "ForeignKey",
    }
    assert (model.db_table, model.name) == ("blog_postevent", "blog.models.PostEvent")
    assert model.abstract_ancestors == ("pghistory.models.Event",)
    assert (model.file, model.line) == ("blog/models.py", 6), "the class that asks for it"


def test_its_keys_stay_as_they_are_and_delete_nothing() -> None:
    made = [r for r in read(tracked()).relations if r.source == "blog.PostEvent"]
    found = {r.field: (r.target, r.null, r.on_delete) for r in made}
    assert found == {
        "place": ("core.Place", True, "DO_NOTHING"),
        "place2": ("core.Place", False, "DO_NOTHING"),
        "pgh_obj": ("blog.Post", False, "DO_NOTHING"),
        "pgh_context": ("pghistory.Context", True, "DO_NOTHING"),
    }


def test_the_names_of_fields_are_part_of_its_name() -> None:
    assert "PostSlugScanEvent" in own(read(tracked("fields=['slug', 'scan']")))
    found = own(read(tracked("exclude=['slug'], model_name='Log', meta={'db_table': 'logs'}")))["Log"]
    assert "slug" not in {field.name for field in found.fields}
    assert found.db_table == "logs"


def test_arguments_and_settings_say_what_its_own_fields_are() -> None:
    none = own(read(tracked("obj_field=None, context_field=None")))["PostEvent"]
    assert not {field.name for field in none.fields} & {"pgh_obj", "pgh_context"}
    given = "obj_field=pghistory.ObjForeignKey(null=True, on_delete=models.CASCADE)"
    found = relations(tracked(given))["PostEvent.pgh_obj"]
    assert (found.null, found.on_delete) == (True, "CASCADE")
    json = own(read(tracked("context_field=pghistory.ContextJSONField()")))["PostEvent"]
    assert {f.name: (f.cls, f.null) for f in json.fields if "context" in f.name} == {
        "pgh_context": ("JSONField", True),
        "pgh_context_id": ("UUIDField", True),
    }
    settings = "import pghistory\nPGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(null=False)\n"
    assert relations(tracked(), settings)["PostEvent.pgh_context"].null is False


def test_the_link_to_a_parent_is_copied_but_not_the_parents_fields() -> None:
    text = IMPORT + POST + "@pghistory.track()\nclass Sub(Post):\n    more = models.TextField()\n"
    found = {field.name: field.cls for field in own(read(text))["SubEvent"].fields}
    assert found["post_ptr"] == "ForeignKey"
    assert "slug" not in found
    assert "id" not in found


def test_a_base_model_given_or_set_is_inherited() -> None:
    base = """
class Kept(pghistory.models.Event):
    note = models.TextField()
    class Meta:
        abstract = True
"""
    found = own(read(IMPORT + base + "@pghistory.track(base_model=Kept)" + POST))["PostKept"]
    assert "note" in {field.name for field in found.fields}


def test_a_class_may_inherit_what_create_event_model_makes() -> None:
    text = IMPORT + POST + "class Log(pghistory.create_event_model(Post, fields=['slug'])):\n    it = 1\n"
    models = own(read(text))
    assert models["PostSlugEvent"].abstract
    assert {field.name for field in models["Log"].fields} == {
        "slug", "pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context",
    }  # fmt: skip
    assert models["Log"].abstract_ancestors == ("blog.models.PostSlugEvent", "pghistory.models.Event")


def test_a_through_model_that_django_makes_may_be_tracked() -> None:
    text = IMPORT + POST + "pghistory.track(obj_field=None)(Post.places.through)\n"
    model = own(read(text))["PostPlacesEvent"]
    assert {"id", "post", "place"} < {field.name for field in model.fields}
    assert "Post_places" not in own(read(text))


def test_what_is_not_followed_is_said_at_the_model() -> None:
    found = read(tracked("**OPTIONS"))
    told = [(u.what, u.file, u.line, u.why) for u in found.unknown]
    assert told == [("blog.PostEvent", "blog/models.py", 6, "its keywords are not decided")]
    named = read(tracked("model_name=compute()")).unknown
    assert [u.why for u in named] == ["the name of the model that it makes is not decided"]

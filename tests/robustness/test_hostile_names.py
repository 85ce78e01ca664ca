"""Names that would be markup, commands or paths elsewhere stay names, in every output."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from tests.projects import write
from tests.robustness.projects import REPOSITORY, migscan

EVIL = "<img src=x onerror=alert(1)>"
MIGRATION = """from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [{}]
    operations = [migrations.RunSQL("INSERT INTO t VALUES ('|<script>`')")]
"""
MODELS = f'''from django.db import models
class Первый(models.Model):
    """{EVIL} `|x` ]]> \\x1b[31m ::error::"""
    other = models.ForeignKey("Second", models.CASCADE, related_name="{EVIL}")
    class Meta:
        db_table = '"; DROP TABLE x; -- `|{EVIL}'
        verbose_name = "{EVIL}"
class Second(models.Model):
    other = models.ForeignKey("Первый", models.CASCADE)
'''


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A project whose apps, modules and migrations have names that no shell, page or log likes."""
    root = tmp_path / "hostile"
    files = {"manage.py": "", "settings.py": f"INSTALLED_APPS = ['<script>', 'a`|b', {EVIL!r}]\n"}
    for app in ("<script>", "a`|b", "::error::"):
        files |= {
            f"{app}/__init__.py": "",
            f"{app}/models.py": MODELS,
            f"{app}/`|x`.py": MODELS,
            f"{app}/migrations/__init__.py": "",
            f"{app}/migrations/0001_<u>.py": MIGRATION.format(""),
            f"{app}/migrations/0002_`|x`\n.py": MIGRATION.format(f"({app!r}, {EVIL!r})"),
            f"{app}/migrations/0003_\x1b[31m.py": MIGRATION.format(f"({app!r}, '0001_<u>')"),
        }
    write(root, files)
    broken = os.fsencode(root) + b"/a`|b/\xff\xfe.py"
    with open(broken, "wb") as file:
        file.write(b"from django.db import models\nclass A(models.Model:\n")
    return root


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_report_is_a_page_without_foreign_tags(hostile: Path, tmp_path: Path) -> None:
    migscan("report", str(hostile), "--no-cache", "--output", str(tmp_path / "out"), cwd=REPOSITORY)
    text = (tmp_path / "out/report.md").read_text()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    tags = Tags()
    tags.feed(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(text))
    assert not tags.seen & {"script", "u"}
    assert not {name for name in tags.attributes if name.startswith("on")}
    pictures = sorted((tmp_path / "out").glob("*.svg"))
    assert pictures
    for picture in pictures:
        root = ET.parse(picture).getroot()  # noqa: S314 - ours
        assert not [element for element in root.iter() if element.tag.endswith(("script", "foreignObject"))]
        links = [value for e in root.iter() for name, value in e.items() if name.endswith("href")]
        assert not [link for link in links if re.match(r"\s*(?:javascript|data):", link, re.IGNORECASE)]


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab"])
def test_documents_are_json(hostile: Path, form: str) -> None:
    assert json.loads(migscan("check", str(hostile), "--no-cache", "--format", form, cwd=REPOSITORY).stdout)


def test_junit_is_xml(hostile: Path) -> None:
    run = migscan("check", str(hostile), "--no-cache", "--format", "junit", "--show", "note", cwd=REPOSITORY)
    assert ET.fromstring(run.stdout).tag == "testsuites"  # noqa: S314 - ours


@pytest.mark.parametrize("form", ["text", "github"])
def test_no_name_drives_a_terminal_or_a_build_log(hostile: Path, form: str) -> None:
    run = migscan("check", str(hostile), "--no-cache", "--format", form, "--show", "note", cwd=REPOSITORY)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", run.stdout + run.stderr)
    commands = [line for line in run.stdout.splitlines() if line.startswith(("::", "##"))]
    assert all(re.match(r"::(?:error|warning|notice) file=", line) for line in commands)
    assert bool(commands) == (form == "github")


def test_links_that_lead_out_of_the_project_are_not_followed(tmp_path: Path) -> None:
    secret = write(
        tmp_path / "elsewhere", "# models.py\nfrom django.db import models\nclass Secret(models.Model): ...\n"
    )
    root = write(tmp_path / "project", "# manage.py\n# shop/__init__.py\n# shop/models.py\n")
    (root / "shop/models").mkdir()
    (root / "shop/outside.py").symlink_to(secret / "models.py")
    (root / "requirements.txt").symlink_to(secret / "models.py")
    (root / "max_migration.txt").symlink_to(secret / "models.py")
    (root / ".gitignore").symlink_to(secret / "models.py")
    run = migscan(str(root), "--no-cache", "--format", "json", cwd=REPOSITORY)
    assert "Secret" not in run.stdout
    assert ("shop/outside.py", "MS002") in {
        (f["file"], f["code"]) for f in json.loads(run.stdout)["findings"]
    }


def test_a_link_inside_the_project_is_followed(tmp_path: Path) -> None:
    root = write(
        tmp_path / "project",
        "# manage.py\n# shop/__init__.py\n# kept.py\nfrom django.db import models\n"
        "class Kept(models.Model): ...\n",
    )
    (root / "shop/models.py").symlink_to("../kept.py")
    run = migscan(str(root), "--no-cache", "--format", "json", cwd=REPOSITORY)
    assert "shop.Kept" in {model["label"] for model in json.loads(run.stdout)["models"]}

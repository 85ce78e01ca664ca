"""Check what `migscan check` writes against the schemas of those who read it.

    python tools/formats.py SCHEMAS PROJECT...

SCHEMAS is a folder with `sarif-schema-2.1.0.json` (of OASIS) and `junit-10.xsd` (of Jenkins' xunit plugin),
which are not kept here; our own schema is.  GitLab publishes none: what its documentation asks for is in the
tests.  Needs the packages jsonschema and xmlschema.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import xmlschema

OWN = Path(__file__).parents[1] / "analyzer/render/check.schema.json"


def found(project: str, form: str) -> str:
    """What is written about a project in one format, notes included."""
    words = [sys.executable, "-m", "analyzer", "check", project, "--format", form]
    done = subprocess.run(
        [*words, "--no-cache", "--show", "note"], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{project}: {done.stderr}")
    return done.stdout


def main(schemas: Path, projects: list[str]) -> int:
    sarif = json.loads((schemas / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    junit = xmlschema.XMLSchema(str(schemas / "junit-10.xsd"))
    own = json.loads(OWN.read_text(encoding="utf-8"))
    wrong = 0
    for project in projects:
        errors = {
            form: [
                str(error.message)
                for error in _validator(schema).iter_errors(json.loads(found(project, form)))
            ]
            for form, schema in (("sarif", sarif), ("json", own))
        }
        errors["junit"] = [
            str(error.reason) for error in junit.iter_errors(io.StringIO(found(project, "junit")))
        ]
        for form, said in errors.items():
            print(f"{project}  {form}  {'; '.join(said[:3]) or 'valid'}")
            wrong += len(said)
    return 1 if wrong else 0


def _validator(schema: dict[str, object]) -> jsonschema.protocols.Validator:
    kind = jsonschema.validators.validator_for(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))

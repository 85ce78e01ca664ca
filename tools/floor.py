"""The floor under migscan's time: read and parse the files of a list, and do nothing else."""

import sys

from ast_grep_py import SgRoot

with open(sys.argv[1], encoding="utf-8", errors="surrogateescape") as listing:
    paths = listing.read().splitlines()
for path in paths:
    with open(path, "rb") as source:
        SgRoot(source.read().decode("utf-8", "replace"), "python").root()

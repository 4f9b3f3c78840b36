"""Notebooks into documents: planning, running, publishing, checking.

Imported first of all here: nbformat validates with jsonschema, which would build a grammar of URIs that
nothing here validates with, at a second of every process.  It does without where the grammar is absent.
"""

import sys

# jsonschema suppresses the ImportError that this leads to.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

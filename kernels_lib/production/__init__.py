"""Notebooks into documents: planning, running, publishing, checking.

Imported first of all here: nbformat validates with jsonschema, which would build a grammar of URIs that
nothing here validates with, at a second of every process.  It does without where the grammar is absent.
"""

import sys

from kernels_lib.production.lazily import FROM_THE_START, FUNCTION, function_later, later

# jsonschema suppresses the ImportError that this leads to.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

for _name in FROM_THE_START:
    later(_name)
function_later(*FUNCTION)

"""Which notebook makes what; run, checked and published whole."""

import sys

# jsonschema, which reads notebooks, loads this for the IRIs of a schema: 38 grammars are compiled
# then, over two seconds in each process. No notebook has an IRI; jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

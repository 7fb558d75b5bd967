"""The example queries of docs/query.md, in their order."""

import re

from tests.helpers.stack import ROOT

QUERIES = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "query.md").read_text(encoding="utf-8"), re.DOTALL)

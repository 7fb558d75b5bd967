"""The example queries of docs/query.md, in their order."""

import re

from tests.helpers.stack import ROOT

_ALL = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "query.md").read_text(encoding="utf-8"), re.DOTALL)
QUERIES = [
    query for query in _ALL if "FROM daily" in query and "call_reactions" not in query and "by_date" not in query
]
"""Those of prices."""
(QUERY_OF_A_DAY,) = (query for query in _ALL if "FROM daily_by_date" in query)
"""That of all symbols."""
(VIEW,) = (query for query in _ALL if query.startswith("CREATE VIEW"))
"""What makes the view of calls beside the prices."""
QUERIES_OF_CALLS = [query for query in _ALL if "FROM call_reactions" in query]

"""PlanCalls: which calls a run is about, and where each comes from."""

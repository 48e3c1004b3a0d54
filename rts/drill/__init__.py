"""The drill agent: an agent program with no model, which really reads, edits, tests and commits."""

"""Whole evenings, with real parts, through the shell verbs that a commander types."""

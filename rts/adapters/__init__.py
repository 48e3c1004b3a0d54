"""Exactly one outside thing per file; adapters do not know each other's insides."""

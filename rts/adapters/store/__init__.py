"""The store: what everybody writes to and reads from, in one SQLite file per commander."""

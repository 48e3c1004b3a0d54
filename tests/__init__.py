"""Everything that proves the program; `python -m tests` runs all of it."""

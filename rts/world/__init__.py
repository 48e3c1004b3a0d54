"""Nouns and rules, pure: no disk, no clock, no process, no screen; `now` is passed in."""

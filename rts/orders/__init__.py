"""The verbs: check, act, record. Keys, shell commands and the watch all come through here."""

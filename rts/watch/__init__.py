"""The watch: one process that hears hooks and looks at every session once per beat."""

"""The verbs on the shell: flags, printing, JSON. Nothing is decided here.

Importing these modules must stay cheap: what a verb needs is imported inside it.
"""

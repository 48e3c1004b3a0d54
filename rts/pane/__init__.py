"""A pty of its own for a program: passes everything on, and keeps the status that it reports.

It is an outside program that travels with us and knows nothing of the rest. It loads only what
starts quickly: no `dataclasses`, `typing`, `pathlib` or `argparse`, each of which takes as long to
import as half of all that is loaded here.
"""

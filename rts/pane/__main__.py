"""The way in: `python -I -S <this file> [--listen] [--run FOLDER] … [-- PROGRAM ARGUMENT…]`."""

import sys


def main() -> None:
    """Run with `rts` importable, although no site-packages were read."""
    package_parent = __file__.removesuffix("/rts/pane/__main__.py")
    if package_parent not in sys.path:
        sys.path.insert(0, package_parent)
    from rts.pane.run import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

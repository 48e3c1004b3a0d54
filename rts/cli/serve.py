"""`rts serve`: the screen in a browser on this machine."""

import shlex
import sys
from pathlib import Path

import typer

PORT = 8422


def serve(
    port: int = typer.Option(PORT, min=1, max=65_535, help="The port on 127.0.0.1."),
    address_file: Path | None = typer.Option(
        None, help="Write the address, with its token, to this file as well; only you can read it."
    ),
) -> None:
    """Show the screen in a browser on this machine, behind a token."""
    from rts import paths
    from rts.adapters.run_files import write_private
    from rts.errors import OrderRefused, OutsideFailed

    try:
        from rts.adapters import web
    except ImportError as error:
        raise OrderRefused(
            f"The browser's part of rts is not installed: {error.name} is missing.",
            "Install it: pip install 'rts[web]', or run ./install.sh again.",
        ) from error
    command = shlex.join([sys.executable, "-P", "-m", "rts"])

    def announce(address: str) -> None:
        print(f"The screen is at {address}\nC-c ends it; the workers go on.", flush=True)
        if address_file:
            write_private(address_file, address)

    if address_file:
        try:
            write_private(address_file, "")  # to say at once why it cannot be
            address_file.unlink()  # it comes with the server, and an earlier one's is of no use
        except OSError as error:
            raise OutsideFailed(
                f"The address cannot be written to {address_file}: {error.strerror}.",
                "Name a new file in a folder of yours: rts serve --address-file FILE",
            ) from error
    web.serve(command, port, paths.resource_folder("templates") / "web", announce)

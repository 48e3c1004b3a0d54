"""`python -m tests.standin --port 0`: serve until interrupted, and print the base URL first."""

import argparse
import threading

from tests.standin.server import standin


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    port = parser.parse_args().port
    with standin(port=port) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()

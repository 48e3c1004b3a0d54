"""Signals as bytes in a pipe, so that one poll(2) waits for everything."""

import os
import signal

PASSED_ON = (
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
"""What somebody means for the program when he sends it to us."""

CAUGHT = (*PASSED_ON, signal.SIGWINCH, signal.SIGCHLD, signal.SIGTSTP, signal.SIGCONT)


def catch() -> int:
    """Catch signals from now on; return the file descriptor from which `read` takes them.

    What is ignored already stays so (nohup), here and in the program.
    """
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in CAUGHT:
        is_ignored = signal.getsignal(number) is signal.SIG_IGN
        if number == signal.SIGCHLD or not is_ignored:
            signal.signal(number, lambda number, frame: None)
    return reader


def read(reader: int) -> list[int]:
    """Return the signals that came, each once, in the order of their first coming."""
    try:
        return list(dict.fromkeys(os.read(reader, 4096)))
    except BlockingIOError:
        return []

"""The terminal outside: its modes, its size, and file descriptors that never make us wait."""

import fcntl
import os
import struct
import termios
import tty

STDIN, STDOUT, STDERR = 0, 1, 2

INPUT_FLAGS, OUTPUT_FLAGS, LOCAL_FLAGS, CHARACTERS = 0, 1, 3, 6
"""Where termios.tcgetattr has them."""

SIZE_IF_UNKNOWN = struct.pack("HHHH", 24, 80, 0, 0)
"""Rows, columns and two counts of pixels, as TIOCGWINSZ has them: ioctl_tty(2)."""


class Outside:
    """What stdin and stdout are: a terminal, or not."""

    def __init__(self) -> None:
        self.has_keyboard = os.isatty(STDIN)
        self.has_screen = os.isatty(STDOUT)
        self._modes = termios.tcgetattr(STDIN) if self.has_keyboard else None

    def prepare_inner(self, inner: int) -> None:
        """Give a new pty the modes and the size of the terminal.

        Without a keyboard nothing is echoed and no character means anything but Ctrl-D, and without
        a screen no line end is changed: the bytes are then as if there were no pty.
        """
        modes = termios.tcgetattr(inner) if self._modes is None else list(self._modes)
        if not self.has_keyboard:
            modes[INPUT_FLAGS] = 0
            modes[LOCAL_FLAGS] &= ~(termios.ECHO | termios.ISIG | termios.IEXTEN)
            for character in (termios.VERASE, termios.VKILL):
                modes[CHARACTERS][character] = b"\0"
        if not self.has_keyboard or not self.has_screen:
            modes[OUTPUT_FLAGS] &= ~termios.OPOST
        termios.tcsetattr(inner, termios.TCSANOW, modes)
        self.copy_size(inner)

    def copy_size(self, inner: int) -> None:
        """Give the pty the size of the terminal; its foreground gets SIGWINCH if that is new."""
        fcntl.ioctl(inner, termios.TIOCSWINSZ, self._read_size())

    def set_raw(self) -> None:
        """Let every byte pass in both directions; what was typed ahead is kept."""
        if self._modes is not None:
            try:
                tty.setraw(STDIN, termios.TCSANOW)
            except termios.error:  # the terminal is gone
                self._modes = None

    def restore(self) -> None:
        """Give the terminal the modes that it had at the start."""
        if self._modes is not None:
            try:
                termios.tcsetattr(STDIN, termios.TCSANOW, self._modes)
            except termios.error:
                self._modes = None

    def _read_size(self) -> bytes:
        """Return the size of the terminal, as TIOCGWINSZ has it."""
        for number in (STDOUT, STDIN, STDERR):
            try:
                return fcntl.ioctl(number, termios.TIOCGWINSZ, b"\0" * 8)
            except OSError:
                continue
        return SIZE_IF_UNKNOWN


def open_output() -> tuple[int, int]:
    """Return where to write, and how many bytes at a time can be written there without waiting.

    A terminal is opened anew: whoever else has it open must not find it non-blocking. Anything
    else takes PIPE_BUF bytes when poll(2) says that it takes any: pipe(7).
    """
    try:
        name = os.ttyname(STDOUT)
        return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK), 1 << 16
    except OSError:
        return STDOUT, 4096


def fill_standard_files() -> None:
    """Open /dev/null for each of stdin, stdout and stderr that is closed."""
    number = os.open(os.devnull, os.O_RDWR)
    while number <= STDERR:
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)


def end_of_input(terminal: int) -> bytes:
    """Return the character that ends the input of `terminal`, Ctrl-D unless it was changed.

    Empty when its reader takes single keys: then there is no such thing as an end.
    """
    modes = termios.tcgetattr(terminal)
    if not modes[LOCAL_FLAGS] & termios.ICANON:
        return b""
    character = modes[CHARACTERS][termios.VEOF]
    return character if isinstance(character, bytes) else bytes([character])

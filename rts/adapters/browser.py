"""The commander's browser."""

import sys
from urllib.parse import urlsplit

from rts.adapters.windowed import start_windowed
from rts.errors import OrderRefused, OutsideFailed

_IN_TERMINAL = ("lynx", "w3m", "links", "elinks", "links2", "www-browser", "browsh")
"""Browsers that would draw over the screen: the standard library takes them where no other is."""

_NONE = 3
"""Exit code of `_OPEN` where there is no browser with a window."""

_OPEN = f"""\
import os, sys, webbrowser
try:
    browser = webbrowser.get()
except webbrowser.Error:
    sys.exit({_NONE})
if os.path.basename(str(getattr(browser, "name", ""))) in {_IN_TERMINAL!r}:
    sys.exit({_NONE})
sys.exit(not browser.open(sys.argv[1]))
"""
"""Runs in a process of its own: a browser may write to the terminal, some end only when closed, and
the library asks the desktop which browser it likes only once per process.

With -I nothing that lies in the folder around us is imported: that may be an agent's worktree."""


def open_url(url: str) -> None:
    """Open `url` in the browser that the desktop or $BROWSER names.

    Raises:
        OrderRefused: it is no address of a web page.
        OutsideFailed: there is no browser with a window here, or it refused.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise OrderRefused(f"{url} is no address of a web page.", "It is not opened.")
    exit_code = start_windowed([sys.executable, "-I", "-c", _OPEN, url])
    if exit_code:
        is_missing = exit_code == _NONE
        what = "No browser with a window was found here." if is_missing else "The browser refused."
        raise OutsideFailed(what, f"Open it yourself: {url}")

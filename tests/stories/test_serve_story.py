"""The screen in a real browser: a headless Chromium, driven by its own driver."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from rts.orders.first_run import note_seen
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.story,
    pytest.mark.skipif(sys.platform == "darwin", reason="Chromium comes from Linux's packages"),
]

LIMIT_S = 60.0
SIZE = "1400,800"

COUNT_COLOURS = """
const [picture, done] = arguments, image = new Image();
image.onload = () => {
  const canvas = document.createElement("canvas");
  canvas.width = image.width; canvas.height = image.height;
  const pen = canvas.getContext("2d"); pen.drawImage(image, 0, 0);
  const dots = pen.getImageData(0, 0, image.width, image.height).data, counts = {};
  for (let i = 0; i < dots.length; i += 4) {
    const colour = [dots[i], dots[i + 1], dots[i + 2]].join(",");
    counts[colour] = (counts[colour] || 0) + 1;
  }
  done(counts);
};
image.src = "data:image/png;base64," + picture;
"""
"""How many dots of a screenshot have which colour: an xterm draws on a canvas, it has no text."""

NIGHT = "13,17,23"
"""The background of the theme, `rts.tui.drawing.theme.NIGHT`."""


@pytest.fixture
def address(repository, room, game):
    """The address of a running `rts serve`, with its token."""
    game.home.mkdir(exist_ok=True)
    note_seen(game)
    (game.home / "settings.toml").write_text('agent = "drill"\n')
    said = room / "address"
    argv = [sys.executable, "-m", "rts", "serve", "--port", str(free_port())]
    with (room / "serve.log").open("w") as log:
        server = subprocess.Popen(
            [*argv, "--address-file", str(said)], cwd=repository, stdout=log, stderr=log
        )
    try:
        wait_until(said.exists, LIMIT_S, message="rts serve to say where it is")
        yield said.read_text()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(10)


def free_port() -> int:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def browser(room):
    program = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    assert program, "./install.sh --test installs chromium"
    assert driver, "./install.sh --test installs chromium's driver"
    options = ChromeOptions()
    options.binary_location = program
    for word in ("--headless=new", "--no-sandbox", f"--window-size={SIZE}", "--disable-gpu"):
        options.add_argument(word)
    options.add_argument(f"--user-data-dir={room / 'chromium'}")
    with Chrome(options=options, service=Service(driver)) as running:
        yield running


def colours(browser: Chrome) -> dict[str, int]:
    found: dict[str, int] = browser.execute_async_script(
        COUNT_COLOURS, browser.get_screenshot_as_base64()
    )
    return found


def ask(address: str, path: str, **headers: str) -> int:
    """Return the status of the answer to a plain request."""
    host = address.split("/")[2]
    with contextlib.closing(http.client.HTTPConnection(host, timeout=10)) as connection:
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as answer:
            return answer.status


def test_nobody_enters_without_the_token(address):
    host, token = address.split("/")[2], address.partition("?")[2]

    assert ask(address, "/") == 403
    assert ask(address, "/ws") == 403
    assert ask(address, "/static/js/textual.js") == 403
    assert ask(address, "/?token=guessed") == 403
    assert ask(address, f"/?{token}", Origin="http://evil.example") == 403
    assert ask(address, f"/?{token}", Host="evil.example") == 403
    assert ask(address, f"/?{token}", Origin=f"http://{host}") == 303


def test_the_screen_is_drawn_and_played_in_a_browser(address, browser, game):
    browser.get(address)
    wait_until(
        lambda: "-first-byte" in browser.execute_script("return document.body.className"),
        LIMIT_S,
        message="the first byte of the screen",
    )
    wait_until(lambda: len(colours(browser)) > 50, LIMIT_S, message="the screen to be drawn")
    wait_until(lambda: game.store.events(None, 1), LIMIT_S, message="the project to be opened")
    time.sleep(2)  # the picture after that event
    if folder := os.environ.get("PICTURES_FOLDER"):
        browser.save_screenshot(str(Path(folder) / "browser.png"))
    drawn = colours(browser)
    assert "token" not in browser.current_url
    assert drawn[NIGHT] > sum(drawn.values()) / 2

    for keys in ("n", "bug: seen in a browser", "\n"):
        ActionChains(browser).send_keys(keys).perform()
        time.sleep(0.5)

    wait_until(
        lambda: [t.title for t in game.store.open_tickets(None)] == ["seen in a browser"],
        LIMIT_S,
        message="the ticket that was typed in the browser",
    )

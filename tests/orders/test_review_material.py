"""What there is to read about a change, and its server in a browser."""

import pytest

from rts import paths
from rts.adapters.browser import open_url
from rts.adapters.git.command import git
from rts.errors import OrderRefused, OutsideFailed
from rts.orders.browsing import browse
from rts.orders.projects import open_project, worktree_path
from rts.orders.review import open_pull_request
from rts.orders.review_material import read_review
from rts.orders.spawn import spawn
from rts.orders.tickets import file_ticket
from tests.waiting import wait_until


@pytest.fixture
def worker(game, repository):
    project = open_project(game, repository)
    return spawn(game, project, file_ticket(game, project, "Retry payments"), "generic")


@pytest.fixture
def browser(room, monkeypatch):
    """A browser that writes down what it opens."""
    opened = room / "opened"
    script = room / "my-browser"
    script.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {opened}.new; mv {opened}.new {opened}\n')
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(script))
    return opened


def test_a_review_has_the_diff_and_no_more_before_the_work_is_handed_in(game, repository, worker):
    path = worktree_path(open_project(game, repository), worker)
    (path / "pay.txt").write_text("three times\n")

    review = read_review(game, worker)

    assert "+three times" in review.diff
    assert (review.pull_request, review.check, review.tests_output) == (None, None, "")


def test_a_review_has_the_pull_request_and_what_the_tests_printed(game, repository, worker):
    path = worktree_path(open_project(game, repository), worker)
    (path / "pay.txt").write_text("three times\n")
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "-m", "Pay")
    opened = open_pull_request(game, worker)

    review = read_review(game, worker)

    assert review.pull_request == opened
    assert review.check is not None
    assert review.check.has_passed
    assert "Ran 1 test" in review.tests_output


def test_an_output_that_became_a_link_is_not_read(game, repository, worker, room):
    path = worktree_path(open_project(game, repository), worker)
    (path / "pay.txt").write_text("three times\n")
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "-m", "Pay")
    open_pull_request(game, worker)
    output = paths.tests_output_path(paths.run_folder(game.home, worker.id))
    (room / "secret").write_text("mine\n")
    output.unlink()
    output.symlink_to(room / "secret")

    assert read_review(game, worker).tests_output == ""


def test_without_a_server_the_browser_is_refused_with_what_to_do(game, worker, browser):
    with pytest.raises(OrderRefused, match="listens on a port") as refused:
        browse(game, worker)

    assert "start the server" in refused.value.hint


def test_an_address_is_opened_in_the_commanders_browser(browser):
    open_url("http://localhost:4173")

    wait_until(browser.exists, message="the browser was told")
    assert browser.read_text() == "http://localhost:4173"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "--help"])
def test_only_addresses_of_web_pages_are_opened(browser, url):
    with pytest.raises(OrderRefused, match="no address of a web page"):
        open_url(url)

    assert not browser.exists()


def test_a_browser_that_would_draw_over_the_screen_is_not_started(room, monkeypatch):
    script = room / "w3m"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(script))

    with pytest.raises(OutsideFailed, match="No browser") as failed:
        open_url("http://localhost:4173")

    assert "http://localhost:4173" in failed.value.hint

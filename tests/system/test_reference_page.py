"""The API reference in a real browser: it shows operations and events, signs in, and asks no other host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.browsers import chromium
from tests.system.clients import Stack
from tests.system.devtools import Page, opened
from tests.system.servers import PASSWORD

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="no chromium on this machine; on Debian, apt-get install chromium"
)


@pytest.fixture
def host(stack: Stack) -> str:
    return stack.base.removesuffix("/api")


@pytest.fixture
def page(host: str, tmp_path: Path) -> Iterator[Page]:
    """The page, opened at the root of the host."""
    browser = chromium()
    assert browser is not None
    with opened(browser, f"{host}/", tmp_path) as page:
        page.wait_for("document.querySelector('h1')?.innerText === 'Baton'")
        yield page


def sign_in(page: Page, name: str, password: str) -> None:
    page.evaluate(f"""(() => {{
        const form = document.getElementById("sign-in");
        form.username.value = {name!r};
        form.password.value = {password!r};
        form.requestSubmit();
    }})()""")


def click(page: Page, words: str) -> None:
    """Click the button or link with this text as soon as it is there."""
    text = "`${one.ariaLabel} ${one.innerText}`.replace(/\\s+/g, ' ')"
    found = f"[...document.querySelectorAll('button, a')].find((one) => {text}.includes({words!r}))"
    page.wait_for(f"(() => {{ const one = {found}; one?.click(); return Boolean(one); }})()")


def status(page: Page, words: str) -> None:
    page.wait_for(f"document.getElementById('status').innerText.includes({words!r})")


def shows(page: Page, words: str) -> None:
    page.wait_for(f"document.body.innerText.includes({words!r})")


def test_a_user_signs_in_and_tries_a_request_on_the_page(page: Page, host: str) -> None:
    assert page.evaluate("location.pathname") == "/api/docs"
    sign_in(page, "courier1", PASSWORD)
    status(page, "Signed in as courier1")
    page.evaluate("document.querySelector('a[href=\"#http/tag/me\"]').click()")
    click(page, "Test Request (get /v1/me)")
    click(page, "Send Request")
    shows(page, "200 OK")
    assert f"{host}/api/v1/me" in page.requests
    page.wait_for("[...document.querySelectorAll('.cm-content')].some((one) => one.innerText.includes('courier1'))")
    assert page.complaints == []
    assert [address for address in page.requests if not address.startswith((f"{host}/", "data:", "blob:"))] == []


def test_the_page_shows_the_events_of_the_sockets(page: Page, host: str) -> None:
    page.call("Page.navigate", url=f"{host}/api/docs?events#sockets")
    page.wait_for("document.querySelector('h1')?.innerText === 'Baton sockets'")
    shows(page, "Courier channel")
    assert page.complaints == []


def test_the_page_says_why_a_sign_in_is_refused_and_signs_out(page: Page, stack: Stack) -> None:
    sign_in(page, "courier2", "not the password")
    status(page, "The name or the password is wrong.")
    sign_in(page, "courier2", PASSWORD)
    status(page, "Signed in as courier2")
    page.evaluate("document.getElementById('sign-out').click()")
    status(page, "Signed out.")
    assert page.evaluate("document.getElementById('sign-in').hidden") is False


def test_on_a_phone_at_night_the_form_is_within_the_screen_and_as_dark_as_the_page(page: Page, host: str) -> None:
    page.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    page.call("Page.navigate", url=f"{host}/api/docs?phone")
    page.wait_for("location.search === '?phone' && document.querySelector('h1')?.innerText === 'Baton'")
    page.wait_for("document.body.classList.contains('dark-mode')")
    assert page.evaluate("document.querySelector('#sign-in button').getBoundingClientRect().right") <= 390
    background = page.evaluate("getComputedStyle(document.getElementById('account')).backgroundColor")
    assert [int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(",")] < [64, 64, 64]

"""What the tests in JupyterLab share: where there is no browser they are skipped, in one line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.lab import AS_ROOT, CHROMIUM


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window, for all tests of a file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=not AS_ROOT)
        yield browser
        browser.close()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if CHROMIUM is None and item.get_closest_marker("browser") is not None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")

"""What the tests in JupyterLab share: without a browser each is skipped, for one and the same reason."""

import pytest

from tests.browser.lab import CHROMIUM


@pytest.fixture(scope="session", autouse=True)
def _browser() -> None:
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")

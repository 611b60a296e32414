"""What the tests in JupyterLab share: where there is no browser they are skipped, in one line."""

import pytest

from tests.browser.lab import CHROMIUM


def pytest_runtest_setup(item: pytest.Item) -> None:
    if CHROMIUM is None and item.get_closest_marker("browser") is not None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")

"""What tests share: those marked `gpu` run where PyTorch finds an accelerator, and are skipped elsewhere."""

import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") is not None:
        import torch  # here, so that tests without it start quickly

        if not torch.accelerator.is_available():
            pytest.skip("PyTorch finds no accelerator here")

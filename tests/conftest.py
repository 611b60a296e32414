"""What tests share: those marked `gpu` run where PyTorch finds an accelerator, and are skipped elsewhere."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") is not None:
        import torch  # here, so that tests without it start quickly

        if not torch.accelerator.is_available():
            pytest.skip("PyTorch finds no accelerator here")


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers in every run."""
    return np.random.default_rng(0)


@pytest.fixture
def png_of() -> Callable[[str], bytes]:
    """Makes the file of a small picture of one colour."""

    def make(colour: str) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(buffer, "PNG")
        return buffer.getvalue()

    return make

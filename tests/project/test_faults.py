"""What can be amiss around a lesson, and does not keep it from running."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.disks import on_disk, only_with_mounts

# Where programs keep what is theirs, each of which a computer may have named otherwise.
HOMES = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "MPLCONFIGDIR", "SKIMAGE_DATADIR")

EVERYTHING = """
import helpers
from tests.all_explorers import EXPLORERS, made

for name in EXPLORERS:
    made(name)
for name in helpers.photo_names():
    helpers.photo(name, 32)
small = helpers.build("small_alexnet", weights="photo_patches", device="cpu")
helpers.FeatureMapExplorer(small, photo="chelsea")
large = helpers.build("efficientnet_lite0", weights="imagenet", device="cpu")
print(helpers.classify(large, helpers.photo("coffee"))[0].name)
"""


@only_with_mounts
@pytest.mark.parametrize("disk", ["full", "read only"])
def test_explorers_photos_and_weights_need_no_room_at_home(tmp_path: Path, disk: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    folders = {name: str(home / name) for name in HOMES}
    done = on_disk(disk, home, sys.executable, "-W", "error", "-c", EVERYTHING, **folders)
    assert done.stderr == ""
    assert done.stdout == "espresso\n"

"""Whatever is given to a public function, it answers, or refuses in one sentence."""

import inspect
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import helpers
from helpers.arithmetic import ReceptiveField
from helpers.images.augmentation import draw_augmentation
from helpers.images.patches import photo_patches
from helpers.images.photos import photo
from helpers.models.densenet import DenseBlock
from helpers.running.classify import Prediction
from helpers.running.training import History
from tests.all_explorers import EXPLORERS
from tests.learner import Rude
from tests.networks import browsable

HELPERS = Path(helpers.__file__).parent
NONSENSE = [
    None, "", "abc", "x" * 9999, b"x", [], {}, (), float("nan"), float("inf"), 10**5000, -(10**400), -1, 0,
    1.5, 1j, object(), Rude(), np.float64("nan"), np.array([]), np.full((4, 4), np.nan), torch.tensor([]),
    torch.empty(3, 8, 8, device="meta"), nn.Linear(2, 2), nn.Conv2d, len, [None], ["a"], [[1, 2], [3]],
    {"a": None}, {"a": 1}, {1: 2}, (1, 2, 3, 4, 5), (float("nan"),) * 3,
]  # fmt: skip

IMAGE = photo("coffee", 32)
DATA = photo_patches(["brick", "coins"], size=8, per_class=4, test_per_class=2)
NET = browsable(4)
CLASSIFIER = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
DENSE = nn.Sequential(DenseBlock(1, layers=2, growth_rate=4), nn.Conv2d(9, 2, 1))
NAMING = nn.Sequential(browsable(4), nn.Flatten(), nn.Linear(4 * 12 * 12, 1000))
NAMING.preprocessing = NET.preprocessing
TENSOR = torch.zeros(3, 16, 16)
MADE = {"device": "meta"}
TABLE = {"rows": "ab", "columns": "cd"}
INCEPTION = ["in_channels", "out_1x1", "reduce_3x3", "out_3x3", "reduce_5x5", "out_5x5", "pool_proj"]


def call(name: str, /, **arguments: Any) -> tuple[str, dict[str, Any]]:
    return name, arguments


# A call of each that works; the texts in it stay as they are, because any other would do.
CALLS = [
    call("augment", pixels=np.zeros((256, 256, 3)), choice=draw_augmentation(1)),
    call("crop", pixels=np.zeros((9, 9, 3)), row=1, column=1, size=4),
    call("draw_augmentation", seed=1),
    call("flip", pixels=np.zeros((4, 4, 3))),
    call("pca_colour", pixels=np.zeros((4, 4, 3)), alphas=(0, 0.1, 0)),
    call("bar_panels", title="t", rows={"a": {"x": 1.0}}, about="b"),
    call("bars", title="t", amounts={"a": 1}, unit="u"),
    call("curves", title="t", series={"a": [1, 2]}, x_label="x", y_label="y", x=[1, 2], x_names=["a", "b"]),
    call("point_panels", title="t", panels={"x": {"a": {"p": (1, 2)}}}, y_label="y"),
    call("training_curves", title="t", histories={"a": History((2.0,), (40.0,), (2.0,), (50.0,))}),
    call("shares", title="t", parts={"a": {"x": 1, "y": 2}}),
    call("heat_maps", title="t", panels={"a": np.ones((2, 2))}, row_label="r", column_label="c", **TABLE),
    call("kernel_reach", channels=2, side=6),
    call("kernel_place", numbers=[[1, 2], [3, 4]], kernel=[[1, 2]], row=0, column=0),
    call("fields_on_photo", photo=IMAGE, fields={"a": ReceptiveField()}, size=32),
    call("filter_grid", weight=torch.zeros(6, 3, 5, 5)),
    call("named_photos", photos={"a": IMAGE}, predictions={"a": [Prediction("espresso", 0.9, 967)]}),
    call("side_by_side", pictures={"a": TENSOR}, side=64),
    call("votes_on_photo", title="t", photo=TENSOR, votes=[[1, 2], [3, 4]], scale=(0, 4)),
    call("votes_on_photo", title="t", photo=TENSOR, squares=3),
    call("classify", model=NAMING, image=IMAGE, k=2),
    call("effective_receptive_field", model=NET, layer="0", images=TENSOR, unit=(3, 3)),
    call("feature_maps", model=NET, image=TENSOR, layers=["0"]),
    call("layer_names", model=NET),
    call("receptive_field", model=NET, layer="0"),
    call("trace", model=NET, input_size=(3, 16, 16)),
    call("saved_for_backward", model=NET, images=TENSOR[None]),
    call("time_side_by_side", modules={"a": nn.Conv2d(3, 4, 3)}, shape=(1, 3, 8, 8), rounds=1),
    call("open_image", source=IMAGE),
    call("to_tensor", image=IMAGE),
    call("photo", name="coffee", size=16),
    call("published", network="alexnet", quantity=None, edition=None),
    call("counted", name="resnet8", edition="paper"),
    call("break_even", kernel_size=3, in_channels=4, out_channels=4),
    call("build", name="resnet8", edition="paper", weights=None, num_classes=10, in_channels=3, **MADE),
    call("build", name="plain8", width=16, **MADE),
    call("build", name="resnet8", shortcut="A", zero_init_residual=False, **MADE),
    call("build", name="alexnet", groups=2, **MADE),
    call("build", name="googlenet", aux_heads=True, **MADE),
    call("build", name="small_alexnet", width=24, groups=2, **MADE),
    call("inception_block", **dict.fromkeys(INCEPTION, 4)),
    call("photo_patches", names=["brick", "coins"], size=8, grey=True, per_class=4, test_per_class=2, seed=0),
    call("fit", model=CLASSIFIER, data=DATA, epochs=1, batch_size=8, learning_rate=0.1, momentum=0.9),
    call("fit", model=CLASSIFIER, data=DATA, weight_decay=0.1, seed=0, threads=1, device="cpu"),
    call("weight_reuse", block=DenseBlock(8, layers=2, growth_rate=4)),
    call("cut_connections", network=DENSE, data=DATA, kept=lambda source, reader: source < reader),
]  # fmt: skip
TEXTS = {"title", "about", "unit", "x_label", "y_label", "row_label", "column_label", "rows", "columns"}


def refused(function: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """The sentence of a refusal; empty where there was an answer."""
    try:
        function(**arguments)
    except ValueError as error:
        frames = traceback.extract_tb(error.__traceback__)
        assert Path(frames[-1].filename).is_relative_to(HELPERS), "said by the course itself"
        assert frames[-1].line.startswith("raise "), "and on purpose"
        return str(error)
    return ""


def assert_one_sentence(says: str) -> None:
    assert re.fullmatch(r"(\w[^\n]{8,300})?", says), says
    assert not re.search(r"[.!?] [A-Z]", says), says


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
def test_nonsense_is_answered_or_refused_in_one_sentence(name, arguments):
    assert refused(getattr(helpers, name), arguments) == "", "nothing is wrong with the call itself"
    for argument, right in arguments.items():
        if isinstance(right, str) and argument in TEXTS:
            continue
        for nonsense in NONSENSE:
            says = refused(getattr(helpers, name), arguments | {argument: nonsense})
            assert_one_sentence(says)


# Where an explorer's photos and numbers come from instead is not a learner's to say.
NOT_A_LEARNERS = {"source", "photos"}


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_explorer_starts_or_refuses_in_one_sentence(name):
    explorer = getattr(helpers, name)
    for parameter in inspect.signature(explorer).parameters.keys() - NOT_A_LEARNERS:
        for nonsense in ["abc", float("nan"), 10**5000, [1], Rude(), torch.zeros(2)]:
            assert_one_sentence(refused(explorer, {parameter: nonsense}))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        (
            "pca_colour",
            {"alphas": (0.1, 0)},
            r"The list of α is (0.1, 0); give three, one for each component.",
        ),
        ("training_curves", {"histories": {}}, "There are 0 lines; give 1 to 5, one for each look."),
        ("bars", {"amounts": {"a": 2, "b": -1}}, "The least amount is -1; give numbers from 0 up."),
        (
            "shares",
            {"parts": {"a": {"x": 0}}},
            "The parts of 'a' are {'x': 0}; give numbers from 0 up, not all 0.",
        ),
        (
            "shares",
            {"parts": {"a": {"x": -1, "y": 2}}},
            "The parts of 'a' are {'x': -1, 'y': 2}; give numbers from 0 up, not all 0.",
        ),
        ("curves", {"x": {"b": [1, 2]}}, "There is no x for the line 'a'; give one for each line."),
        (
            "training_curves",
            {"histories": {"a": History((), (), (), ())}},
            "The history of 'a' has no complete epoch; train for one at least.",
        ),
        (
            "named_photos",
            {"predictions": {"a": []}},
            "There is no prediction for 'a'; give one for each photo.",
        ),
        ("heat_maps", {"panels": {"a": np.ones((1, 2))}}, "The panel 'a' is 1×2; give numbers, 2×2."),
        (
            "side_by_side",
            {"pictures": {"a": torch.zeros(2, 8, 8)}},
            "'a' has the shape (2, 8, 8); give (1 or 3 channels, height, width).",
        ),
        (
            "side_by_side",
            {"pictures": {"a": torch.zeros(3, 8, 8, device="meta")}},
            "'a' has the shape (3, 8, 8) on 'meta'; give (1 or 3 channels, height, width).",
        ),
        (
            "bars",
            {"amounts": {"a": True}},
            "The amounts have True for 'a'; give a number from 0 up by each name.",
        ),
    ],
)
def test_what_a_call_cannot_draw_is_named(name, changed, sentence):
    assert refused(getattr(helpers, name), dict(CALLS)[name] | changed) == sentence

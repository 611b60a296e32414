"""The recorded times: the record is whole, what it counts is what there is, and what is derived is right."""

import csv
import tomllib

import pytest
import torch
from torch import nn

from helpers import counted, recorded_times
from helpers.lessons import times as reader
from helpers.lessons.times import COLUMNS, FOLDER, Timed, read
from tools import record_times
from tools.record_times import Beside, Entry, blocks, counts, layers, measure

TIMES = recorded_times()
LINEAR = Timed("linear", "whole", 2, 800, 20, 400, 80, 0.5)


def test_what_is_derived_of_a_pass():
    assert LINEAR.bytes == 4 * 500
    assert LINEAR.macs_per_byte == 0.4
    assert LINEAR.macs_per_second == 1.6e6
    assert LINEAR.bytes_per_second == 4e6
    assert LINEAR.milliseconds_per_image == 0.25


def test_every_pass_was_timed_for_one_image_and_for_sixteen():
    for each in TIMES.passes:
        assert TIMES.of(each.name, 1, each.form).macs * 16 == TIMES.of(each.name, 16, each.form).macs
        assert each.milliseconds > 0
    assert len({(each.name, each.form, each.images) for each in TIMES.passes}) == len(TIMES.passes)
    notes = tomllib.loads((FOLDER / "times.toml").read_text(encoding="utf-8"))
    assert (TIMES.machine, TIMES.versions, TIMES.date) == (
        notes["machine"],
        notes["versions"],
        notes["date"],
    )
    assert notes["machine"] in TIMES.caption


def test_the_record_is_that_of_its_script():
    entries = [*layers(), *blocks()]
    recorded = [(each.name, each.form) for each in TIMES.passes if each.images == 1]
    networks = [(name, form) for form in ("whole", "torchvision") for name in record_times.NETWORKS]
    assert recorded == [*((entry.name, entry.form) for entry in entries), *networks]
    for entry in entries:
        entry.module.to("meta")
        for images in record_times.BATCHES:
            found = TIMES.of(entry.name, images, entry.form)
            assert counts(entry, images) == (found.macs, found.inputs, found.weights, found.outputs)


def test_each_edition_of_a_network_is_timed_as_it_is_counted():
    for form, edition in (("whole", "paper"), ("torchvision", "torchvision")):
        for name, known in record_times.NETWORKS.items():
            assert TIMES.of(name, 1, form).macs == counted(known, edition).macs


def test_what_a_layer_moves_is_what_it_reads_and_writes():
    conv = Entry("a", "whole", nn.Conv2d(3, 8, 3, padding=1).to("meta"), (3, 6, 6))
    assert counts(conv, 2) == (2 * 36 * 216, 2 * 108, 216 + 8, 2 * 288)
    linear = Entry("a", "whole", nn.Sequential(nn.Flatten(), nn.Linear(12, 5)).to("meta"), (12, 1, 1))
    assert counts(linear, 2) == (2 * 60, 2 * 12, 60 + 5, 2 * 5)
    # A ReLU in place reads and writes; batch norm reads four numbers for each channel.
    both = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(inplace=True)).to("meta")
    assert counts(Entry("a", "whole", both, (3, 6, 6)), 1) == (0, 2 * 108, 12, 2 * 108)


def test_a_folded_block_computes_the_same_as_the_whole_one():
    found = {(entry.name, entry.form): entry for entry in blocks()}
    for name in ("bottleneck", "dense layer"):
        whole, folded = (found[name, form].module.eval() for form in ("whole", "folded"))
        norms = [sum(isinstance(part, nn.BatchNorm2d) for part in each.modules()) for each in (whole, folded)]
        assert norms == {"bottleneck": [3, 0], "dense layer": [2, 1]}[name]
        x = torch.randn(1, *found[name, "whole"].shape, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            assert folded(x.clone()).shape == whole(x.clone()).shape
    assert {name for name, _ in found} == {"one 3×3", "two 3×3", "Inception", "bottleneck", "dense layer"}
    assert [found[name, "bare"].shape for name, _ in found] == [(256, 14, 14)] * len(found)


def test_folding_changes_no_result():
    block = nn.Sequential()
    block.conv, block.norm = nn.Conv2d(3, 4, 1, bias=False), nn.BatchNorm2d(4)
    nn.init.uniform_(block.norm.weight)
    nn.init.uniform_(block.norm.running_mean)
    x = torch.randn(2, 3, 5, 5)
    before = block.eval()(x)
    record_times._fold(block, "conv", "norm")
    assert isinstance(block.norm, nn.Identity)
    assert torch.allclose(block(x), before, atol=1e-6)


def test_measuring_gives_a_row_for_each_entry_and_batch():
    entries = [
        Entry("a", "whole", nn.Conv2d(3, 4, 1), (3, 4, 4)),
        Entry("b", "bare", Beside(nn.Conv2d(2, 4, 1), nn.Conv2d(2, 2, 1)), (2, 4, 4)),
    ]
    rows = measure(entries, {1: 1, 16: 1})
    assert [row[:3] for row in rows] == [
        ("a", "whole", 1),
        ("b", "bare", 1),
        ("a", "whole", 16),
        ("b", "bare", 16),
    ]
    assert rows[1][3:7] == (16 * 12, 2 * 32, 8 + 4 + 4 + 2, 6 * 16)
    assert all(len(row) == len(COLUMNS) and float(row[-1]) > 0 for row in rows)


def test_the_script_writes_what_the_reader_reads(tmp_path, monkeypatch, capsys):
    for name in ("layers", "blocks", "networks"):
        little = [Entry(name, "whole", nn.Conv2d(3, 4, 1), (3, 4, 4))]
        monkeypatch.setattr(record_times, name, lambda little=little: little)
        monkeypatch.setitem(record_times.ROUNDS, name, {1: 1, 16: 1})
    record_times.main(tmp_path)
    found = read(tmp_path)
    assert found.names == ("layers", "blocks", "networks")
    assert found.machine
    with (tmp_path / "times.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == list(COLUMNS)
    assert "minutes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("AlexNet fc9",), "There is no recorded time 'AlexNet fc9'"),
        (("AlexNet fc6", 2), "There is no time for 2 images at once; choose 1 or 16."),
        (("AlexNet fc6", 1, "bare"), "There is no form 'bare'"),
    ],
)
def test_what_was_not_timed_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence.replace(".", r"\.")):
        TIMES.of(*arguments)


def test_the_roofline_has_a_dot_for_each_batch_and_for_the_learner_s_own(monkeypatch):
    drawn = {}
    monkeypatch.setattr(reader, "roofline", lambda title, dots, **more: drawn.update(dots=dots, **more))
    own = {"AlexNet fc6": 2.0}
    TIMES.roofline({"linear": ["AlexNet fc6"], "3×3": ["VGG-16 conv3_2"]}, images=(1, 16), own=own)
    fc6 = TIMES.of("AlexNet fc6")
    assert [(dot.name, dot.kind, dot.images, dot.own) for dot in drawn["dots"]] == [
        ("AlexNet fc6", "linear", 1, False),
        ("VGG-16 conv3_2", "3×3", 1, False),
        ("AlexNet fc6", "linear", 16, False),
        ("VGG-16 conv3_2", "3×3", 16, False),
        ("AlexNet fc6", "linear", 1, True),
    ]
    assert drawn["dots"][0].speed == fc6.macs_per_second
    assert drawn["dots"][-1].speed == fc6.macs * 500
    assert drawn["peak"] == max(each.macs_per_second for each in TIMES.passes)
    with pytest.raises(ValueError, match="There is no name 'AlexNet fc7'"):
        TIMES.roofline({"linear": ["AlexNet fc6"]}, own={"AlexNet fc7": 1.0})

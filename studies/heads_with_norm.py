"""Lesson 4: the same as `heads`, with batch norm, which came half a year after the paper."""

from dataclasses import replace
from functools import partial

from studies import heads

STUDY = replace(
    heads.STUDY,
    question="Do auxiliary classifiers help a small GoogLeNet that has batch norm?",
    networks={
        "no heads, batch norm": partial(heads.no_heads, batch_norm=True),
        "two heads, batch norm": partial(heads.WithHeads, batch_norm=True),
    },
)

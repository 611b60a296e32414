"""Lesson 2: the same as `kernels`, as it was in 2014, without batch norm.

The learning rates are smaller: larger ones let some seeds collapse.
"""

from functools import partial

from studies.kernels import FIELDS, network
from studies.parts import patches
from studies.study import Study

STUDY = Study(
    question="Is a stack of 3×3 as good as one kernel with the same field, without batch norm?",
    varied="the kernels of a unit",
    fixed="the field, width, units, pooling, head, data, batches, epochs, weight decay, schedule, rate",
    networks={name: partial(network, *unit, batch_norm=False) for name, unit in FIELDS.items()},
    data=patches,
    epochs=20,
    rates=(0.003, 0.006, 0.012),
    one_rate=True,
)

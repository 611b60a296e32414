"""The layers of a network as a table: rows, totals, selections, and how they print."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from helpers.arithmetic import ReceptiveField
from helpers.arithmetic.checks import whole
from helpers.wording.refusals import known

_HEADING = ("layer", "kind", "output", "parameters", "MACs", "field", "jump")


@dataclass(frozen=True)
class Row:
    """One layer of a network.

    `output_shape` is (channels, height, width) or (features,), without the batch. `macs` are for one image.
    `receptive_field` is None where a unit sees all of any image (`sees_everything`) and where it could not be
    followed; `jump` is None where there is no map. `block` is the name of the block that the layer is in.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    macs: int
    receptive_field: ReceptiveField | None
    jump: tuple[int, int] | None
    sees_everything: bool
    block: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row's text, one for each column of the table."""
        field = "all" if self.sees_everything else "?"
        if self.receptive_field is not None:
            field = _size(self.receptive_field.size)
        jump = "" if self.jump is None else _size(self.jump)
        shape = "×".join(map(str, self.output_shape))
        return self.name, self.kind, shape, f"{self.parameters:,}", f"{self.macs:,}", field, jump


@dataclass(frozen=True)
class Trace:
    """The layers of a network in the order they run, for one image; it prints as a table.

    `unlisted_parameters` and `unlisted_macs` are in the network but in none of its rows.
    """

    rows: tuple[Row, ...]
    unlisted_parameters: int = 0
    unlisted_macs: int = 0

    @property
    def parameters(self) -> int:
        """All parameters of the network, or of the selected rows; a shared one counts once."""
        return sum(row.parameters for row in self.rows) + self.unlisted_parameters

    @property
    def macs(self) -> int:
        """The multiply-adds of the network, or of the selected rows, for one image."""
        return sum(row.macs for row in self.rows) + self.unlisted_macs

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> Row:
        """The row of that name; raises ValueError where there is none."""
        rows = {row.name: row for row in self.rows}
        known("layer", name, rows)
        return rows[name]

    def where(self, predicate: Callable[[Row], bool]) -> "Trace":
        """The rows for which the predicate is true, with their own totals."""
        return Trace(tuple(row for row in self.rows if predicate(row)))

    def select(self, kind: str) -> "Trace":
        """The rows of a kind, with their own totals: "conv" selects every "conv 3×3", "conv 3×3 s2", ….

        An x between digits stands for ×. A linear layer is no "conv 1×1", although it computes the same.
        A network without the kind gives an empty trace, of 0 parameters and 0 MACs.

        """
        wanted = re.sub(r"(?<=\d)x(?=\d)", "×", kind)
        return self.where(lambda row: f"{row.kind} ".startswith(f"{wanted} "))

    def summary(self, depth: int | None = None) -> "Trace":
        """The same network in fewer rows: one for each block, or for each name of `depth` parts.

        A block is the outermost module that is no list of blocks. A row of several layers has the output and
        the receptive field of its last one, and the sum of their parameters and MACs.
        Raises ValueError for a depth that is no whole number of at least 1.
        """
        if depth is not None:
            depth = whole("depth", depth)

        def group(row: Row) -> str:
            return row.block if depth is None else ".".join(row.name.split(".")[:depth])

        grouped = tuple(_together(name, tuple(rows)) for name, rows in groupby(self.rows, group))
        return replace(self, rows=grouped)

    def __repr__(self) -> str:
        total = ("total", "", "", f"{self.parameters:,}", f"{self.macs:,}", "", "")
        table = [_HEADING, *(row.cells for row in self.rows), total]
        widths = [max(len(cells[column]) for cells in table) for column in range(len(_HEADING))]
        lines = ["  ".join(map(_aligned, cells, widths, _HEADING)).rstrip() for cells in table]
        rule = "─" * max(map(len, lines))
        lines = [lines[0], rule, *lines[1:-1], rule, lines[-1]]
        if self.unlisted_parameters or self.unlisted_macs:
            lines.append(
                f"In no layer of the table: {self.unlisted_parameters:,} parameters "
                f"and {self.unlisted_macs:,} MACs."
            )
        return "\n".join(lines)


def _size(size: tuple[int, int]) -> str:
    return str(size[0]) if size[0] == size[1] else f"{size[0]}×{size[1]}"


def _aligned(cell: str, width: int, column: str) -> str:
    return cell.ljust(width) if column in ("layer", "kind", "output") else cell.rjust(width)


def _together(name: str, rows: tuple[Row, ...]) -> Row:
    """One row for several: the last one's output and field, and the sums."""
    if len(rows) == 1:
        return replace(rows[0], name=name)
    costly = [row.kind for row in rows if row.macs]
    kind = ", ".join(costly) if 1 <= len(costly) <= 3 else f"{len(costly)} layers with MACs"
    parameters, macs = sum(row.parameters for row in rows), sum(row.macs for row in rows)
    return replace(rows[-1], name=name, kind=kind, parameters=parameters, macs=macs)

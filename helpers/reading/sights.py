"""What the units of a tensor see of the image, and what becomes of it as dimensions are moved and mixed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import prod

from helpers.arithmetic import ReceptiveField, Span

AXES = ("y", "x")


@dataclass(frozen=True)
class Dim:
    """A dimension: its size, and its role, which is "batch", "y" (rows), "x" (columns), or none."""

    size: int
    role: str = ""


Group = tuple[Dim, ...]
_PIXEL = Span()


@dataclass(frozen=True)
class Sight:
    """What the units of one tensor see of the image.

    `groups` say what each dimension of the tensor is made of: one dimension, or several that were made one,
    as a flatten does. `y` and `x` are what a unit sees down and across, by its row and column; of an axis in
    `whole` it sees everything. `problem` is why that could not be followed, a part of a sentence, or empty.
    `depth` is the most layers with weights on a way from the image.
    """

    groups: tuple[Group, ...]
    y: Span = _PIXEL
    x: Span = _PIXEL
    whole: frozenset[str] = frozenset()
    problem: str = ""
    depth: int = 0

    @classmethod
    def of_image(cls, channels: int, height: int, width: int) -> Sight:
        """That of an image, (1, channels, height, width): each pixel sees itself."""
        return cls(((Dim(1, "batch"),), (Dim(channels),), (Dim(height, "y"),), (Dim(width, "x"),)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the tensor's dimensions."""
        return tuple(map(size_of, self.groups))

    @property
    def field(self) -> ReceptiveField:
        """The receptive field through windows alone."""
        return ReceptiveField(self.y, self.x)

    @property
    def everything(self) -> bool:
        """Whether each unit sees all of the image, as after a global pool, or is one of a flattened map."""
        return len(self.whole) == len(AXES) or self._is_flat

    @property
    def is_map(self) -> bool:
        """Whether the tensor has rows and columns; the one value of a globally pooled map has none."""
        places = [self.place(axis) for axis in AXES]
        if None in places or any(
            axis not in _roles(self.groups[at]) for axis, at in zip(AXES, places, strict=True)
        ):
            return False
        alone = all(
            self.size(axis) == size_of(self.groups[at]) for axis, at in zip(AXES, places, strict=True)
        )
        pooled = len(self.whole) == len(AXES) and all(self.size(axis) == 1 for axis in AXES)
        return alone and places[0] != places[1] and not pooled

    @property
    def _is_flat(self) -> bool:
        several = [
            group for group in self.groups if any(dim.size > 1 and dim.role != "batch" for dim in group)
        ]
        return len(several) == 1 and set(AXES) <= _roles(several[0]) and not self.is_map

    def place(self, role: str) -> int | None:
        """Which dimension of the tensor has a role, alone or with others."""
        return next((at for at, group in enumerate(self.groups) if role in _roles(group)), None)

    def size(self, axis: str) -> int:
        """The rows or columns of the map; 1 where there are none."""
        return next((dim.size for group in self.groups for dim in group if dim.role == axis), 1)

    def axes_in(self, dimensions: Iterable[int]) -> set[str]:
        """The axes that are mixed where these dimensions of the tensor are: those of more than one unit."""
        return {dim.role for at in dimensions for dim in self.groups[at] if dim.role in AXES and dim.size > 1}

    def without_batch(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The shape for one image: without the dimension that is the batch and nothing else.

        Where none is known to be, it is the first, as PyTorch's layers have it, if it has one place.
        """
        at = self.place("batch")
        if at is None and self.groups:
            at = 0
        if at is None or size_of(self.groups[at]) != 1:
            return tuple(shape)
        return tuple(size for place, size in enumerate(shape) if place != at)

    def trouble(self, problem: str) -> Sight:
        """The same with a problem, unless each unit sees everything in any case, or there was one before."""
        return self if len(self.whole) == len(AXES) or self.problem else replace(self, problem=problem)

    def sees(self, axes: Collection[str]) -> Sight:
        """Each unit sees all of these axes, wherever it is."""
        whole = self.whole | set(axes)
        return replace(self, whole=whole, problem="" if len(whole) == len(AXES) else self.problem)

    def mixed(self, dimensions: Iterable[int]) -> Sight:
        """Each value is made of all those along these dimensions, and keeps its place.

        The span of an axis is then as long as it takes to reach all of it from any unit.
        """
        axes, spans = self.axes_in(dimensions), {}
        for axis in axes:
            span, reach = getattr(self, axis), (self.size(axis) - 1) * getattr(self, axis).jump
            spans[axis] = Span(span.jump, span.lo - reach, span.hi + reach)
        return replace(self.sees(axes), **spans)

    def without(self, dimensions: Collection[int], *, keep: bool = False) -> Sight:
        """These dimensions are made one value, as a mean does; where kept, they stay with the size 1."""
        axes, spans = self.axes_in(dimensions), {}
        for axis in axes:
            span = getattr(self, axis)
            spans[axis] = Span(span.jump, span.lo, span.hi + (self.size(axis) - 1) * span.jump)
        mixed = replace(self.sees(axes), **spans)
        groups = [
            tuple(replace(dim, size=1) for dim in group) if at in dimensions else group
            for at, group in enumerate(mixed.groups)
        ]
        if not keep:
            groups = [group for at, group in enumerate(groups) if at not in dimensions]
        return replace(mixed, groups=tuple(groups))

    def moved(self, axis: str, *, start: int = 0, step: int = 1) -> Sight:
        """Units are counted from `start` of an axis on, and each `step`-th one is taken."""
        span = getattr(self, axis)
        shift = start * span.jump
        return replace(self, **{axis: Span(span.jump * step, span.lo + shift, span.hi + shift)})

    def sized(self, dimension: int, size: int) -> Sight:
        """One dimension of the tensor has another size."""
        return replace(self, groups=_put(self.groups, dimension, _resized(self.groups[dimension], size)))

    def replaced(self, dimension: int, size: int) -> Sight:
        """One dimension of the tensor is a new one, such as other channels."""
        return replace(self, groups=_put(self.groups, dimension, (Dim(size),)))

    def in_order(self, dimensions: Sequence[int]) -> Sight:
        """The dimensions in another order."""
        return replace(self, groups=tuple(self.groups[at] for at in dimensions))

    def with_one_more(self, dimension: int, size: int = 1) -> Sight:
        """A new dimension at that place."""
        groups = self.groups
        return replace(self, groups=(*groups[:dimension], (Dim(size),), *groups[dimension:]))

    def with_one_less(self, dimension: int) -> Sight:
        """Without a dimension of which one place is left."""
        return replace(self, groups=_put(self.groups, dimension))

    def reshaped(self, shape: Sequence[int]) -> Sight:
        """The same values in another shape, with a problem where rows or columns are cut up by it."""
        groups = _grouped([dim for group in self.groups for dim in group], shape)
        if groups is None:
            return self.unknown(shape).trouble(", which mixes rows and columns")
        return replace(self, groups=groups)

    def unknown(self, shape: Sequence[int]) -> Sight:
        """A tensor of that shape: its dimensions keep their roles where there are as many as before."""
        if len(shape) == len(self.groups):  # as of an upsampled map
            groups = tuple(_resized(group, size) for group, size in zip(self.groups, shape, strict=True))
        else:
            roles = ["batch" if at == 0 and size == 1 else "" for at, size in enumerate(shape)]
            groups = tuple((Dim(size, role),) for size, role in zip(shape, roles, strict=True))
        return replace(self, groups=groups)


def size_of(group: Group) -> int:
    """The size of a dimension that is made of these."""
    return prod(dim.size for dim in group)


def joined(sights: Sequence[Sight], shape: Sequence[int], image: tuple[int, int]) -> Sight:
    """What a unit sees whose value is made of the values at the same place of several tensors.

    They are broadcast to the shape. `image` is the (height, width) of the image: a unit that sees all of an
    axis may be handed to every place of it.
    """
    groups = tuple(
        _likeliest(
            [
                each.groups[at - len(shape) + len(each.groups)]
                for each in sights
                if at >= len(shape) - len(each.groups)
            ],
            size,
        )
        for at, size in enumerate(shape)
    )
    whole = frozenset().union(*(each.whole for each in sights))
    result = Sight(groups, whole=whole, depth=max(each.depth for each in sights))
    problems = [each.problem for each in sights if each.problem]
    for axis, side in zip(AXES, image, strict=True):
        result = _joined_along(axis, side, sights, result)
    if problems and len(result.whole) < len(AXES):
        return replace(result, problem=problems[0])
    return result


def _joined_along(axis: str, side: int, sights: Sequence[Sight], result: Sight) -> Sight:
    """The span of a joined map along one axis."""
    units, spans, place = result.size(axis), [], result.place(axis)
    for each in sights:
        span, at = getattr(each, axis), each.place(axis)
        if each.size(axis) == units:
            spans.append(span)
            if units > 1 and at - len(each.groups) != place - len(result.groups):
                result = result.trouble(", which joins rows with columns")
        elif axis in each.whole or (span.lo <= 0 and span.hi >= side - 1):
            result = result.sees({axis})
        else:
            result = result.trouble(", which hands one row or column to all")
    jumps = list(dict.fromkeys(span.jump for span in spans))
    if len(jumps) > 1 and units > 1 and axis not in result.whole:
        result = result.trouble(f", which joins maps of unequal jumps {jumps[0]} and {jumps[1]}")
    jump, lo, hi = max(jumps), min(span.lo for span in spans), max(span.hi for span in spans)
    if axis in result.whole:  # from any of the units
        lo, hi = min(lo, (1 - units) * jump), max(hi, side - 1)
    return replace(result, **{axis: Span(jump, lo, hi)})


def _likeliest(groups: Sequence[Group], size: int) -> Group:
    """What a joined dimension is made of: that of which most is known, among those of its size."""
    fitting = [group for group in groups if size_of(group) == size] or [(Dim(size),)]
    return max(fitting, key=lambda group: (len(_roles(group) & set(AXES)), len(_roles(group))))


def _roles(group: Group) -> set[str]:
    return {dim.role for dim in group if dim.role}


def _put(groups: Sequence[Group], at: int, *new: Group) -> tuple[Group, ...]:
    return (*groups[:at], *new, *groups[at + 1 :])


def _resized(group: Group, size: int) -> Group:
    """What a dimension is made of once it has another size; of several dimensions the roles are lost."""
    if size_of(group) == size:
        return group
    large = [dim for dim in group if dim.size > 1] or [dim for dim in group if dim.role] or list(group)
    return (replace(large[0], size=size),) if len(large) == 1 else (Dim(size),)


def _grouped(dims: Sequence[Dim], shape: Sequence[int]) -> tuple[Group, ...] | None:
    """Share out dimensions, in order, over those of a shape; None where an axis would have to be cut up."""
    left, groups = list(reversed(dims)), []
    for size in shape:
        group: list[Dim] = []
        while left and (size_of(group) < size or (not group and left[-1].size == 1)):
            need, dim = size // size_of(group), left.pop()
            if dim.size > need or size % (size_of(group) * dim.size):
                if dim.role in AXES or not need or dim.size % need:
                    return None
                left.append(Dim(dim.size // need))
                dim = replace(dim, size=need)
            group.append(dim)
        if not group:
            group.append(Dim(1))
        if size_of(group) != size:
            return None
        groups.append(tuple(group))
    if left and groups:  # sizes of 1
        groups[-1] += tuple(reversed(left))
    return tuple(groups)

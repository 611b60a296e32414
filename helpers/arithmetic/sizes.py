"""The size of what a layer puts out, and the padding that keeps the size."""

from helpers.arithmetic.checks import Size, flag, pairs


def output_size(
    size: Size,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> tuple[int, int]:
    """Return the (height, width) in pixels that a convolution or pooling layer makes of an input.

    On each axis ``⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1``, the formula in the
    documentation of PyTorch's `nn.Conv2d` and `nn.MaxPool2d`. `ceil_mode` (pooling only) rounds up, but
    drops a last window that would start beyond the input and its left or top padding.

    Raises ValueError when the kernel does not fit into the padded input, `ceil_mode` is not True or False,
    or a size is no whole number (or pair of them) of at least 1 (for `padding` 0).

    >>> output_size(227, kernel_size=11, stride=4)
    (55, 55)
    >>> output_size((32, 48), kernel_size=3, padding=1)
    (32, 48)
    >>> output_size(6, kernel_size=3, stride=2), output_size(6, kernel_size=3, stride=2, ceil_mode=True)
    ((2, 2), (3, 3))
    """
    rounds_up = flag("ceil_mode", ceil_mode)
    numbers = pairs(size=size, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
    rows, columns = zip(*numbers, strict=True)
    return _output_length("height", *rows, rounds_up), _output_length("width", *columns, rounds_up)


def same_padding(kernel_size: Size, dilation: Size = 1) -> tuple[int, int]:
    """Return the (height, width) padding in pixels with which a stride-1 layer keeps the size of its input.

    It is ``dilation·(kernel_size − 1) / 2``: the formula of `output_size` solved for padding.

    Raises ValueError when the kernel spans an even number of pixels, which no equal padding of both sides
    makes up for, or an argument is no whole number (or pair of them) of at least 1.

    >>> same_padding(3), same_padding((1, 7)), same_padding(3, dilation=2)
    ((1, 1), (0, 3), (2, 2))
    """
    axes = zip(*pairs(kernel_size=kernel_size, dilation=dilation), strict=True)
    height, width = (dilated_extent(*axis) for axis in axes)
    if height % 2 == 0 or width % 2 == 0:
        raise ValueError(
            f"kernel_size {kernel_size} with dilation {dilation} must span an odd number of pixels "
            f"to be padded alike on both sides, got {height}×{width}"
        )
    return height // 2, width // 2


def dilated_extent(kernel_size: int, dilation: int) -> int:
    """Return how many pixels a dilated kernel spans along one axis, gaps included.

    >>> dilated_extent(3, dilation=2)
    5
    """
    return dilation * (kernel_size - 1) + 1


def _output_length(
    axis: str, size: int, kernel_size: int, stride: int, padding: int, dilation: int, ceil_mode: bool
) -> int:
    """Return `output_size` along one axis, for arguments that are already checked one by one."""
    room, extent = size + 2 * padding, dilated_extent(kernel_size, dilation)
    last_start = room - extent + (stride - 1 if ceil_mode else 0)
    if last_start < 0:
        raise ValueError(
            f"kernel_size {kernel_size} with dilation {dilation} must fit into the padded {axis} "
            f"of {room}, but spans {extent}"
        )
    length = last_start // stride + 1
    if ceil_mode and (length - 1) * stride >= size + padding:
        length -= 1
    return length

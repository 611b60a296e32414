"""What training keeps in memory between the forward and the backward pass: `saved_for_backward`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from helpers.models import given
from helpers.models.device import enough_memory
from helpers.models.passes import taking
from helpers.wording.refusals import shown


def saved_for_backward(model: nn.Module, images: Tensor) -> int:
    """Return how many bytes autograd keeps of one forward pass in training mode, until the backward pass.

    `images` are a batch, (N, channels, H, W). Every tensor that an operation saves for its gradient is
    counted once, however many operations save it or a view of it: whole storages are counted. The network's
    own parameters and buffers are not, which are there in any case. What the bytes are follows from the
    operations alone, so it is the same number on every CPU; another device may keep a little more. The
    network stays as it was, its mode and its running means included, and so do the random numbers. Raises
    ValueError for what is no network or no tensor, for images that the network does not accept, and where
    memory runs out.

    >>> net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(inplace=True), nn.Conv2d(4, 1, 3))
    >>> saved_for_backward(net, torch.zeros(2, 1, 8, 8))  # the images and 4 maps, 4 bytes a number
    2560
    """
    given.network(model)
    if not isinstance(images, Tensor):
        raise ValueError(
            f"The images are {shown(images)}; give a batch, a tensor of (N, channels, height, width)."
        )
    own = {each.untyped_storage().data_ptr() for each in (*model.parameters(), *model.buffers())}
    kept: dict[int, Tensor] = {}  # the tensors themselves, so that no address is used twice

    def pack(saved: Tensor) -> Tensor:
        # Without its history: an operation that kept its own result would never be freed.
        saved = saved.detach()
        place = saved.untyped_storage().data_ptr()
        if place not in own:
            kept[place] = saved
        return saved

    kind = images.device.type if images.device.type in ("cuda", "xpu") else None
    devices = [images.device] if kind else []
    modes = [(module, module.training) for module in model.modules()]
    state = {name: buffer.clone() for name, buffer in model.named_buffers()}
    try:
        with (
            enough_memory(images.device, f"one step of {type(model).__name__}"),
            torch.inference_mode(False),
            torch.enable_grad(),
            torch.random.fork_rng(devices, device_type=kind or "cuda"),
            torch.autograd.graph.saved_tensors_hooks(pack, lambda saved: saved),
            taking(model, tuple(images.shape[1:])),
        ):
            model.train()
            output = model(images.clone())  # which autograd can keep even where they were made without it
            total = sum(each.untyped_storage().nbytes() for each in kept.values())
            del output
    finally:
        for module, mode in modes:
            module.training = mode
        with torch.no_grad():
            for name, buffer in model.named_buffers():
                buffer.copy_(state[name])
    return total

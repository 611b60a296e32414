"""What `ActivationExplorer` asks of a stack of layers: real backward passes."""

from __future__ import annotations

from helpers.running.gradient_flow import gradient_flow


class LiveFlows:
    """Backward passes as they are asked for; `gradient_flow` keeps the last ones."""

    def flow(
        self, activation: str, depth: int, weight_scale: float
    ) -> tuple[tuple[float, ...], float, tuple[int, ...]]:
        """Gradients, the share of saturated units, and the counts of their inputs, as in `GradientFlow`."""
        found = gradient_flow(activation, depth, weight_scale)
        return found.gradients, found.saturated, found.inputs

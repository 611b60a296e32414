"""Where `AugmentationExplorer` takes photos, random draws and the colours' principal components."""

from __future__ import annotations

from helpers.explorers.sources.photos import LivePhotos
from helpers.images.augmentation import course_components, draw_augmentation


class AugmentationPhotos(LivePhotos):
    """Photos as `LivePhotos` has them, and what is drawn for them in training."""

    def drawn(self, seed: int) -> tuple[int, int, bool, tuple[float, ...]]:
        """The random augmentation of that seed: the crop's row and column, mirrored or not, and three α."""
        choice = draw_augmentation(seed)
        return choice.row, choice.column, choice.flip, choice.alphas

    def components(self) -> tuple[tuple[float, tuple[float, ...]], ...]:
        """The components of the course's colour photos: deviation, in levels of 255, and direction."""
        found = course_components()
        deviations, directions = found.deviations.tolist(), found.vectors.T.tolist()
        return tuple(zip(deviations, map(tuple, directions), strict=True))

"""What the lessons share. Each name is loaded when it is first used, so that `import helpers` is quick."""

import logging

import lazy_loader

# Where the home folder cannot be written, or its disk is full, matplotlib keeps its caches elsewhere and
# warns of it. A lesson is none the worse for it, and stays free of red.
_ABOUT_CACHES = (
    "mkdir -p failed",
    "is not a writable directory",
    "temporary cache directory",
    "font_manager cache",
    "building the font cache",
)
for _name in ("matplotlib", "matplotlib.font_manager"):
    logging.getLogger(_name).addFilter(
        lambda record: not any(words in str(record.msg) for words in _ABOUT_CACHES)
    )

# The module that each name stands in. Where both have the same name, lazy_loader (from 0.6 on) keeps the name
# from being hidden by its own module.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "arithmetic": ["Convolution", "Linear", "Pooling", "break_even"],
        "augmentation": ["augment", "crop", "draw_augmentation", "flip", "pca_colour"],
        "bar_panels": ["bar_panels"],
        "branches": ["inception_block"],
        "classify": ["classify"],
        "counted": ["counted"],
        "curves": ["bars", "curves", "training_curves"],
        "device": ["device_report"],
        "effective_field": ["effective_receptive_field"],
        "exercises": ["check", "predict"],
        "explorers.activation": ["ActivationExplorer"],
        "explorers.augmentation": ["AugmentationExplorer"],
        "explorers.comparison": ["NetworkComparison"],
        "explorers.dense_as_conv": ["DenseAsConvExplorer"],
        "explorers.dense_block": ["DenseBlockExplorer"],
        "explorers.dropout": ["DropoutExplorer"],
        "explorers.feature_map": ["FeatureMapExplorer"],
        "explorers.group": ["GroupExplorer"],
        "explorers.inception": ["InceptionExplorer"],
        "explorers.kernel_stack": ["KernelStackExplorer"],
        "explorers.pixel_mixer": ["PixelMixer"],
        "explorers.pooling": ["PoolingExplorer"],
        "explorers.receptive_field": ["ReceptiveFieldExplorer"],
        "explorers.reduction": ["ReductionExplorer"],
        "explorers.response_norm": ["LRNExplorer"],
        "explorers.shortcut": ["ShortcutExplorer"],
        "feature_maps": ["feature_maps", "layer_names"],
        "figures": ["heat_maps", "kernel_reach", "shares", "value_table"],
        "images": ["open_image", "photo", "photo_names", "to_tensor"],
        "memory": ["saved_for_backward"],
        "models": ["build", "network_names"],
        "patches": ["photo_patches"],
        "photo_figures": ["fields_on_photo", "filter_grid", "map_rows", "named_photos", "side_by_side"],
        "published": ["published"],
        "receptive_field": ["receptive_field"],
        "seed_errors": ["seed_errors"],
        "source": ["show_source"],
        "timing": ["time_side_by_side"],
        "towers": ["two_towers"],
        "trace": ["trace"],
        "training": ["fit"],
        "weight_reuse": ["weight_reuse"],
    },
)

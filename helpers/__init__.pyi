"""The names that a lesson imports, with the module that each stands in; editors and the package read it."""

from .arithmetic import Convolution, Linear, Pooling, break_even
from .drawing.alexnet_towers import two_towers
from .drawing.bar_panels import bar_panels
from .drawing.curves import bars, curves, point_panels, training_curves
from .drawing.figures import heat_maps, kernel_reach, shares
from .drawing.googlenet_plan import googlenet_plan
from .drawing.inception_branches import inception_block
from .drawing.kernel_place import kernel_place
from .drawing.photo_figures import fields_on_photo, filter_grid, named_photos, side_by_side
from .drawing.vote_map import votes_on_photo
from .explorers.activation import ActivationExplorer
from .explorers.augmentation import AugmentationExplorer
from .explorers.comparison import NetworkComparison
from .explorers.dense_as_conv import DenseAsConvExplorer
from .explorers.dense_block import DenseBlockExplorer
from .explorers.dropout import DropoutExplorer
from .explorers.feature_map import FeatureMapExplorer
from .explorers.group import GroupExplorer
from .explorers.inception import InceptionExplorer
from .explorers.kernel_stack import KernelStackExplorer
from .explorers.pixel_mixer import PixelMixer
from .explorers.pooling import PoolingExplorer
from .explorers.receptive_field import ReceptiveFieldExplorer
from .explorers.reduction import ReductionExplorer
from .explorers.response_norm import LRNExplorer
from .explorers.shortcut import ShortcutExplorer
from .images.augmentation import augment, crop, draw_augmentation, flip, pca_colour
from .images.patches import photo_patches
from .images.photos import open_image, photo, photo_names, to_tensor
from .lessons.checking import check
from .lessons.predicting import predict
from .lessons.source import show_source
from .lessons.study import study
from .lessons.times import recorded_times
from .models import build, network_names
from .models.device import device_report
from .reading.counted import counted
from .reading.published import published
from .reading.receptive_field import receptive_field
from .reading.trace import trace
from .running.classify import classify
from .running.cutting import cut_connections
from .running.effective_field import effective_receptive_field
from .running.feature_maps import feature_maps, layer_names
from .running.memory import saved_for_backward
from .running.timing import time_side_by_side
from .running.training import fit
from .running.weight_reuse import weight_reuse

__all__ = [
    "ActivationExplorer",
    "AugmentationExplorer",
    "Convolution",
    "DenseAsConvExplorer",
    "DenseBlockExplorer",
    "DropoutExplorer",
    "FeatureMapExplorer",
    "GroupExplorer",
    "InceptionExplorer",
    "KernelStackExplorer",
    "LRNExplorer",
    "Linear",
    "NetworkComparison",
    "PixelMixer",
    "Pooling",
    "PoolingExplorer",
    "ReceptiveFieldExplorer",
    "ReductionExplorer",
    "ShortcutExplorer",
    "augment",
    "bar_panels",
    "bars",
    "break_even",
    "build",
    "check",
    "classify",
    "counted",
    "crop",
    "curves",
    "cut_connections",
    "device_report",
    "draw_augmentation",
    "effective_receptive_field",
    "feature_maps",
    "fields_on_photo",
    "filter_grid",
    "fit",
    "flip",
    "googlenet_plan",
    "heat_maps",
    "inception_block",
    "kernel_place",
    "kernel_reach",
    "layer_names",
    "named_photos",
    "network_names",
    "open_image",
    "pca_colour",
    "photo",
    "photo_names",
    "photo_patches",
    "point_panels",
    "predict",
    "published",
    "receptive_field",
    "recorded_times",
    "saved_for_backward",
    "shares",
    "show_source",
    "side_by_side",
    "study",
    "time_side_by_side",
    "to_tensor",
    "trace",
    "training_curves",
    "two_towers",
    "votes_on_photo",
    "weight_reuse",
]

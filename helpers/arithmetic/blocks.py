"""What the papers on GoogLeNet and ResNet give for their blocks, as plain data."""

INCEPTION_BLOCKS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Table 1 of Szegedy et al., 2014, https://arxiv.org/abs/1409.4842: output channels of each block's layers,
"#1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj"."""

SHORTCUTS = {
    "A": "the input itself, with zeros for channels that are missing",
    "B": "a projection where the shape changes, and the input itself elsewhere",
    "C": "a projection in every block",
    "none": "nothing is added: a plain network",
}
"""The options of He et al., 2015, https://arxiv.org/abs/1512.03385, section 4.1, and a block without any."""

"""What the lessons share. Each name is loaded when it is first used, so that `import helpers` is quick.

The rooms from the bottom up, each of which imports only from those below it: `wording`, `arithmetic`,
`images`, `models`, `reading`, `running`, `drawing`, `explorers`, `lessons`. `__init__.pyi` says which module
a name stands in.
"""

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

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

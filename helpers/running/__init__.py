"""Networks run on real photos: maps, classes, fields, times, gradients and training."""

"""How a module that a learner builds is checked. This needs PyTorch; the other exercises do not."""

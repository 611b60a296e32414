"""Photos, decoding, a learner's own picture, augmentation and patches."""

"""What any network computes, layer by layer, and what was published about it."""

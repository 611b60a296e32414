"""Where explorers take what plain Python cannot compute: photos, and what networks make of them."""

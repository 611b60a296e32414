"""How pictures look: the style and SVG (standard library only), and still figures (matplotlib)."""

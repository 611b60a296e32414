"""How each explorer's numbers are drawn, as SVG. Standard library only."""

"""The colours of the course, fixed in one place."""

# Okabe and Ito's palette: eight colours that stay apart under every common colour blindness.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"

INK = "#222222"
FAINT = "#8A8A8A"
GRID = "#E4E4E4"

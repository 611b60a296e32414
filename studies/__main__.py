"""`python -m studies [NAMES]`: run all studies, or these, as far as they are not done."""

import sys

from studies.running import run
from studies.study import names

if __name__ == "__main__":
    run(sys.argv[1:] or names())

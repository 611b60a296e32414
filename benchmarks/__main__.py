"""`python -m benchmarks`: one table of what is quick and how quick, and whether each goal is met."""

from benchmarks import explorers, imports, in_browser
from benchmarks.measurement import report

if __name__ == "__main__":
    print(report([*imports.measure(), *explorers.measure(), *in_browser.measure()]))

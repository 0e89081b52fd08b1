"""How precise and how fast the chemistry checks are. Run `python -m benchmarks.chemistry`."""

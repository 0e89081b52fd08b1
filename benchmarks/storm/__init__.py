"""A whole year hands in at the same second. Run `python -m benchmarks.storm`."""

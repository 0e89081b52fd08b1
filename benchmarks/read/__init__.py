"""What reading costs, beside the bare limit and other servers. Run `python -m benchmarks.read`."""

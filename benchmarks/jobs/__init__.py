"""How soon and how fast jobs run. Run `python -m benchmarks.jobs`."""

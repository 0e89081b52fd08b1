"""What live views cost. Run `python -m benchmarks.live`."""

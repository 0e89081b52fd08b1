"""What one hand-in costs the servers behind the product. Run `python -m benchmarks.hand_in`."""

"""What a photo costs on its way in. Run `python -m benchmarks.upload`."""

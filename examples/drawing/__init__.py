"""Draws handwritten pages and photographs them, for the examples only."""

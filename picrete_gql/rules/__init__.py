"""What is true: pure functions, and the refusals that they raise."""

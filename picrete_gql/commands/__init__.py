"""What the `picrete` command does."""

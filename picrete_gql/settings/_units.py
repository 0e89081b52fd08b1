"""Units of sizes."""

MB = 1024 * 1024

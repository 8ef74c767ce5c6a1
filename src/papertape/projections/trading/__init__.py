"""History of what is traded."""

"""History of conversions."""

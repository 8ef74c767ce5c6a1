"""The rules of spot trading."""

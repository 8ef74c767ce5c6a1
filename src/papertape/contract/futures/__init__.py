"""The futures product."""

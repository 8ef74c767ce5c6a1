"""Exports records of an account as files that exist only when they are whole."""

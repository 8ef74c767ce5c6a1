"""Shows live data on a terminal, as tables that are redrawn, or in a pipe, as lines of JSON."""

"""Live data on a terminal, as tables that are painted anew, or into a pipe, as lines of JSON."""

"""A whole exchange in one process: put together, opened, stored, administered, run."""

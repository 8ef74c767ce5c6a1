"""The pushes of the spot channels, one module a family of channels."""

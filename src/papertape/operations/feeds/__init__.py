"""What is pushed to whom: a feed for each topic that somebody listens to, one module a family of channels."""

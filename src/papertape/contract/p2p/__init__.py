"""The P2P desk's endpoints and models."""

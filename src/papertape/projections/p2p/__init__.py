"""History of the P2P desk."""

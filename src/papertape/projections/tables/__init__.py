"""What every history table is, and the list of all of them."""

"""A live order book that is kept from a stream."""

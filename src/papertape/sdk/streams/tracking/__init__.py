"""Tracks what has been delivered of a topic and fetches what was missed, whatever the product."""

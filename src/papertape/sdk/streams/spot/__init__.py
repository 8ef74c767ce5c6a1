"""Spot over WebSocket: its channels, and how what was missed of them is fetched."""

"""Streams: a supervised WebSocket client of what the contract declares as channels."""

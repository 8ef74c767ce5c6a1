"""Streams: a supervised WebSocket client for the channels that the contract declares."""

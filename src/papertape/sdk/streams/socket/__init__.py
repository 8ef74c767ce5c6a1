"""One WebSocket connection: opened, supervised, paced, shared by subscriptions."""

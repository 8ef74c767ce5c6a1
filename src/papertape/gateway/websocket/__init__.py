"""The streams: WebSocket connections, what they subscribe to, and how pushes reach them."""

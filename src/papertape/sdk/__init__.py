"""The client: typed methods derived from the contract, synchronous and asynchronous, over REST and WebSocket."""

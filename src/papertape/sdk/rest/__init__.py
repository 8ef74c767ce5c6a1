"""The REST client: synchronous and asynchronous."""

"""The gateway: HTTP requests in, replies out. It names no product: what there is to call is declared."""

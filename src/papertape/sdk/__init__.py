"""The client: typed methods derived from the contract, over a synchronous or an asynchronous road."""

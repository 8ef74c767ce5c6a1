"""One function for each endpoint, mirroring the contract; ``registry`` says which."""

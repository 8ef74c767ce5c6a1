"""What the API is: endpoints, models, errors, limits and signatures, shared by server and client."""

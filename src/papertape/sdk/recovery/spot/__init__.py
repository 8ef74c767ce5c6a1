"""How lost spot calls are looked up."""

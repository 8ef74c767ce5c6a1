"""The exchange's rules, pure: no clock, no socket, no chance. Everything it knows is in ``exchange.Exchange``."""

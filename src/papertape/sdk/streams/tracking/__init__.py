"""How what was missed of a topic is fetched, whatever the product."""

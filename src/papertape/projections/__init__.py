"""History in SQL, written behind the exchange and read back page by page."""

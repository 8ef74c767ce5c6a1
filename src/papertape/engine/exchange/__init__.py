"""The whole state of the exchange, and what every product uses: money, ids, timers, records, audit."""

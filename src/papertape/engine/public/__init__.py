"""What the exchange tells everyone: announcements."""

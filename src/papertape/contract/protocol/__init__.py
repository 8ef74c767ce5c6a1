"""What every declaration is made of: endpoints, channels, wire formats, errors, paging, signatures."""

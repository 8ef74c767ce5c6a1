"""What the exchange's operator does through the control plane."""

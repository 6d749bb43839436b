"""What gateways told, for operators."""

"""What productions ask of a person before a booking, and the person's other terms."""

"""What is done with roles and applications."""

"""How the installation stands, for those who look after it."""

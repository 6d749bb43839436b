"""Sign up, sign in, passwords, companies and who belongs to them."""

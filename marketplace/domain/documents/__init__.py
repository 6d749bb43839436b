"""Which papers exist, what is printed on them, and who prints them."""

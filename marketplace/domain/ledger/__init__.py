"""Double-entry books: accounts and transfers between them."""

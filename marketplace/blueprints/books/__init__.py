"""The ledger of a company: its trial balance, and how each account came to stand so."""

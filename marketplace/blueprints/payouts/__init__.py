"""A talent's payouts: the account at a gateway that their money goes to."""

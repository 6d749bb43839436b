"""A production's money: what its days cost, what was put in, what goes back."""

"""A talent's own profile, and how they are paid."""

"""Payouts, their attempts, and the gateways that carry them."""

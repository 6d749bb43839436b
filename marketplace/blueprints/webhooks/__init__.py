"""Where a payment gateway's letters arrive."""

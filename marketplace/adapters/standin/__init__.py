"""A stand-in for Stripe's HTTP API, for tests and for the demo: its own process, its own books.

It answers what the SDK asks over HTTP, refuses what the pinned version of the API does not know,
keeps answers under their idempotency keys, and breaks in the ways networks and Stripe do.
"""

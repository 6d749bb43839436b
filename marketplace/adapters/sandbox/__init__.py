"""The ports without the outside world: the embedded default, the demo and tests."""

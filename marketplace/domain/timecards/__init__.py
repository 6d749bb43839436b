"""Time cards: in, meals, out; agreed, queried, approved, locked."""

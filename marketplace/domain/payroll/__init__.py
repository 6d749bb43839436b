"""The pay engine, pay runs and pay slips."""

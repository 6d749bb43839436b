"""What everything may import: money, time, zones, errors, ids, sentences. Standard library only."""

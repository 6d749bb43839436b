"""Companies, their people and their productions."""

"""How banks want to be told what to pay, and how they answer: formats, numbers, banking days."""

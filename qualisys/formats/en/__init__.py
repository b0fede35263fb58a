"""How dates and numbers are written for a person."""

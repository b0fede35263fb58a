"""People: who they are, and how they log in."""

"""Projects: who may do what in them."""

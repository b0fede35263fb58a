"""API tokens: how a machine shows on whose behalf it asks."""

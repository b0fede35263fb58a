"""People: who they are, known once for all tenants."""

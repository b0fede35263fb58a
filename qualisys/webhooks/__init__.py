"""Outgoing webhooks: who in a project is told of what, signed, tried again, and written down."""

"""Tenants: their schemas, their hosts, and who belongs to them."""

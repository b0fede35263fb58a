"""Tenants: their schemas, their hosts, who belongs to them, and logging in to one."""

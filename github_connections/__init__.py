"""Repositories connected to projects: proving a token, cloning, analysing, expiring."""

"""Servers written in Go."""

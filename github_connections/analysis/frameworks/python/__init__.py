"""Servers written in Python."""

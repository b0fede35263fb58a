"""Servers written in PHP."""

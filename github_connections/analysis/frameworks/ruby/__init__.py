"""Servers written in Ruby."""

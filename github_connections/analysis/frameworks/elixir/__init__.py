"""Servers written in Elixir."""

"""Servers written in C#."""

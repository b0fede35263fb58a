"""Servers written in Rust."""

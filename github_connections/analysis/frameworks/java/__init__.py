"""Servers written in Java and Kotlin."""

"""Exploring running applications: its sessions now, its crawler later."""

"""Servers and routers of pages written in JavaScript and TypeScript."""

"""How fast the service is: one module per benchmark; docs/benchmarks.md keeps what they found."""

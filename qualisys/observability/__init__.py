"""What an operator and a machine look at: health, metrics, logs, traces."""

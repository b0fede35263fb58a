"""What a laptop needs: embedded PostgreSQL and Redis, a loopback GitHub, and the commands behind script/."""

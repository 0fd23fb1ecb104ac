"""What every bench shares: pairing, statistics, processes, /proc, builds and the result line."""

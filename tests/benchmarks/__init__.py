"""What Baton costs, measured: `make bench`. No test asserts on any of it; see docs/benchmarks.md for how to read it."""

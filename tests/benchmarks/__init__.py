"""Benchmarks, run by `make bench`. No test asserts on the results; docs/benchmarks.md describes them."""

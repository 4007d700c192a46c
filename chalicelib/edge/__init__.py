"""HTTP in and out: what stands between a request on the wire and a use case."""

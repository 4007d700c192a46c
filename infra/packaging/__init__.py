"""Builds the Lambda package: Baton and its libraries, without unused parts, compiled, reproducible byte for byte."""

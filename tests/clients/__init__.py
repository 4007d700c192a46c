"""Clients that generators make from the OpenAPI documents: each must compile, and four of them play flows.

`python -m tests.clients` (or `make clients`) generates and compiles them below build/clients, then runs the programs
typescript/flows.ts, python/flows.py, kotlin/Flows.kt and go/main.go against a local stack. Each prints the same lines.
The result is the table in docs/clients.md.
"""

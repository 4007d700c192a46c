"""Hosts the web console: its files in a private bucket, behind the distribution that also serves the API."""

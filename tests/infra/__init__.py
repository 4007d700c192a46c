"""Tests of the local stack and the deployment."""

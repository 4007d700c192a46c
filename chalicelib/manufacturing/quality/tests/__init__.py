"""Tests of modules and packs: what was measured in each step, and which steps a unit still needs."""

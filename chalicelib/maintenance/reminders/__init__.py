"""The notices of a work order that follow from time: what is sent next, when, and to whom."""

"""Tests of the whole system from outside: a real process, HTTP and sockets, with independent clients."""

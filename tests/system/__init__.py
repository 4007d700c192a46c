"""The whole system from outside: a real process, real HTTP, real sockets, and nothing of ours on the client's side."""

"""End-to-end flows over HTTP and sockets, as the users' apps make them.

The flows know no more of a system than its address and one administrator, so they run against anything that is Baton.
`site.py` says how it is named.
"""

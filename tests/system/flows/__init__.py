"""What people do with Baton from beginning to end, as their apps do it: over HTTP and sockets and nothing else.

The flows know no more of a system than its address and one administrator, so they run against anything that is Baton.
`site.py` says how it is named.
"""

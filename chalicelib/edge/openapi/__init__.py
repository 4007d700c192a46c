"""The description of the API, made from the declarations of its endpoints on the first request for it.

`document` puts the parts together: `operations` describes endpoints, `schemas` their types, `errors` their error
responses, `sockets` the events of the sockets, and `examples` makes sample values. The application does not import
this package when it starts.
"""

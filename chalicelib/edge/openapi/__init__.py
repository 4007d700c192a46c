"""The description of the API, made from the declarations of its endpoints on the first request for it.

`document` puts the parts together: `operations` describes endpoints, `schemas` their types, `errors` their error
responses, and `examples` makes sample values. `asyncapi` does the same for the sockets. The application does not import
this package when it starts.
"""

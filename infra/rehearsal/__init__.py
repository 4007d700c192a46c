"""The whole deployment without an account: package, templates, roles, gateway and schedule on an emulator of AWS.

`make rehearse` runs it. Nothing here is used in a deployment, and what is deployed is what AWS would get, but for what
`adaptation.py` lists.
"""

"""Tests the whole deployment on an emulator of AWS: package, templates, roles, gateway and schedules.

`make rehearse` runs it. A deployment does not use this package. The emulator gets the same artefacts as AWS, except for
the changes in `adaptation.py`.
"""

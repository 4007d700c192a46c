"""The CloudFormation templates: what lasts (tables, photos, secret), and what is put on top of Chalice's own template.

Templates are made from Python values, because the tables come from the models and the functions from the app: nothing
is written down twice, and a test proves it. `python -m infra.stacks` prints them.
"""

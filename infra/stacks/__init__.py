"""The CloudFormation templates: the foundation that holds data, and the additions to Chalice's template.

Templates are generated, because the tables come from the models and the functions from the app. A test asserts that
they agree. `python -m infra.stacks` prints them.
"""

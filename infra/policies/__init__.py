"""The IAM policy, memory and timeout of each deployed function.

    functions    the permissions and resources of each function, written by hand
    document     converts them to a policy document
    files        writes the files that Chalice reads: `python -m infra.policies`

Chalice's policies are plain JSON without CloudFormation's functions, so accounts, regions and generated ids are
wildcards. Actions and our own names never are. `tests/infra/test_policies_used.py` records all AWS calls of the
application and asserts that each policy allows what its function needs, and nothing else.
"""

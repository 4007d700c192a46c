"""What each deployed function may do in AWS, and how much of it each gets.

    functions    by hand: tables and actions, indexes, files, and everything else, per function
    document     the policy document that says so
    files        the files that Chalice reads, written from both: `python -m infra.policies`

Chalice's policies are plain JSON, without CloudFormation's functions, so accounts, regions and ids that AWS makes up
are wildcards there; actions and names of ours never are. `tests/infra/test_policies_used.py` runs the application with
all of its AWS calls recorded and holds that each policy is enough for its function, and not more.
"""

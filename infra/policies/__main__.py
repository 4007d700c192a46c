"""`python -m infra.policies`: write the policies of all functions, or check them."""

from __future__ import annotations

import sys

from infra.policies.files import main

if __name__ == "__main__":
    sys.exit(main())

"""The errors of battery passports."""

from typing import Self

from chalicelib.core.errors import Conflict


class NoPassportAddress(Conflict):
    """There is no address for the QR code: the pack is void, or the deployment has no page of passports.

    `details` are `packId` and `state`.
    """

    code, summary = "NO_PASSPORT_ADDRESS", "This pack's passport has no address."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"packId": "PCK-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0", "state": "VOID"})
